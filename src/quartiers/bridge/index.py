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
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from quartiers.bridge.filing import Batch
from quartiers.bridge.vocabulary import Vocabulary
from quartiers.bridge.words import family
from quartiers.shapes import THEMES

#: BM25: how soon repeating a word stops counting; how much a long text is held against it.
K1, B = 1.2, 0.5
#: Weights are kept in a byte: this is 1.0.
UNIT = 100
#: Words in more than this share of entries say nothing of what makes entries alike.
COMMON = 0.25
WORLDS = {None: 0, "quartiers": 1, "ville-intelligente": 2}
DIGITAL = {"non-numerique": 0, None: 1, "numerique": 2}
BATCH = 5_000
NOBODY, NOTHING = np.zeros(0, np.int32), np.zeros(0, np.float32)
#: The columns of an initiative, or of a record, that the index reads.
READ = (
    *("id", "records", "title", "text", "services", "carrier", "commune", "neighbourhood"),
    *("world", "digital", "themes", "place_types", "insee_code", "qpv_code", "qpv_nom", "url"),
)

Row = dict[str, Any]
#: Column → its values, entry after entry.
Columns = dict[str, list[Any]]


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
    batches = chain(map(columns_of, initiatives.to_batches(BATCH)), [columns_from(list(others))])
    for columns in batches:
        batch = Batch(parts_of(columns), vocabulary)
        stems, entries, often = batch.counted()
        word_lists.add(stems, entries + (number + 1), often)
        lengths.append(batch.lengths())
        facts.append(facts_of(columns))
        named = batch.named()
        holders = named.entries + (number + 1)
        concept_lists.add(named.concepts, holders, named.weights)
        numbers = range(number + 1, number + 1 + len(batch))
        number += len(batch)
        marks = ",".join("?" * 16)
        connection.executemany(
            f"INSERT INTO search_entries VALUES ({marks})", entry_rows(numbers, columns)
        )
        slugs = list(vocabulary.concepts)
        connection.executemany(
            "INSERT INTO search_concepts VALUES (?,?,?,?)",
            zip(
                holders.tolist(),
                [slugs[concept] for concept in named.concepts.tolist()],
                named.weights.tolist(),
                named.said,
                strict=True,
            ),
        )
        connection.executemany(
            "INSERT INTO search_text(rowid, title, extra, body) VALUES (?,?,?,?)",
            zip(numbers, *batch.stemmed(), strict=True),
        )
    write_words(connection, list(vocabulary.stems), word_lists, np.concatenate(lengths))
    write_notions(connection, list(vocabulary.concepts), concept_lists, number)
    for name, column in zip(("world", "digital", "themes"), np.concatenate(facts).T, strict=True):
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


def columns_of(batch: pa.RecordBatch) -> Columns:
    """The columns that the index reads of some initiatives."""
    return {name: plain_values(batch.column(name)) for name in READ if name in batch.schema.names}


def plain_values(column: pa.Array) -> list[Any]:
    """A column as Python values, lists of text too (many times faster than one by one)."""
    if not pa.types.is_list(column.type):
        return list(column.to_numpy(zero_copy_only=False))
    values = list(column.flatten().to_numpy(zero_copy_only=False))
    ends = np.cumsum(pc.fill_null(pc.list_value_length(column), 0).to_numpy()).tolist()
    return [values[start:end] for start, end in zip([0, *ends], ends, strict=False)]


def columns_from(rows: Sequence[Row]) -> Columns:
    """The same columns of plain rows, which are not of the view of initiatives."""
    names = [name for name in READ if name != "records"]
    return {name: [row.get(name) for row in rows] for name in names}


def parts_of(columns: Columns) -> list[str]:
    """Title, what is worth finding beside, body of each entry, one after the other."""
    quarters = columns.get("qpv_nom") or columns["neighbourhood"]
    if "neighbourhood" in columns:
        quarters = [a or b for a, b in zip(quarters, columns["neighbourhood"], strict=True)]
    beside = zip(
        *(columns["carrier"], columns["commune"], quarters),
        *(columns["services"], columns["place_types"]),
        strict=True,
    )
    extra = [joined_words(*said) for said in beside]
    return list(chain.from_iterable(zip(columns["title"], extra, columns["text"], strict=True)))


def joined_words(
    carrier: str | None,
    commune: str | None,
    quarter: str | None,
    services: list[str] | None,
    places: list[str] | None,
) -> str:
    """What is worth finding beside title and text."""
    said = [carrier, commune, quarter, *(services or ()), *(places or ())]
    return " . ".join([word for word in said if word])


def extra_words(row: Row) -> str:
    """:func:`joined_words` of one row."""
    quarter = row.get("qpv_nom") or row.get("neighbourhood")
    return joined_words(
        row["carrier"], row["commune"], quarter, row["services"], row["place_types"]
    )


def facts_of(columns: Columns) -> Any:
    """World, digital and themes of each entry, as small numbers."""
    total = len(columns["id"])
    worlds, digital = columns.get("world"), columns.get("digital")
    themes = columns.get("themes")
    facts = np.zeros((total, 3), np.uint8)
    facts[:, 0] = [WORLDS[world] for world in worlds or [None] * total]
    facts[:, 1] = [DIGITAL[value] for value in digital or [None] * total]
    facts[:, 2] = [
        sum({1 << THEMES.index(t) for t in told or ()}) for told in themes or [()] * total
    ]
    return facts


def entry_rows(numbers: Iterable[int], columns: Columns) -> Iterator[tuple[Any, ...]]:
    """What is shown of each entry; its texts only when the view of initiatives does not hold them."""
    in_view = "records" in columns
    identifiers = columns["id"]
    nothing = [None] * len(identifiers)
    records = (
        [next((r for r in own if r.startswith("benchmark:")), None) for own in columns["records"]]
        if in_view
        else identifiers
    )
    texts = nothing if in_view else columns["text"]
    services = nothing if in_view else as_text(columns["services"])
    return zip(
        *(numbers, identifiers, records, columns["title"], texts, services),
        *(columns["carrier"], columns["commune"], columns.get("world", nothing)),
        *(columns.get("digital", nothing), as_text(columns.get("themes", nothing))),
        *(as_text(columns["place_types"]), columns["insee_code"]),
        *(columns.get("qpv_code", nothing), columns.get("url", nothing)),
        [int(in_view)] * len(identifiers),
        strict=True,
    )


def as_text(lists: Iterable[list[str] | None]) -> list[str]:
    """Lists as JSON, each distinct one written once."""
    written: dict[tuple[str, ...], str] = {}
    out = []
    for listed in lists:
        key = tuple(listed or ())
        said = written.get(key)
        if said is None:
            said = written[key] = json.dumps(listed or [])
        out.append(said)
    return out


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
    connection.executemany(
        "INSERT INTO search_words VALUES (?,?,?,?,?,?)",
        (
            (name, family(name), *listed)
            for name, *listed in runs(stems, counts, usual, entries, weights)
        ),
    )
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
    connection.executemany(
        "INSERT INTO search_notions VALUES (?,?,?,?,?)",
        runs(slugs, counts, usual, entries, weights),
    )
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
