"""The search index: words and concepts of every entry, in the edition's own SQLite file.

**Reads** the initiatives, and the entries of the embedded study that are no initiative (its experts
judged them not digital; they still answer «who works on this need?»). **Writes** ``search_entries``,
``search_words`` and ``search_notions`` (for each stem and each concept, the entries that hold it and
how much), ``search_concepts`` (an entry's concepts with its own words), ``search_arrays`` (one figure
an entry) and ``search_text`` (FTS5 over stems, for any SQLite tool).
**Method** A text is filed under its stems (plurals and accents do not matter) and under the concepts
that the lexicon finds in it. A stem's weight in an entry is the part of BM25 that does not depend on
its rarity, over title, body and services weighted as one text (BM25F); it fits in a byte, and so does
a concept's. Lists of entries are plain little-endian arrays, so that a query adds them up at once.
**Limits** An entry is filed once; the index is rebuilt with the edition, in memory.
"""

from __future__ import annotations

import json
import math
import sqlite3
from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

import numpy as np
import pyarrow as pa

from quartiers import lexicon
from quartiers.bridge.words import family, spelt
from quartiers.lexicon import STOP
from quartiers.shapes import THEMES
from quartiers.text import fold, stem, tokens, words

#: Weight of a word by where it stands.
TITLE, SERVICES, BODY = 3.0, 1.5, 1.0
#: Weight of a concept by where its words stand.
NAMED = (1.6, 1.2, 1.0)
#: BM25: how soon repeating a word stops counting; how much a long text is held against it.
K1, B = 1.2, 0.5
#: Weights are kept in a byte: this is 1.0.
UNIT = 100
#: Words in more than this share of entries say nothing of what makes entries alike.
COMMON = 0.25
WORLDS = {None: 0, "quartiers": 1, "ville-intelligente": 2}
DIGITAL = {"non-numerique": 0, None: 1, "numerique": 2}
BATCH = 5_000

Row = dict[str, Any]


class _Terms(dict[str, int]):
    """Word → the number of its stem; words that say nothing → -1. Fills itself."""

    def __init__(self) -> None:
        super().__init__()
        self.stems: dict[str, int] = {}

    def __missing__(self, word: str) -> int:
        number = -1 if word in STOP else self.stems.setdefault(stem(word), len(self.stems))
        self[word] = number
        return number


class _Lists:
    """Term → entries and weights, gathered entry after entry."""

    def __init__(self) -> None:
        self.terms, self.weights, self.held = array("i"), array("f"), array("i")

    def add(self, found: dict[int, float]) -> None:
        self.terms.extend(found.keys())
        self.weights.extend(found.values())
        self.held.append(len(found))

    def arrays(self) -> tuple[Any, Any, Any]:
        """(terms, entries, weights), by term then entry; entries are numbered from 1."""
        terms = np.frombuffer(self.terms, np.int32) if self.terms else np.zeros(0, np.int32)
        weights = np.frombuffer(self.weights, np.float32) if self.terms else np.zeros(0, np.float32)
        held = np.frombuffer(self.held, np.int32) if self.held else np.zeros(0, np.int32)
        entries = np.repeat(np.arange(1, len(held) + 1, dtype=np.int32), held)
        order = np.argsort(terms, kind="stable")
        return terms[order], entries[order], weights[order]


