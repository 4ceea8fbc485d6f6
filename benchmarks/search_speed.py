"""How fast is search on a large edition, beside SQLite's own full-text search?

**Reads** the embedded edition (its texts, repeated with other numbers until there are enough) and the
judged queries. **Writes** a table on the screen.
**Method** One core, CPU time; tables read once a process (the dictionary, the lexicon) are read before. The
index is written by ``write_index``; each query is answered by our search. Beside, the search that an
edition would have without us: an FTS5 table over the same texts, accents removed, asked with BM25 for any
word of the query. Both give twenty results. Ratios are printed.
**Limits** The texts repeat, so that lists of entries are longer than those of as many different texts:
the figures are on the slow side.

Run: ``.venv/bin/python benchmarks/search_speed.py --entries 100000``.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from quartiers.bridge import search, write_index
from quartiers.bridge.entries import parts_of
from quartiers.bridge.filing import PARTS
from quartiers.bridge.index import BATCH, concepts_of
from quartiers.bridge.judgements import write_judgements
from quartiers.bridge.words import EMPTY
from quartiers.publish.sqlite import write_table
from quartiers.shelf import open_edition
from quartiers.text import words


def edition_of(entries: int, view: pa.Table) -> sqlite3.Connection:
    """A database of so many initiatives, with both indexes; prints the seconds of CPU that each took."""
    rows = view.to_pylist()
    many = [
        {**rows[n % len(rows)], "id": f"q{n:09}", "records": [], "insee_code": f"{n % 36_000:05}"}
        for n in range(entries)
    ]
    table = pa.Table.from_pylist(many, schema=view.schema)
    connection = sqlite3.connect(":memory:")
    write_table(connection, "initiatives", table, key="id", indexes=())
    write_judgements(connection)
    concepts_of(("numerioque",) * PARTS)  # the tables
    spent = []
    for name, write in (("our index", write_index), ("FTS5", write_plain)):
        begun = time.process_time()
        write(connection, table)
        spent.append(time.process_time() - begun)
        rate = entries / spent[-1]
        print(f"{name}: {entries:,} entries, {spent[-1]:.1f} s of CPU, {rate:,.0f} a second")
    print(f"ratio: our index takes {spent[0] / spent[1]:.2f} times FTS5's")
    return connection


def write_plain(connection: sqlite3.Connection, table: pa.Table) -> None:
    """FTS5's own index of the same texts."""
    connection.execute(
        "CREATE VIRTUAL TABLE plain USING fts5(title, beside, body, subjects, content='', "
        "tokenize='unicode61 remove_diacritics 2')"
    )
    for batch in table.to_batches(BATCH):
        parts = parts_of(batch)
        rows = zip(*[iter(parts)] * PARTS, strict=True)
        connection.executemany("INSERT INTO plain VALUES (?,?,?,?)", rows)


def plain(connection: sqlite3.Connection, query: str) -> list[int]:
    """FTS5, any word."""
    asked = " OR ".join(f'"{w}"' for w in words(query) if w not in EMPTY)
    sql = "SELECT rowid FROM plain WHERE plain MATCH ? ORDER BY bm25(plain) LIMIT 20"
    return [row[0] for row in connection.execute(sql, (asked,))] if asked else []


def timed(answer: Callable[[str], object], queries: list[str]) -> list[float]:
    """Milliseconds of CPU of each query, sorted."""
    answer(queries[0])
    spent = []
    for query in queries:
        begun = time.process_time()
        answer(query)
        spent.append((time.process_time() - begun) * 1000)
    return sorted(spent)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--queries", type=Path, default=Path("evaluation/search_queries.jsonl"))
    parser.add_argument("--edition")
    given = parser.parse_args()
    view = pq.read_table(open_edition(given.edition) / "initiatives.parquet")
    queries = [json.loads(q)["query"] for q in given.queries.read_text("utf-8").splitlines()]
    connection = edition_of(given.entries, view)
    ours = timed(lambda q: search(connection, q), queries)
    theirs = timed(lambda q: plain(connection, q), queries)
    for name, spent in (("our search", ours), ("FTS5 BM25", theirs)):
        middle, high = spent[len(spent) // 2], spent[int(len(spent) * 0.95)]
        print(f"{name}: median {middle:.1f} ms, p95 {high:.1f} ms of CPU, {len(spent)} queries")
    at = int(len(ours) * 0.95)
    print(f"ratio of the p95: ours takes {ours[at] / theirs[at]:.2f} times FTS5's")


if __name__ == "__main__":
    main()
