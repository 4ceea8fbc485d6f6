"""The initiatives: linked records as people read them.

**Reads** records, verdicts, links. **Writes** the ``initiatives`` table.
**Method** A written rule a field (:data:`RULES`): the record that says most about it wins; every other
value is kept in the records themselves, and those that contradict it are listed in
``disagreements``. A digital yes by one record makes the initiative digital; themes are ranked by their
best score.
**Limits** A wrong value of the winning record is shown until a correction says otherwise.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pyarrow as pa

from quartiers.shapes import FORMS, INFRA, INITIATIVE_SCHEMA, THEMES, rows_batch

Row = dict[str, Any]
ORDER = {value: rank for rank, value in enumerate((*THEMES, *INFRA, *FORMS))}
STATES = ("dedans", "limite", "proche", "hors", "inconnu")
#: Field → which record's value wins, said in words in the docs; the first key that differs decides.
RULES: dict[str, Callable[[Row], tuple[Any, ...]]] = {
    "title": lambda r: (r["source"] != "benchmark", -len(r["text"]), r["id"]),
    "text": lambda r: (-len(r["text"]), r["id"]),
    "kind": lambda r: (r["source"] != "benchmark", r["id"]),
    "place": lambda r: (r["longitude"] is None, r["address"] is None, r["id"]),
    "start": lambda r: (r["start"] or "9999", r["id"]),
    "latest": lambda r: ("".join(chr(255 - ord(c)) for c in r["retrieved_at"] or ""), r["id"]),
}
#: Facts on which two records may contradict each other.
COMPARED = ("insee_code", "siret", "start", "end", "carrier")


def initiatives(
    records: pa.Table,
    detections: pa.Table,
    classifications: pa.Table,
    locations: pa.Table,
    links: pa.Table,
) -> pa.Table:
    """One row an entity, in the order of ids."""
    by_id = {row["id"]: row for row in records.to_pylist()}
    verdict = {
        about: (value, score)
        for about, value, score in zip(
            *(detections[c].to_pylist() for c in ("about", "value", "score")), strict=True
        )
        if about in by_id
    }
    classes: dict[str, list[Row]] = defaultdict(list)
    columns = ["about", "dimension", "value", "rank", "score"]
    for row in classifications.select(columns).to_pylist():
        classes[row["about"]].append(row)
    places: dict[str, list[Row]] = defaultdict(list)
    for row in locations.drop_columns(["because"]).to_pylist():
        places[row["about"]].append(row)
    members: dict[str, list[Row]] = defaultdict(list)
    for entity, about in zip(
        links["entity_id"].to_pylist(), links["about"].to_pylist(), strict=True
    ):
        members[entity].append(by_id[about])
    rows = [view(entity, members[entity], verdict, classes, places) for entity in sorted(members)]
    return pa.Table.from_batches([rows_batch(rows, INITIATIVE_SCHEMA)])


def view(
    entity: str,
    members: list[Row],
    verdict: dict[str, tuple[str | None, float]],
    classes: dict[str, list[Row]],
    places: dict[str, list[Row]],
) -> Row:
    """One entity from its records."""
    ids = [r["id"] for r in members]
    digital, score = best_verdict([verdict[about] for about in ids])
    found = [row for about in ids for row in classes[about]]
    themes = ranked(found, "theme")
    where = best_place([row for about in ids for row in places[about]])
    chosen = {name: min(members, key=rule) for name, rule in RULES.items()}
    place = chosen["place"]
    worlds = sorted({r["world"] for r in members if r["world"]})
    return {
        "id": entity,
        "title": chosen["title"]["title"],
        "text": chosen["text"]["text"],
        "kind": chosen["kind"]["kind"],
        "digital": digital,
        "score": score,
        "world": worlds[0] if worlds else None,
        "in_quartiers": "quartiers" in worlds or where["etat"] in ("dedans", "limite"),
        "main_theme": themes[0] if themes else None,
        "themes": themes,
        "infra": ranked(found, "infra"),
        "forms": ranked(found, "form"),
        "carrier": first(members, "carrier"),
        "carrier_type": first(members, "carrier_type"),
        "start": chosen["start"]["start"],
        "end": first(members, "end"),
        "amount_eur": first(members, "amount_eur"),
        "address": place["address"] or first(members, "address"),
        "postcode": place["postcode"] or first(members, "postcode"),
        "commune": place["commune"] or first(members, "commune"),
        "insee_code": where["insee_code"] or place["insee_code"] or first(members, "insee_code"),
        "longitude": place["longitude"],
        "latitude": place["latitude"],
        "qpv_code": where["code"],
        "qpv_nom": where["nom"],
        "qpv_etat": where["etat"],
        "qpv_distance_m": where["distance_m"],
        "qpv_methode": where["methode"],
        "place_types": union(members, "place_types"),
        "services": union(members, "services"),
        "records": ids,
        "sources": sorted({r["source"] for r in members}),
        "url": first(members, "url"),
        "licence": first(members, "licence"),
        "updated": chosen["latest"]["retrieved_at"],
        "disagreements": disagreements(members),
    }


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


def best_place(found: list[Row]) -> Row:
    """The location that says most: the state, then the score."""
    if not found:
        return dict.fromkeys(("code", "nom", "distance_m", "methode", "insee_code")) | {
            "etat": "inconnu"
        }
    return min(
        found,
        key=lambda r: (STATES.index(r["etat"]), r["rank"], -(r["score"] or 0), r["code"] or ""),
    )


def first(members: list[Row], name: str) -> Any:
    """The first value that a record gives, in the order of ids."""
    return next((r[name] for r in members if r[name] not in (None, "")), None)


def union(members: list[Row], name: str) -> list[str]:
    """Every value of a list, each once, in the order of ids."""
    return list(dict.fromkeys(value for r in members for value in r[name] or ()))


def disagreements(members: list[Row]) -> str | None:
    """Where records contradict each other: field → value → the records that say it, as JSON."""
    told: dict[str, dict[str, list[str]]] = {}
    for name in COMPARED:
        said: dict[str, list[str]] = defaultdict(list)
        for r in members:
            if r[name] not in (None, ""):
                said[str(r[name])].append(r["id"])
        if len(said) > 1:
            told[name] = dict(said)
    return json.dumps(told, ensure_ascii=False) if told else None
