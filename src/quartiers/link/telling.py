"""Facts in words: what agrees and what disagrees, with its weight.

**Reads** facts and the model's weights. **Writes** nothing.
**Method** Each fact has a French phrase; crossings are said from their two letters. The strongest come
first, whichever way they push.
**Limits** Weights are those of a linear model: facts that go together share theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from quartiers.shapes import BECAUSE_TYPE, Because

PHRASES = {
    "proper_none": "aucun nom propre d'un côté ni de l'autre",
    "proper_one": "un seul des deux a un nom propre",
    "pmin_p0": "noms propres sans mot commun",
    "pmin_p1": "noms propres peu semblables",
    "pmin_p2": "noms propres en partie semblables",
    "pmin_p3": "noms propres semblables",
    "pmax": "part commune des noms propres",
    "psh": "rareté des mots partagés",
    "name_ratio": "ressemblance des noms entiers",
    "name_set": "mots de l'un contenus dans l'autre",
    "name_hi": "noms presque identiques",
    "name_eq": "noms identiques",
    "acro": "l'un est le sigle de l'autre",
    "addr_missing": "une adresse manque",
    "d_missing": "un point manque",
    "d_0": "points à moins de 25 m",
    "d_1": "points à moins de 75 m",
    "d_2": "points à moins de 200 m",
    "d_3": "points à moins de 600 m",
    "d_4": "points à moins de 2,5 km",
    "d_5": "points à plus de 2,5 km",
    "d_contradicted": "points éloignés, à la même adresse",
    "cp_same": "même code postal",
    "cp_dep": "même département, autre code postal",
    "cp_diff": "départements différents",
    "com_same": "même commune",
    "com_diff": "communes différentes",
    "siret_same": "même SIRET (même opérateur)",
    "siret_siren": "même SIREN, établissements différents",
    "siret_diff": "SIREN différents",
    "siret_missing": "un SIRET manque",
    "id_same": "même identifiant, unique au monde",
    "id_short_same": "même numéro dans deux listes",
    "same_list": "une même liste les donne tous deux",
    "same_list_hv": "même liste, une ligne par service",
    "ac_versions": "deux versions de la liste Aidants Connect",
    "kind_same": "même sorte de lieu",
    "kind_overlap": "sortes de lieu en partie communes",
    "kind_conflict": "sortes de lieu différentes",
    "kind_oneside": "sorte de lieu dite d'un seul côté",
    "kind_none": "sorte de lieu non dite",
    "itin_mismatch": "l'un est itinérant, l'autre non",
    "itin_both": "tous deux itinérants",
    "epci_one": "l'un nomme l'intercommunalité",
    "epci_both": "tous deux nomment l'intercommunalité",
    "fs_host": "un hôte sans label et le France services qu'il accueille",
    "operator_facility": "un opérateur et un équipement",
    "list_of_two": "une même liste en fait deux sortes de lieu",
    "elsewhere": "deux communes, et pas de nom propre",
    "departements": "deux départements, et plus de 2,5 km entre les points",
    "unit_headquarters": "une unité et le siège du département",
    "annexe_one": "une annexe ou un site d'un seul côté",
    "annexe_apart": "une annexe, ailleurs que son siège",
    "sole_kind": "mairie ou CCAS : un seul par commune",
    "ccas_mairie": "un CCAS et une mairie",
    "fs_both": "tous deux se nomment France services",
    "fs_one": "un seul se nomme France services",
    "fs_one_labelled": "l'un se nomme France services, l'autre en porte le label",
    "fs_other_core": "l'autre nomme un équipement",
    "fs_other_core_labelled": "l'autre, labellisé, nomme un équipement",
    "fs_other_bare": "l'autre ne nomme pas d'équipement",
    "fs_other_bare_labelled": "l'autre, labellisé, ne nomme pas d'équipement",
}
STREETS = {"hi": "rues semblables", "mid": "rues en partie semblables", "lo": "rues différentes"}
NUMBERS = {"same": "même numéro", "diff": "numéros différents", "unk": "numéro inconnu"}
NAMES = {"A": "noms semblables", "B": "noms en partie semblables", "C": "noms différents"}
PLACES = {"P": "même lieu", "N": "lieux voisins", "M": "lieu inconnu", "F": "lieux éloignés"}
CROSSINGS = {
    "xs": "même SIRET",
    "xk": "même sorte de lieu",
    "xkc": "sortes différentes",
    "xi": "un seul itinérant",
    "xin": "un seul itinérant",
    "xfs": "deux France services",
    "xfl": "label France services des deux côtés",
    "xf1": "label d'un seul côté",
    "xfc": "label d'un côté, équipement de l'autre",
}
SHOWN = 6


@cache
def phrase(fact: str) -> str:
    """A fact in French."""
    if fact in PHRASES:
        return PHRASES[fact]
    kind, _, rest = fact.partition("_")
    if kind == "street":
        band, numbers = rest.split("_")
        return f"{STREETS[band]}, {NUMBERS[numbers]}"
    parts = [CROSSINGS[kind]] if kind in CROSSINGS else []
    for letter in rest:
        parts.append(NAMES[letter] if letter in NAMES else PLACES[letter])
    return ", ".join(parts)


def tell(
    facts: dict[str, NDArray[Any]], rows: NDArray[np.int64], weights: dict[str, float]
) -> list[tuple[Because, ...]]:
    """The strongest facts of some pairs, agreeing (+) or disagreeing (-)."""
    names = sorted(fact for fact in facts if fact in weights)
    parts = np.stack([weights[fact] * facts[fact][rows] for fact in names], axis=1)
    order = np.argsort(-np.abs(parts), axis=1, kind="stable")[:, :SHOWN]
    return [
        tuple(
            Because(note=phrase(names[n]), weight=round(weight, 2))
            for n, weight in zip(places, told, strict=True)
            if abs(weight) >= 0.05
        )
        for places, told in zip(
            order.tolist(), np.take_along_axis(parts, order, axis=1).tolist(), strict=True
        )
    ]


def reasons_column(told: Sequence[tuple[Because, ...]]) -> pa.ListArray:
    """Reasons that are facts, as a column of a table."""
    ends = np.cumsum([0, *map(len, told)])
    notes = pa.array([why.note for reasons in told for why in reasons], pa.string())
    weights = pa.array([why.weight for reasons in told for why in reasons], pa.float32())
    kind = BECAUSE_TYPE.value_type
    given = {"note": notes, "weight": weights}
    parts = [given.get(f.name, pa.nulls(len(notes), f.type)) for f in kind]
    each = pa.StructArray.from_arrays(parts, fields=list(kind))
    return pa.ListArray.from_arrays(pa.array(ends, pa.int32()), each, type=BECAUSE_TYPE)


def reasons_in(column: pa.ChunkedArray) -> list[tuple[Because, ...]]:
    """The reasons of such a column."""
    told = column.combine_chunks()
    notes, weights = (told.values.field(name).to_pylist() for name in ("note", "weight"))
    once: dict[tuple[str | None, float | None], Because] = {}
    each = []
    for key in zip(notes, weights, strict=True):
        if key not in once:
            weight = None if key[1] is None else round(key[1], 3)
            once[key] = Because(note=key[0], weight=weight)
        each.append(once[key])
    ends = told.offsets.to_pylist()
    return [tuple(each[a:b]) for a, b in pairwise(ends)]
