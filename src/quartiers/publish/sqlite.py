"""The edition as one SQLite file that opens in any SQLite tool.

**Reads** the edition's Parquet tables, the territories, the thesaurus. **Writes**
``quartiers.sqlite``.
**Method** One table a verb, with the same columns; lists and reasons are JSON text; the search index
of the bridge lives in the same file. Records that detect rejected stay in the Parquet tables only
(they are most of the rows and nobody browses them); ``explain`` finds them there.
**Limits** Written once, then read-only; no column is typed more finely than SQLite allows.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from quartiers.bridge.index import write_index
from quartiers.bridge.judgements import write_judgements
from quartiers.tables import ALIGNMENTS, PORTRAITS

#: Tables copied as they are: name → (restricted to kept records by this column, indexes).
TABLES: dict[str, tuple[str | None, tuple[str, ...]]] = {
    "records": ("id", ("insee_code", "source")),
    "detections": ("about", ()),
    "classifications": (None, ("about", "value")),
    "locations": ("about", ("about", "code")),
    "links": (None, ("entity_id", "about")),
    "pairs": (None, ("a", "b")),
    "identities": (None, ("entity_id",)),
    "initiatives": (None, ("main_theme", "insee_code", "qpv_code", "digital")),
    "claims": (None, ("initiative",)),
    "unseen": (None, ("territory",)),
    "measures": (None, ("territory", "indicator")),
    "findings": (None, ()),
    "issues": (None, ("source", "stage")),
    **dict.fromkeys(ALIGNMENTS, (None, ("concept", "list"))),
    **{
        name: (None, ("territory",) if "territory" in schema.names else ())
        for name, schema in PORTRAITS.items()
    },
}
#: Columns that name a row for ever.
KEYS = {"records": "id", "detections": "about", "initiatives": "id", "territories": "code"}


def write_sqlite(edition: Path, sources: list[dict[str, Any]]) -> Path:
    """``<edition>/quartiers.sqlite`` from the Parquet tables beside it; returns its path."""
    path = edition / "quartiers.sqlite"
    path.unlink(missing_ok=True)
    connection = sqlite3.connect(path)
    try:
        connection.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;")
        kept = pq.read_table(edition / "links.parquet", columns=["about"])["about"]
        for name, (column, indexes) in TABLES.items():
            table = pq.read_table(edition / f"{name}.parquet")
            if column is not None:
                table = table.filter(pc.is_in(table[column], value_set=kept.combine_chunks()))
            write_table(connection, name, table, key=KEYS.get(name), indexes=indexes)
        initiatives = pq.read_table(edition / "initiatives.parquet")
        write_pairs(connection, "initiative_themes", "theme", initiatives, "themes")
        write_pairs(connection, "initiative_records", "record", initiatives, "records")
        write_pairs(connection, "initiative_forms", "form", initiatives, "forms")
        write_pairs(connection, "initiative_infra", "topic", initiatives, "infra")
        write_pairs(connection, "initiative_places", "place_type", initiatives, "place_types")
        findings = pq.read_table(edition / "findings.parquet")
        write_pairs(
            connection, "finding_evidence", "initiative", findings, "evidence", of="finding"
        )
        write_rows(connection, "sources", sources)
        write_judgements(connection)
        write_index(connection, initiatives, study_entries(edition, kept))
        connection.commit()
        connection.execute("PRAGMA optimize")
        connection.execute("VACUUM")
    finally:
        connection.close()
    return path


def study_entries(edition: Path, kept: pa.ChunkedArray) -> pa.Table:
    """The entries of the embedded study that are no initiative: its experts judged them not digital."""
    records = pq.read_table(edition / "records.parquet")
    in_view = pc.is_in(records["id"], value_set=kept.combine_chunks())
    own = records.filter(pc.and_(pc.equal(records["source"], "benchmark"), pc.invert(in_view)))
    digital = pa.array(["non-numerique"] * own.num_rows, pa.string())
    return own.append_column("digital", digital)


def write_table(
    connection: sqlite3.Connection,
    name: str,
    table: pa.Table,
    *,
    key: str | None,
    indexes: Iterable[str],
) -> None:
    """One Arrow table as one SQLite table; lists and structs become JSON text."""
    columns = ", ".join(
        f'"{field.name}" {sql_type(field.type)}'
        + (" PRIMARY KEY" if field.name == key else "")
        + ("" if field.nullable else " NOT NULL")
        for field in table.schema
    )
    connection.execute(f'CREATE TABLE "{name}" ({columns})')
    marks = ", ".join("?" * table.num_columns)
    for batch in table.to_batches(max_chunksize=20_000):
        lists = [column_values(batch.column(i)) for i in range(batch.num_columns)]
        connection.executemany(f'INSERT INTO "{name}" VALUES ({marks})', zip(*lists, strict=True))
    for column in indexes:
        connection.execute(f'CREATE INDEX "{name}_{column}" ON "{name}" ("{column}")')


def write_pairs(
    connection: sqlite3.Connection,
    name: str,
    column: str,
    table: pa.Table,
    lists: str,
    *,
    of: str = "initiative",
) -> None:
    """A list column of a table with an ``id`` as rows (``of``, value, rank)."""
    connection.execute(
        f'CREATE TABLE "{name}" ("{of}" TEXT NOT NULL, "{column}" TEXT NOT NULL, rank INTEGER)'
    )
    rows = (
        (identifier, value, rank)
        for identifier, values in zip(
            table["id"].to_pylist(), table[lists].to_pylist(), strict=True
        )
        for rank, value in enumerate(values or [])
    )
    connection.executemany(f'INSERT INTO "{name}" VALUES (?, ?, ?)', rows)
    connection.execute(f'CREATE INDEX "{name}_value" ON "{name}" ("{column}")')
    connection.execute(f'CREATE INDEX "{name}_{of}" ON "{name}" ("{of}")')


def write_rows(connection: sqlite3.Connection, name: str, rows: list[dict[str, Any]]) -> None:
    """Plain dicts (all with the keys of the first one) as one table."""
    if not rows:
        return
    columns = list(rows[0])
    connection.execute(f'CREATE TABLE "{name}" ({", ".join(f"{c!r}" for c in columns)})')
    connection.executemany(
        f'INSERT INTO "{name}" VALUES ({", ".join("?" * len(columns))})',
        ([as_cell(row[c]) for c in columns] for row in rows),
    )


def column_values(column: pa.Array) -> list[Any]:
    """An Arrow column as SQLite cells."""
    values: list[Any] = column.to_pylist()
    if pa.types.is_nested(column.type):
        return [as_cell(value) for value in values]
    if pa.types.is_boolean(column.type):
        return [None if value is None else int(value) for value in values]
    return values


def as_cell(value: Any) -> Any:
    """A list or a struct as JSON, empty members of reasons left out; other values as they are."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        value = [{k: v for k, v in item.items() if v is not None} for item in value]
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return value


def sql_type(kind: pa.DataType) -> str:
    """The SQLite affinity of an Arrow type."""
    if pa.types.is_integer(kind) or pa.types.is_boolean(kind):
        return "INTEGER"
    if pa.types.is_floating(kind):
        return "REAL"
    return "TEXT"