def write_index(
    connection: sqlite3.Connection, initiatives: pa.Table, others: Iterable[Row] = ()
) -> None:
    """File every initiative, then ``others`` (rows of the same columns, those they have)."""
    connection.executescript(
        """
        CREATE VIRTUAL TABLE search_text USING fts5(
            title, body, extra, content='', tokenize='ascii');
        CREATE TABLE search_entries (
            number INTEGER PRIMARY KEY, id TEXT NOT NULL, record TEXT, title TEXT NOT NULL,
            text TEXT, services TEXT, carrier TEXT, commune TEXT, world TEXT, digital TEXT,
            themes TEXT, places TEXT, insee_code TEXT, qpv_code TEXT, url TEXT,
            in_view INTEGER NOT NULL);
        CREATE TABLE search_concepts (
            number INTEGER NOT NULL, slug TEXT NOT NULL, weight REAL NOT NULL, words TEXT NOT NULL,
            PRIMARY KEY (number, slug)) WITHOUT ROWID;
        CREATE TABLE search_words (
            stem TEXT NOT NULL, family TEXT NOT NULL, count INTEGER NOT NULL, entries BLOB NOT NULL,
            weights BLOB NOT NULL);
        CREATE TABLE search_notions (
            slug TEXT PRIMARY KEY, count INTEGER NOT NULL, entries BLOB NOT NULL,
            weights BLOB NOT NULL);
        CREATE TABLE search_arrays (name TEXT PRIMARY KEY, bytes BLOB NOT NULL) WITHOUT ROWID;
        """
    )
    terms = _Terms()
    slugs: dict[str, int] = {}
    word_lists, concept_lists = _Lists(), _Lists()
    lengths, facts = array("f"), []
    number = 0
    for batch in chain((b.to_pylist() for b in initiatives.to_batches(BATCH)), [list(others)]):
        entries, texts, concepts = [], [], []
        for row in batch:
            number += 1
            parts = (row["title"], extra_words(row), row["text"])
            found = [words(spelt(part)) for part in parts]
            word_lists.add(weighed(found, terms))
            lengths.append(
                sum(w * len(f) for f, w in zip(found, (TITLE, SERVICES, BODY), strict=True))
            )
            named = concepts_of(parts)
            concept_lists.add({slugs.setdefault(s, len(slugs)): w for s, (w, _) in named.items()})
            concepts += [(number, slug, w, said) for slug, (w, said) in named.items()]
            texts.append(
                (number, *(" ".join(map(stem, f)) for f in (found[0], found[2], found[1])))
            )
            entries.append(entry_row(number, row))
            facts.append((WORLDS[row.get("world")], DIGITAL[row.get("digital")], theme_bits(row)))
        marks = ",".join("?" * 16)
        connection.executemany(f"INSERT INTO search_entries VALUES ({marks})", entries)
        connection.executemany("INSERT INTO search_concepts VALUES (?,?,?,?)", concepts)
        connection.executemany(
            "INSERT INTO search_text(rowid, title, body, extra) VALUES (?,?,?,?)", texts
        )
    write_words(connection, list(terms.stems), word_lists, np.frombuffer(lengths, np.float32))
    write_notions(connection, list(slugs), concept_lists, number)
    columns = np.array([(0, 0, 0), *facts], np.uint8)
    for name, column in zip(("world", "digital", "themes"), columns.T, strict=True):
        keep_array(connection, name, column)
    connection.executescript(
        """
        CREATE INDEX search_words_stem ON search_words (stem, count);
        CREATE INDEX search_words_family ON search_words (family, stem);
        CREATE INDEX search_entries_id ON search_entries (id);
        CREATE INDEX search_entries_record ON search_entries (record);
        CREATE INDEX search_entries_insee ON search_entries (insee_code);
        CREATE INDEX search_entries_qpv ON search_entries (qpv_code);
        """
    )


def weighed(found: Sequence[list[str]], terms: _Terms) -> dict[int, float]:
    """An entry's stems, by number, with how often they stand there, weighted by where."""
    counted: dict[int, float] = {}
    for listed, weight in zip(found, (TITLE, SERVICES, BODY), strict=True):
        for term in map(terms.__getitem__, listed):
            counted[term] = counted.get(term, 0.0) + weight
    counted.pop(-1, None)
    return counted


def entry_row(number: int, row: Row) -> tuple[Any, ...]:
    """What is shown of an entry; its texts only when the view of initiatives does not hold them."""
    in_view = "records" in row
    record = row["id"] if not in_view else None
    record = record or next((r for r in row["records"] or () if r.startswith("benchmark:")), None)
    own = (None, None) if in_view else (row["text"], json.dumps(row["services"] or []))
    shown = (row["carrier"], row["commune"], row.get("world"), row.get("digital"))
    lists = (json.dumps(row.get("themes") or []), json.dumps(row["place_types"] or []))
    where = (row["insee_code"], row.get("qpv_code"), row.get("url"))
    return (number, row["id"], record, row["title"], *own, *shown, *lists, *where, int(in_view))


