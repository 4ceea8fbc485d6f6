"""One record's whole journey, stage by stage, with its reasons: the product's signature.

**Reads** an edition's Parquet tables. **Writes** nothing.
**Method** Each verb's rows about the record (or about every record of an initiative), in the order
of the verbs. Rejected records are found too: the reasons for a no are computed again on demand,
since the build keeps only those of what it keeps.
A finding (C1 to C13) is explained by its figures and the initiatives they rest on.
**Limits** Explains one edition; what became of an older id is in ``identities``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from quartiers.chapters import subjects
from quartiers.detect import detect_batch
from quartiers.errors import InputError
from quartiers.link import resolve_id
from quartiers.link.fields import rules
from quartiers.shapes import RECORD_SCHEMA, record_text


@dataclass
class Journey:
    """What each verb said of one record. ``subjects`` are those that search finds it by; ``pairs``, its
    nearest refused or doubtful pairs; ``claims``, what its initiative's records say of a field where they
    say several things, with the rule."""

    record: dict[str, Any]
    text: str
    subjects: tuple[str, ...]
    detection: dict[str, Any]
    classifications: list[dict[str, Any]] = field(default_factory=list)
    locations: list[dict[str, Any]] = field(default_factory=list)
    link: dict[str, Any] | None = None
    siblings: list[str] = field(default_factory=list)
    pairs: list[dict[str, Any]] = field(default_factory=list)
    initiative: dict[str, Any] | None = None
    claims: list[dict[str, Any]] = field(default_factory=list)


def explain(edition: Path, identifier: str) -> list[Journey]:
    """The journeys of a record id («benchmark:…») or of each record of an initiative («q…»).

    Raises InputError when the edition knows neither.
    """
    records = rows_where(edition, "records", "id", [identifier])
    if not records:
        linked = rows_where(edition, "links", "entity_id", resolve_id(edition, identifier))
        records = rows_where(edition, "records", "id", [row["about"] for row in linked])
    if not records:
        raise InputError(
            f"«{identifier}» is neither a record (source:number) nor an initiative (q…) of "
            f"{edition.name}: `quartiers search WORDS` finds ids."
        )
    return [journey(edition, record) for record in records]


def explain_finding(edition: Path, name: str) -> dict[str, Any] | None:
    """A finding's row, and the initiatives that it rests on; None when ``name`` is not one."""
    found = rows_where(edition, "findings", "id", [name.upper()])
    if not found:
        return None
    finding = found[0]
    evidence = rows_where(edition, "initiatives", "id", list(finding["evidence"] or ()))
    columns = ("id", "title", "commune", "qpv_code", "records", "sources")
    return finding | {"initiatives": [{c: row[c] for c in columns} for row in evidence]}


def journey(edition: Path, record: dict[str, Any]) -> Journey:
    """One record through the verbs."""
    about = record["id"]
    detection = rows_where(edition, "detections", "about", [about])[0]
    if not detection["because"]:
        batch = pa.RecordBatch.from_pylist([record], schema=RECORD_SCHEMA)
        detection["because"] = detect_batch(batch, explain_all=True).to_pylist()[0]["because"]
    links = rows_where(edition, "links", "about", [about])
    entity = links[0]["entity_id"] if links else None
    same = rows_where(edition, "links", "entity_id", [entity]) if entity else []
    found = rows_where(edition, "initiatives", "id", [entity]) if entity else []
    ranked = rows_where(edition, "classifications", "about", [about])
    return Journey(
        record=record,
        text=record_text(record["title"], record["text"]),
        subjects=subjects().get(about, ()),
        detection=detection,
        classifications=sorted(ranked, key=lambda c: (c["dimension"], c["rank"])),
        locations=rows_where(edition, "locations", "about", [about]),
        link=links[0] if links else None,
        siblings=[row["about"] for row in same if row["about"] != about],
        pairs=rows_where(edition, "pairs", "a", [about])
        + rows_where(edition, "pairs", "b", [about]),
        initiative=found[0] if found else None,
        claims=claims(edition, entity) if entity else [],
    )


def claims(edition: Path, entity: str) -> list[dict[str, Any]]:
    """Each field that has several values: its rule, the values (the one shown first), who says them."""
    fields: dict[str, dict[str, Any]] = {}
    for row in rows_where(edition, "claims", "initiative", [entity]):
        rule = rules()[row["field"]]
        told = {"field": rule.field, "label": rule.label, "rule": rule.says, "values": []}
        values = fields.setdefault(rule.field, told)["values"]
        if row["rank"] == len(values):
            values.append({"value": row["value"], "opposed": row["opposed"], "by": []})
        values[-1]["by"].append({"record": row["record"], "date": row["date"]})
    return list(fields.values())


def rows_where(edition: Path, table: str, column: str, values: list[str]) -> list[dict[str, Any]]:
    """The rows of a table whose column is one of the values, in the table's order."""
    if not values:
        return []
    wanted = pc.field(column).isin(values)
    found: list[dict[str, Any]]
    found = pq.read_table(edition / f"{table}.parquet", filters=wanted).to_pylist()
    return found
