"""The search index: stems in FTS5, concepts in a side table, in the edition's own SQLite file.

**Reads** the initiatives. **Writes** tables ``search_text`` (FTS5), ``search_concepts``,
``search_entries`` and ``search_vocabulary``.
**Method** A text is filed under its stems (so that plurals and accents do not matter) and under the
concepts that the lexicon finds in it, with the words that named them. The concepts of an entry's
themes are not filed: a theme is a filter, not a word.
**Limits** An entry is filed once; the index is rebuilt with the edition.
"""

from __future__ import annotations

import json
import math
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from quartiers import lexicon
from quartiers.text import fold, stem, tokens

#: Weight of a concept by where its words stand.
TITLE, SERVICES, BODY = 1.6, 1.2, 1.0


def write_index(connection: sqlite3.Connection, initiatives: pa.Table) -> None:
    """File every initiative that is digital or in doubt."""
    connection.executescript(
        """
        CREATE VIRTUAL TABLE search_text USING fts5(
            title, body, extra, content='', tokenize='ascii');
        CREATE TABLE search_entries (
            number INTEGER PRIMARY KEY, id TEXT NOT NULL, world TEXT, themes TEXT, insee_code TEXT,
            qpv_code TEXT, benchmark TEXT, mass REAL);
        CREATE TABLE search_concepts (
            slug TEXT NOT NULL, number INTEGER NOT NULL, weight REAL NOT NULL, words TEXT NOT NULL);
        CREATE TABLE search_vocabulary (stem TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;
        """
    )
    vocabulary: Counter[str] = Counter()
    number = 0
    for batch in initiatives.to_batches(max_chunksize=5_000):
        entries, texts, concepts = [], [], []
        for row in batch.to_pylist():
            if row["digital"] == "non-numerique":
                continue
            number += 1
            title, body, extra = row["title"], row["text"], extra_words(row)
            stems = [stemmed(part) for part in (title, body, extra)]
            vocabulary.update({word for part in stems for word in part.split()})
            texts.append((number, *stems))
            entries.append(
                (
                    number,
                    row["id"],
                    row["world"],
                    json.dumps(row["themes"] or []),
                    row["insee_code"],
                    row["qpv_code"],
                    next((r for r in row["records"] or () if r.startswith("benchmark:")), None),
                )
            )
            parts = ((title, TITLE), (extra, SERVICES), (body, BODY))
            concepts += [(s, number, w, said) for s, w, said in concepts_of(parts)]
        connection.executemany(
            "INSERT INTO search_text(rowid, title, body, extra) VALUES (?,?,?,?)", texts
        )
        connection.executemany("INSERT INTO search_entries VALUES (?,?,?,?,?,?,?,NULL)", entries)
        connection.executemany("INSERT INTO search_concepts VALUES (?,?,?,?)", concepts)
    connection.executemany("INSERT INTO search_vocabulary VALUES (?,?)", sorted(vocabulary.items()))
    connection.executescript(
        """
        CREATE INDEX search_concepts_slug ON search_concepts (slug, number, weight);
        CREATE INDEX search_concepts_number ON search_concepts (number);
        CREATE INDEX search_entries_id ON search_entries (id);
        CREATE INDEX search_entries_benchmark ON search_entries (benchmark);
        """
    )
    weigh_entries(connection, number)


def weigh_entries(connection: sqlite3.Connection, total: int) -> None:
    """How much each entry says in all: the summed rarity of its concepts."""
    counts = dict(connection.execute("SELECT slug, count(*) FROM search_concepts GROUP BY slug"))
    mass: dict[int, float] = defaultdict(float)
    for slug, entry in connection.execute("SELECT slug, number FROM search_concepts"):
        mass[entry] += rarity(total, counts[slug])
    connection.executemany(
        "UPDATE search_entries SET mass = ? WHERE number = ?",
        ((weight, entry) for entry, weight in mass.items()),
    )


def rarity(total: int, count: int) -> float:
    """How much a concept or a word found in ``count`` of ``total`` entries tells."""
    return math.log(1 + total / (1 + count))


def extra_words(row: dict[str, Any]) -> str:
    """What is worth finding beside title and text."""
    said = [row["carrier"], row["commune"], row["qpv_nom"]]
    lists = [*(row["services"] or ()), *(row["place_types"] or ())]
    return " . ".join(str(word) for word in (*said, *lists) if word)


def stemmed(text: str) -> str:
    """A text as its stems, spaces between."""
    return " ".join(stem(word) for _, _, word in tokens(fold(text.replace("œ", "oe"))))


def concepts_of(parts: Any) -> Iterator[tuple[str, float, str]]:
    """(slug, weight, words as written) of the concepts found, each once at its best."""
    best: dict[str, tuple[float, str]] = {}
    known = lexicon.load()
    for text, weight in parts:
        found = tokens(fold(text))
        for hit in known.find([word for _, _, word in found], text):
            if hit.negated or hit.entry.strength == "faux":
                continue
            said = text[found[hit.first][0] : found[hit.last - 1][1]]
            if weight > best.get(hit.entry.slug, (0.0, ""))[0]:
                best[hit.entry.slug] = (weight, said)
    for slug, (weight, said) in best.items():
        yield slug, weight, said