def theme_bits(row: Row) -> int:
    """The themes of an entry as bits, in the study's order."""
    return sum(1 << THEMES.index(theme) for theme in set(row.get("themes") or ()))


def extra_words(row: Row) -> str:
    """What is worth finding beside title and text."""
    said = [row["carrier"], row["commune"], row.get("qpv_nom") or row.get("neighbourhood")]
    lists = [*(row["services"] or ()), *(row["place_types"] or ())]
    return " . ".join([str(word) for word in (*said, *lists) if word])


def concepts_of(parts: Sequence[str]) -> dict[str, tuple[float, str]]:
    """slug → (weight, words as written) of the concepts found, each once at its best."""
    best: dict[str, tuple[float, str]] = {}
    known = lexicon.load()
    for text, weight in zip(parts, NAMED, strict=True):
        hits = known.find(words(text), text)
        found = tokens(fold(text)) if hits else []
        for hit in hits:
            if hit.negated or hit.entry.strength == "faux":
                continue
            if weight > best.get(hit.entry.slug, (0.0, ""))[0]:
                said = text[found[hit.first][0] : found[hit.last - 1][1]]
                best[hit.entry.slug] = (weight, said)
    return best


def write_words(
    connection: sqlite3.Connection, stems: list[str], lists: _Lists, lengths: Any
) -> None:
    """``search_words``, and how long each entry is as a vector of its words."""
    terms, entries, often = lists.arrays()
    total = len(lengths)
    long = lengths[entries - 1] / (lengths.mean() if total else 1.0)
    part = often * (K1 + 1) / (often + K1 * (1 - B + B * long))
    weights = np.rint(part * UNIT).astype(np.uint8)
    counts = np.bincount(terms, minlength=len(stems))
    connection.executemany(
        "INSERT INTO search_words VALUES (?,?,?,?,?)",
        ((name, family(name), *listed) for name, *listed in runs(stems, counts, entries, weights)),
    )
    telling = np.array([len(s) > 2 for s in stems], bool)
    telling &= (counts >= 2) & (counts < total * COMMON)
    rare = np.where(telling, word_rarity(total, counts), 0.0)
    keep_array(connection, "words_length", vector_length(rare[terms] * weights, entries, total))


def write_notions(
    connection: sqlite3.Connection, slugs: list[str], lists: _Lists, total: int
) -> None:
    """``search_notions``, and how long each entry is as a vector of its concepts."""
    terms, entries, strong = lists.arrays()
    weights = np.rint(strong * UNIT).astype(np.uint8)
    counts = np.bincount(terms, minlength=len(slugs))
    connection.executemany(
        "INSERT INTO search_notions VALUES (?,?,?,?)", runs(slugs, counts, entries, weights)
    )
    rare = np.log(1 + total / (1 + counts))
    keep_array(connection, "concepts_length", vector_length(rare[terms] * weights, entries, total))


def runs(names: list[str], counts: Any, entries: Any, weights: Any) -> Iterator[tuple[Any, ...]]:
    """(name, count, entries, weights) of each term, as bytes."""
    start = 0
    for name, count in zip(names, counts.tolist(), strict=True):
        end = start + count
        yield name, count, entries[start:end].tobytes(), weights[start:end].tobytes()
        start = end


def vector_length(values: Any, entries: Any, total: int) -> Any:
    """Euclidean length of each entry's values (place 0 is nobody)."""
    squares = np.bincount(entries, weights=(values / UNIT) ** 2, minlength=total + 1)
    return np.sqrt(squares).astype(np.float32)


def keep_array(connection: sqlite3.Connection, name: str, values: Any) -> None:
    """One figure an entry."""
    kept = np.ascontiguousarray(values)
    connection.execute("INSERT INTO search_arrays VALUES (?,?)", (name, kept.tobytes()))


def word_rarity(total: int, counts: Any) -> Any:
    """BM25's inverse document frequency."""
    return np.log(1 + (total - counts + 0.5) / (counts + 0.5))


def rarity(total: int, count: int) -> float:
    """How much a concept found in ``count`` of ``total`` entries tells."""
    return math.log(1 + total / (1 + count))
