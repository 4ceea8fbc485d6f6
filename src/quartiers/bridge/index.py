"""The search index: words and concepts of every entry, in the edition's own SQLite file.

**Reads** the initiatives, and the entries of the embedded study that are no initiative (its experts
judged them not digital; they still answer «who works on this need?»). **Writes** ``search_entries``,
``search_words`` and ``search_notions`` (for each stem and each concept, the entries that hold it and
how much), ``search_others`` (what those that are no initiative show), ``search_arrays`` (one figure an
entry), ``search_concepts`` (a view: an entry's concepts with its own words).
**Method** A text is filed under its stems (plurals and accents do not matter) and under the concepts
that the lexicon finds in it. A stem's weight in an entry is the part of BM25 that does not depend on
its rarity, over title, body and services weighted as one text (BM25F); it fits in a byte, and so does
a concept's. Lists of entries are plain little-endian arrays, so that a query adds them up at once.
**Limits** An entry is filed once; the index is rebuilt with the edition, in memory.
"""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

import numpy as np
import pyarrow as pa

from quartiers.bridge.entries import concepts_said, facts_of, parts_of, rows_of, shown_of
from quartiers.bridge.filing import Batch
from quartiers.bridge.vocabulary import Vocabulary
from quartiers.bridge.words import family

#: BM25: how soon repeating a word stops counting; how much a long text is held against it.
K1, B = 1.2, 0.5
#: Weights are kept in a byte: this is 1.0.
UNIT = 100
#: Words in more than this share of entries say nothing of what makes entries alike.
COMMON = 0.25
BATCH = 5_000
NOBODY, NOTHING = np.zeros(0, np.int32), np.zeros(0, np.float32)


class _Lists:
    """Term → entries and weights, gathered batch after batch."""

    def __init__(self) -> None:
        self.terms: list[Any] = [NOBODY]
        self.entries: list[Any] = [NOBODY]
        self.weights: list[Any] = [NOTHING]

    def add(self, terms: Any, entries: Any, weights: Any) -> None:
        self.terms.append(np.asarray(terms, np.int32))
        self.entries.append(np.asarray(entries, np.int32))
        self.weights.append(np.asarray(weights, np.float32))

    def arrays(self) -> tuple[Any, Any, Any]:
        """(terms, entries, weights), by term then entry; entries are numbered from 1."""
        terms, entries = np.concatenate(self.terms), np.concatenate(self.entries)
        weights = np.concatenate(self.weights)
        order = np.argsort(terms, kind="stable")
        return terms[order], entries[order], weights[order]


def write_index(
    connection: sqlite3.Connection, initiatives: pa.Table, others: pa.Table | None = None
) -> None:
    """File every initiative, then ``others`` (records that are no initiative)."""
    connection.executescript(
        """
        CREATE TABLE search_entries (
            number INTEGER PRIMARY KEY, id TEXT NOT NULL, record TEXT, world TEXT, digital TEXT,
            insee_code TEXT, qpv_code TEXT, subjects TEXT, concepts TEXT NOT NULL);
        CREATE TABLE search_others (
            number INTEGER PRIMARY KEY, title TEXT NOT NULL, text TEXT NOT NULL, carrier TEXT,
            commune TEXT, url TEXT, services TEXT NOT NULL, place_types TEXT NOT NULL);
        CREATE VIEW search_concepts AS
            SELECT e.number, json_extract(c.value, '$[0]') AS slug,
                json_extract(c.value, '$[1]') AS weight, json_extract(c.value, '$[2]') AS words
            FROM search_entries e, json_each(e.concepts) c
            WHERE json_extract(c.value, '$[3]') IS NULL;
        CREATE TABLE search_words (
            stem TEXT NOT NULL, family TEXT NOT NULL, count INTEGER NOT NULL, usual REAL NOT NULL,
            entries BLOB NOT NULL, weights BLOB NOT NULL);
        CREATE TABLE search_notions (
            slug TEXT PRIMARY KEY, count INTEGER NOT NULL, usual REAL NOT NULL,
            entries BLOB NOT NULL, weights BLOB NOT NULL);
        CREATE TABLE search_arrays (name TEXT PRIMARY KEY, bytes BLOB NOT NULL) WITHOUT ROWID;
        """
    )
    vocabulary = Vocabulary()
    word_lists, concept_lists = _Lists(), _Lists()
    lengths, facts = [NOTHING], [np.zeros((1, 3), np.uint8)]
    number = 0
    for filed in (*initiatives.to_batches(BATCH), *(others.to_batches() if others else ())):
        batch = Batch(parts_of(filed), vocabulary)
        stems, entries, often = batch.counted()
        word_lists.add(stems, entries + (number + 1), often)
        lengths.append(batch.lengths())
        facts.append(facts_of(filed))
        named = batch.named()
        concept_lists.add(named.concepts, named.entries + (number + 1), named.weights)
        numbers = range(number + 1, number + 1 + len(batch))
        number += len(batch)
        said = concepts_said(named, list(vocabulary.concepts), len(batch))
        insert(connection, "search_entries", rows_of(numbers, filed, batch.parts, said))
        if "records" not in filed.schema.names:
            insert(connection, "search_others", shown_of(numbers, filed))
    write_words(connection, list(vocabulary.stems), word_lists, np.concatenate(lengths))
    write_notions(connection, list(vocabulary.concepts), concept_lists, number)
    for name, column in zip(("world", "digital", "themes"), np.concatenate(facts).T, strict=True):
        keep_array(connection, name, column)
    connection.executescript(
        """
        CREATE INDEX search_words_stem ON search_words (stem, count);
        CREATE INDEX search_words_family ON search_words (family, stem);
        CREATE INDEX search_entries_id ON search_entries (id);
        CREATE INDEX search_entries_record ON search_entries (record) WHERE record IS NOT NULL;
        CREATE INDEX search_entries_insee ON search_entries (insee_code);
        CREATE INDEX search_entries_qpv ON search_entries (qpv_code) WHERE qpv_code IS NOT NULL;
        """
    )


