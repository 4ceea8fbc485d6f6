"""How fast is search on a large edition, beside SQLite's own full-text search?

**Reads** the embedded edition (its texts, repeated with other numbers until there are enough) and the
judged queries. **Writes** a table on the screen.
**Method** One core, CPU time. The index is written by ``write_index``; each query is answered by our
search, and by FTS5's BM25 over the same stems (any word of the query), the search that an edition would
have without us. Both give twenty results. The ratio is printed.
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

from quartiers import lexicon
from quartiers.bridge import search, write_index
from quartiers.bridge.judgements import write_judgements
from quartiers.bridge.words import EMPTY
from quartiers.edition import open_edition
from quartiers.publish.sqlite import write_table
from quartiers.text import stem, words


def edition_of(entries: int, view: pa.Table) -> sqlite3.Connection:
    """A database of so many initiatives, and the seconds of CPU that their index took."""
    rows = view.to_pylist()
    many = [
        {**rows[n % len(rows)], "id": f"q{n:09}", "records": [], "insee_code": f"{n % 36_000:05}"}
        for n in range(entries)
    ]
    table = pa.Table.from_pylist(many, schema=view.schema)
    connection = sqlite3.connect(":memory:")
    write_table(connection, "initiatives", table, key="id", indexes=())
    write_judgements(connection)
    lexicon.load().find(["numerioque"])  # the dictionary of French is read once a process
    begun = time.process_time()
    write_index(connection, table)
    spent = time.process_time() - begun
    print(f"index: {entries:,} entries, {spent:.1f} s of CPU, {entries / spent:,.0f} a second")
    return connection


def plain(connection: sqlite3.Connection, query: str) -> list[int]:
    """FTS5 over stems, any word."""
    asked = " OR ".join(f'"{stem(w)}"' for w in words(query) if w not in EMPTY)
    sql = "SELECT rowid FROM search_text WHERE search_text MATCH ? ORDER BY bm25(search_text) LIMIT 20"
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
