"""The initiatives: linked records as people read them.

**Reads** records, verdicts, links. **Writes** the ``initiatives`` and ``claims`` tables.
**Method** A written rule a field (``study/link/fields.toml``, applied by ``fields.py``): one value is
shown; the others are set beside it in ``claims`` with their source and date, and those that
contradict it are listed in ``disagreements``. A digital yes by one record makes the initiative
digital; themes are ranked by their best score.
**Limits** A wrong value of the winning record is shown until a correction says otherwise.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

import pyarrow as pa

from quartiers.link.fields import Value, all_values, claims_of, disagreements, standing
from quartiers.shapes import FORMS, INFRA, INITIATIVE_SCHEMA, THEMES, rows_batch
from quartiers.tables import CLAIMS
from quartiers.territories import load as load_territories
from quartiers.territories import plain

Row = dict[str, Any]
ORDER = {value: rank for rank, value in enumerate((*THEMES, *INFRA, *FORMS))}
#: Fields of the view that one record's value fills; the others are unions, or in the code below.
SHOWN: tuple[str, ...] = (
    *("title", "text", "kind", "world", "carrier", "carrier_type", "siret", "rna", "start", "end"),
    *("amount_eur", "address", "postcode", "commune", "insee_code", "url", "licence", "updated"),
)
#: What is known of a place when nothing is.
NOWHERE = dict.fromkeys(("code", "nom", "distance_m", "methode", "insee_code")) | {
    "etat": "inconnu"
}


def initiatives(
    records: pa.Table,
    detections: pa.Table,
    classifications: pa.Table,
    locations: pa.Table,
    links: pa.Table,
) -> tuple[pa.Table, pa.Table]:
    """(one row an entity, in the order of ids; who says what where they say several things)."""
    by_id = {row["id"]: row for row in records.to_pylist()}
    for row in by_id.values():
        row["place"] = None
    for about, value, score in zip(
        *(detections[c].to_pylist() for c in ("about", "value", "score")), strict=True
    ):
        if about in by_id:
            by_id[about] |= {"digital": value, "score": score}
    classes: dict[str, list[Row]] = defaultdict(list)
    columns = ["about", "dimension", "value", "rank", "score"]
    for row in classifications.select(columns).to_pylist():
        classes[row["about"]].append(row)
    for place in locations.drop_columns(["because"]).to_pylist():
        row = by_id.get(place["about"])
        if row is not None and standing(place) < standing(row["place"]):
            row["place"] = place
    for row in by_id.values():
        if row["place"] is not None:
            row["insee_code"] = row["place"]["insee_code"] or row["insee_code"]
    members: dict[str, list[Row]] = defaultdict(list)
    for entity, about in zip(
        links["entity_id"].to_pylist(), links["about"].to_pylist(), strict=True
    ):
        members[entity].append(by_id[about])
    views, claims = [], []
    for entity in sorted(members):
        told = all_values(members[entity])
        said = claims_of(entity, told)
        views.append(view(entity, members[entity], classes, told, disagreements(said)))
        claims += said
    return (
        pa.Table.from_batches([rows_batch(views, INITIATIVE_SCHEMA)]),
        pa.Table.from_batches([rows_batch(claims, CLAIMS)]),
    )


def view(
    entity: str,
    members: list[Row],
    classes: dict[str, list[Row]],
    told: dict[str, list[Value]],
    opposed: dict[str, dict[str, list[str]]],
) -> Row:
    """One entity from its records: the values told, the best first, and where they are opposed."""
    ids = [r["id"] for r in members]
    digital, score = best_verdict([(r["digital"], r["score"]) for r in members])
    found = [row for about in ids for row in classes[about]]
    themes = ranked(found, "theme")
    where = min((r["place"] for r in members), key=standing) or NOWHERE
    shown = {name: told[name][0].said if told[name] else None for name in SHOWN}
    point = told["point"][0].said if told["point"] else (None, None)
    return shown | {
        "id": entity,
        "title": shown["title"] or "",
        "text": shown["text"] or "",
        "commune": commune_of(shown["commune"], shown["insee_code"], where),
        "digital": digital,
        "score": score,
        "in_quartiers": shown["world"] == "quartiers" or where["etat"] in ("dedans", "limite"),
        "main_theme": themes[0] if themes else None,
        "themes": themes,
        "infra": ranked(found, "infra"),
        "forms": ranked(found, "form"),
        "longitude": point[0],
        "latitude": point[1],
        "qpv_code": where["code"],
        "qpv_nom": where["nom"],
        "qpv_etat": where["etat"],
        "qpv_distance_m": where["distance_m"],
        "qpv_methode": where["methode"],
        "place_types": union(members, "place_types"),
        "services": union(members, "services"),
        "records": ids,
        "sources": sorted({r["source"] for r in members}),
        "disagreements": json.dumps(opposed, ensure_ascii=False) if opposed else None,
    }


def commune_of(said: str | None, insee_code: str | None, where: Row) -> str | None:
    """The commune as the official list writes it, when its code is known.

    What a source says is kept where it names another («Lyon 8», a commune since merged), but for an
    initiative that stands in a quarter: the quarter's commune is then the true one.
    """
    territories = load_territories()
    stands = where["etat"] in ("dedans", "limite")
    code = (stands and where["insee_code"]) or insee_code or ""
    known = [c for c in (code, territories.city(code)) if c in territories.commune]
    names = [territories.commune[c].nom for c in known]
    same = [name for name in names if plain(name) == plain(said or "")]
    return next(iter(same or names[-1:] if stands else same), said)


def best_verdict(given: list[tuple[str | None, float]]) -> tuple[str | None, float]:
    """Digital if one record is; in doubt if none is and one is in doubt; else not."""
    for wanted in ("numerique", None, "non-numerique"):
        scores = [score for value, score in given if value == wanted]
        if scores:
            return wanted, max(scores)
    raise AssertionError("an entity has at least one record")


def ranked(found: list[Row], dimension: str) -> list[str]:
    """The values of a dimension, the best rank then the best score first."""
    best: dict[str, tuple[int, float]] = {}
    for row in found:
        if row["dimension"] == dimension:
            key = (row["rank"], -row["score"])
            best[row["value"]] = min(best.get(row["value"], key), key)
    return sorted(best, key=lambda value: (best[value], ORDER[value]))


def union(members: list[Row], name: str) -> list[str]:
    """Every value of a list, each once, in the order of ids."""
    return list(dict.fromkeys(value for r in members for value in r[name] or ()))