def insert(connection: sqlite3.Connection, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
    """Rows as they are."""
    listed = iter(rows)
    first = next(listed, None)
    if first is not None:
        marks = ",".join("?" * len(first))
        connection.executemany(f"INSERT INTO {table} VALUES ({marks})", chain([first], listed))


def concepts_of(parts: Sequence[str]) -> dict[str, tuple[float, str]]:
    """slug → (weight, words as written) of the concepts of one entry, each once at its best."""
    vocabulary = Vocabulary()
    found = Batch(parts, vocabulary).named()
    slugs = list(vocabulary.concepts)
    weighed = zip(found.weights.tolist(), found.said, strict=True)
    return dict(zip([slugs[concept] for concept in found.concepts.tolist()], weighed, strict=True))


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
    telling = np.array([len(s) > 2 for s in stems], bool)
    telling &= (counts >= 2) & (counts < total * COMMON)
    rare = np.where(telling, word_rarities(total, counts), 0.0)
    lengths = vector_length(rare[terms] * weights, entries, total)
    usual = usual_part(terms, entries, weights, lengths, len(stems))
    listed = runs(stems, counts, usual, entries, weights)
    insert(connection, "search_words", ((stem, family(stem), *rest) for stem, *rest in listed))
    keep_array(connection, "words_length", lengths)


def write_notions(
    connection: sqlite3.Connection, slugs: list[str], lists: _Lists, total: int
) -> None:
    """``search_notions``, and how long each entry is as a vector of its concepts."""
    terms, entries, strong = lists.arrays()
    weights = np.rint(strong * UNIT).astype(np.uint8)
    counts = np.bincount(terms, minlength=len(slugs))
    rare = np.log(1 + total / (1 + counts))
    lengths = vector_length(rare[terms] * weights, entries, total)
    usual = usual_part(terms, entries, weights, lengths, len(slugs))
    insert(connection, "search_notions", runs(slugs, counts, usual, entries, weights))
    keep_array(connection, "concepts_length", lengths)


def usual_part(terms: Any, entries: Any, weights: Any, lengths: Any, size: int) -> Any:
    """What part each term is of an entry's vector, on average over all entries."""
    parts = weights / (UNIT * np.maximum(lengths, 1e-6)[entries])
    return np.bincount(terms, parts, size) / max(len(lengths) - 1, 1)


def runs(
    names: list[str], counts: Any, usual: Any, entries: Any, weights: Any
) -> Iterator[tuple[Any, ...]]:
    """(name, count, usual part, entries, weights) of each term, the last two as bytes."""
    start = 0
    for name, count, part in zip(names, counts.tolist(), usual.tolist(), strict=True):
        end = start + count
        if count:
            yield name, count, part, entries[start:end].tobytes(), weights[start:end].tobytes()
        start = end


def vector_length(values: Any, entries: Any, total: int) -> Any:
    """Euclidean length of each entry's values (place 0 is nobody)."""
    squares = np.bincount(entries, weights=(values / UNIT) ** 2, minlength=total + 1)
    return np.sqrt(squares).astype(np.float32)


def keep_array(connection: sqlite3.Connection, name: str, values: Any) -> None:
    """One figure an entry."""
    kept = np.ascontiguousarray(values)
    connection.execute("INSERT INTO search_arrays VALUES (?,?)", (name, kept.tobytes()))


def word_rarities(total: int, counts: Any) -> Any:
    """BM25's inverse document frequency of many words."""
    return np.log(1 + (total - counts + 0.5) / (counts + 0.5))


def word_rarity(total: int, count: int) -> float:
    """BM25's inverse document frequency."""
    return math.log(1 + (total - count + 0.5) / (count + 0.5))


def rarity(total: int, count: int) -> float:
    """How much a concept found in ``count`` of ``total`` entries tells."""
    return math.log(1 + total / (1 + count))
