"""An initiative of the edition, in the columns of the contributions' schema.

**Reads** the edition. **Writes** nothing. **Method** The inverse of what the build does with a row.
**Limits** A quarter that several records name differently is the one that the edition shows.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from observatory.edition import current
from observatory.names import town_of
from quartiers.judgements import FIELDS

#: Column of the schema → field of an initiative; ``lieux`` is a list, a quarter's code goes unasked.
COLUMNS = {n: f for n, f in FIELDS.items() if n not in ("lieux", "code_qpv")} | {
    "quartier": "qpv_nom"
}


@dataclass(slots=True)
class Existing:
    """``records``: the ids of its records, the main one first."""

    id: str
    title: str
    commune: str
    cells: dict[str, str]
    records: list[str]


def existing(identifier: str) -> Existing | None:
    """An initiative of the edition served; an id that was replaced leads to its heir."""
    edition = current()
    row = edition.row("SELECT * FROM initiatives WHERE id = ?", [identifier])
    if row is None:
        gone = edition.row("SELECT replaced_by FROM identities WHERE entity_id = ?", [identifier])
        heirs = json.loads(gone["replaced_by"] or "[]") if gone else []
        return existing(heirs[0]) if heirs else None
    cells = {name: " ".join(str(row[field] or "").split()) for name, field in COLUMNS.items()}
    cells["lieux"] = " | ".join(json.loads(row["place_types"] or "[]"))
    records = json.loads(row["records"] or "[]")
    return Existing(row["id"], row["title"], town_of(row) or "", cells, records)
