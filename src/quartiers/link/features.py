"""What the two records of each pair agree and disagree on, as named facts between 0 and 1.

**Reads** records as columns (``sides.py``) and pairs of their places. **Writes** nothing.
**Method** One column a fact, one row a pair: facts about names (``likeness.py``), about places (number
and street, metres), about identifiers (SIRET: same, same operator, different), about lists (two rows of
one list), about kinds of place, and crossings of the main ones (a good name at a bad address is not half
of each). A fact that cannot be known has its own name («addr_missing»): missing is missing.
**Limits** Rarity comes from the national lists; a word never seen is as rare as can be.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz
from rapidfuzz.process import cpdist

from quartiers.link.items import Item
from quartiers.link.likeness import name_facts
from quartiers.link.rules import written_facts
from quartiers.link.sides import (
    Marks,
    Pairs,
    Sides,
    Traits,
    bits,
    core,
    has,
    names_of,
    take_sides,
    taken,
)

#: Fact → its value in every pair.
Facts = dict[str, NDArray[Any]]
#: Upper bounds in metres of the classes of distance.
DISTANCES = (25, 75, 200, 600, 2500)
NEAR_M, CLOSE_M, AROUND_M = 75, 200, 600
#: Streets are alike from the first, partly from the second (of 100).
ALIKE, PARTLY = 85, 60
#: Two communes' names are one, misspelt, from this likeness on.
SPELT = 90


def compare(a: Item, b: Item) -> dict[str, float]:
    """Every fact about one pair that holds; the order of the two does not matter."""
    first, second = sorted((a, b), key=lambda item: item.id)
    facts = facts_of(take_sides([first, second]), np.array([[0, 1]]))
    return {fact: float(column[0]) for fact, column in facts.items() if column[0]}


def facts_of(sides: Sides, keys: NDArray[np.int64]) -> Facts:
    """Every fact about pairs of places in ``sides``, the smaller id first."""
    left, right = keys[:, 0], keys[:, 1]
    names, a, b = names_of(sides.names, left, right)
    facts: Facts = {}
    likeness, has_proper = name_facts(facts, names, a, b)
    here, there = taken(sides.traits, left), taken(sides.traits, right)
    kinds = (kinds_run(names.kinds[a], here), kinds_run(names.kinds[b], there))
    pairs = Pairs(here, there, *kinds)
    where = place_facts(facts, pairs)
    identifier_facts(facts, pairs)
    kind_facts(facts, pairs, where)
    written_facts(facts, pairs, likeness, where, has_proper)
    cross(facts, likeness, where)
    return facts


def kinds_run(kinds: Marks, traits: Traits) -> Marks:
    """Kinds of place that names say, save a unit of the département («maison des solidarités») that the
    SIRET gives to a commune or to its CCAS."""
    return np.where(traits.is_communal, kinds & ~bits(("unite-departementale",)), kinds)


def cross(facts: Facts, likeness: Marks, where: Marks) -> None:
    """A name's class with a place's; by themselves, with one SIRET, with one kind."""
    for n, name in enumerate("ABC"):
        for p, place in enumerate("PNMF"):
            held = (likeness == n) & (where == p)
            facts[f"x_{name}{place}"] = held
            facts[f"xs_{name}{place}"] = held & facts["siret_same"]
            facts[f"xk_{name}{place}"] = held & facts["kind_same"]
        facts[f"xin_{name}"] = (likeness == n) & facts["itin_mismatch"]
    for p, place in enumerate("PNMF"):
        facts[f"xkc_{place}"] = (where == p) & facts["kind_conflict"]
        facts[f"xi_{place}"] = (where == p) & facts["itin_mismatch"]


def place_facts(facts: Facts, pairs: Pairs) -> Marks:
    """Facts about places; returns their class: 0 same (P), 1 near (N), 2 unknown (M), 3 far (F)."""
    a, b = pairs.a, pairs.b
    street = street_likeness(a, b)
    told = ~np.isnan(street)
    facts["addr_missing"] = ~told
    alike, partly = street >= ALIKE, street >= PARTLY
    bands = {"hi": alike, "mid": partly & ~alike, "lo": told & ~partly}
    both = (a.number != 0) & (b.number != 0)
    same = both & (a.number == b.number)
    for band, held in bands.items():
        facts[f"street_{band}_same"] = held & same
        facts[f"street_{band}_diff"] = held & both & ~same
        facts[f"street_{band}_unk"] = held & ~both
    same_place = alike & (same | ~both)
    away = metres(a, b)
    located = ~np.isnan(away)
    facts["d_missing"] = ~located
    contradicted = facts["d_contradicted"] = same_place & (away >= AROUND_M)
    band_of = np.searchsorted(DISTANCES, away, side="right")
    for n in range(len(DISTANCES) + 1):
        facts[f"d_{n}"] = located & ~contradicted & (band_of == n)
    same_place |= away < NEAR_M
    area_facts(facts, a, b)
    unknown = ~told & ~(away >= AROUND_M)
    near = (away < CLOSE_M) | partly
    return np.select([same_place, unknown, near], [0, 2, 1], 3)


def area_facts(facts: Facts, a: Traits, b: Traits) -> None:
    """Facts about communes and postcodes. A commune's name may be said longer by one, or, in one
    postcode, be a slip apart."""
    told = a.town.astype(bool) & b.town.astype(bool)
    same_town = told & (a.town == b.town)
    known = (a.postcode != 0) & (b.postcode != 0)
    one_postcode = known & (a.postcode == b.postcode)
    for n in np.flatnonzero(told & ~same_town).tolist():
        here, there = a.town[n], b.town[n]
        alike = one_postcode[n] and fuzz.ratio(here, there) >= SPELT
        same_town[n] = alike or here in there or there in here
    facts["com_same"], facts["com_diff"] = same_town, told & ~same_town
    near = known & (a.departement == b.departement)
    same = one_postcode | (near & same_town)
    facts["cp_same"] = same
    facts["cp_dep"] = near & ~same
    facts["cp_diff"] = known & ~near & ~same


def metres(a: Traits, b: Traits) -> NDArray[np.float64]:
    """Distances on the sphere, accurate enough at these scales; NaN when a point is missing."""
    east, north = np.radians(b.longitude - a.longitude), np.radians(b.latitude - a.latitude)
    mean = np.radians((a.latitude + b.latitude) / 2)
    away: NDArray[np.float64] = 6_371_000 * np.hypot(east * np.cos(mean), north)
    return away


def street_likeness(a: Traits, b: Traits) -> NDArray[np.float64]:
    """How alike streets are, 0 to 100; one may hold more words (a building). NaN: one is missing."""
    made = np.full(len(a.street), np.nan)
    told = np.flatnonzero((a.street != None) & (b.street != None))  # noqa: E711 - of an array
    made[told] = cpdist(a.street[told], b.street[told], scorer=fuzz.ratio, dtype=np.float64)
    unlike = told[made[told] < ALIKE]
    longer = np.array(
        [" " in x and " " in y for x, y in zip(a.street[unlike], b.street[unlike], strict=True)],
        np.bool_,
    )
    unlike = unlike[longer]
    partial = cpdist(
        a.street[unlike],
        b.street[unlike],
        scorer=fuzz.partial_ratio,
        score_cutoff=PARTLY,
        dtype=np.float64,
    )
    made[unlike] = np.maximum(made[unlike], partial)
    return made


def identifier_facts(facts: Facts, pairs: Pairs) -> None:
    """Facts about SIRET and lists. A SIRET names the operator, not the place."""
    a, b = pairs.a, pairs.b
    known = (a.siret != 0) & (b.siret != 0)
    same, operator = known & (a.siret == b.siret), known & (a.siren == b.siren)
    facts["siret_same"], facts["siret_siren"] = same, operator & ~same
    facts["siret_diff"], facts["siret_missing"] = known & ~operator, ~known
    one_list = a.source == b.source
    compared = ~one_list & (a.identifier != 0) & (b.identifier != 0)
    facts["id_same"] = compared & (a.lasting != 0) & (a.lasting == b.lasting)
    facts["id_short_same"] = compared & (a.lasting == 0) & (a.identifier == b.identifier)
    facts["same_list_hv"] = one_list & a.by_service
    facts["same_list"] = one_list & ~a.by_service
    facts["ac_versions"] = ~one_list & a.is_aidants & b.is_aidants


def kind_facts(facts: Facts, pairs: Pairs, where: Marks) -> None:
    """Facts about kinds of place: same, overlapping, in conflict; label; itinerant or not."""
    left, right = pairs.kinds_a, pairs.kinds_b
    core_a, core_b = core(left), core(right)
    both = (core_a != 0) & (core_b != 0)
    facts["kind_same"] = both & (core_a == core_b)
    facts["kind_overlap"] = both & (core_a != core_b) & (core_a & core_b != 0)
    facts["kind_conflict"] = both & (core_a & core_b == 0)
    facts["kind_none"] = (core_a == 0) & (core_b == 0)
    facts["kind_oneside"] = ~both & ~facts["kind_none"]
    moving_a, moving_b = has(left, "itinerant"), has(right, "itinerant")
    facts["itin_both"] = moving_a & moving_b
    facts["itin_mismatch"] = (moving_a | pairs.a.is_moving) != (moving_b | pairs.b.is_moving)
    epci_a, epci_b = has(left, "epci"), has(right, "epci")
    facts["epci_one"], facts["epci_both"] = epci_a != epci_b, epci_a & epci_b
    ccas_a, ccas_b = has(left, "ccas"), has(right, "ccas")
    facts["ccas_mairie"] = (ccas_a & ~ccas_b & has(right, "mairie")) | (
        ccas_b & ~ccas_a & has(left, "mairie")
    )
    label_facts(facts, pairs, where)


def label_facts(facts: Facts, pairs: Pairs, where: Marks) -> None:
    """Facts about the France services label: said by the name, or carried."""
    named_a, named_b = (has(k, "france-services") for k in (pairs.kinds_a, pairs.kinds_b))
    labelled = (named_a | pairs.a.is_labelled) & (named_b | pairs.b.is_labelled)
    both, one = named_a & named_b, named_a != named_b
    other = np.where(named_a, core(pairs.kinds_b), core(pairs.kinds_a)) != 0
    facts["fs_both"] = both
    facts["fs_one_labelled"], facts["fs_one"] = one & labelled, one & ~labelled
    for name, held in (("core", other), ("bare", ~other)):
        facts[f"fs_other_{name}_labelled"] = one & labelled & held
        facts[f"fs_other_{name}"] = one & ~labelled & held
    for p, place in enumerate("PNMF"):
        here = where == p
        facts[f"xfs_{place}"] = both & here
        facts[f"xfl_{place}"] = one & labelled & here
        facts[f"xf1_{place}"] = one & ~labelled & here
        facts[f"xfc_{place}"] = one & ~labelled & other & here
