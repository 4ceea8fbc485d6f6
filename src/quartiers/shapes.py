"""The shapes that travel between the eight verbs.

**Reads** nothing. **Writes** nothing.
**Method** Four shapes: a :class:`Record` is what one source says about one thing, unjudged; a
verdict is one conclusion about a record (rows of the ``*_SCHEMA`` tables); a measure is one figure
with its interval and base; an :class:`Issue` is what was lost and why. ``because`` is always a list
of :class:`Because`: the record's own words (with their place in :func:`record_text`) or the fact
used. ``score`` is a probability. ``None`` means «we looked and cannot say»; a definite no is a
value; zero is a measured zero.
**Limits** A record describes one thing once; time series of one thing are several records.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Literal

import pyarrow as pa

from quartiers.vocabularies import DIMENSIONS as DIMENSIONS
from quartiers.vocabularies import FORMS as FORMS
from quartiers.vocabularies import INFRA as INFRA
from quartiers.vocabularies import KINDS as KINDS
from quartiers.vocabularies import THEMES as THEMES

Kind = Literal["action", "lieu", "service", "projet", "organisation"]
World = Literal["quartiers", "ville-intelligente"]


@dataclass(slots=True)
class Record:
    """What one source says about one thing, in our field names, unjudged.

    ``id`` is ``"<source>:<source_id>"`` and never changes. Codes are strings. ``longitude`` and
    ``latitude`` are WGS84 degrees. ``start`` and ``end`` are ISO 8601 dates or years. ``amount_eur``
    is in euros. ``place_types`` holds the source's own vocabulary crosswalked to relay-place slugs.
    ``declared_qpv`` holds QPV codes that the source itself gives. ``services`` holds the source's own
    words for what is offered. ``world`` is set only when the source itself says so.
    """

    source: str
    source_id: str
    kind: str
    title: str
    text: str = ""
    carrier: str | None = None
    carrier_type: str | None = None
    siret: str | None = None
    rna: str | None = None
    start: str | None = None
    end: str | None = None
    amount_eur: float | None = None
    longitude: float | None = None
    latitude: float | None = None
    address: str | None = None
    postcode: str | None = None
    commune: str | None = None
    insee_code: str | None = None
    neighbourhood: str | None = None
    declared_qpv: list[str] = field(default_factory=list)
    place_types: list[str] = field(default_factory=list)
    services: list[str] = field(default_factory=list)
    world: str | None = None
    url: str | None = None
    licence: str | None = None
    retrieved_at: str | None = None

    @property
    def id(self) -> str:
        return f"{self.source}:{self.source_id}"


RECORD_SCHEMA = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("source_id", pa.string(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("title", pa.string(), nullable=False),
        pa.field("text", pa.string(), nullable=False),
        pa.field("carrier", pa.string()),
        pa.field("carrier_type", pa.string()),
        pa.field("siret", pa.string()),
        pa.field("rna", pa.string()),
        pa.field("start", pa.string()),
        pa.field("end", pa.string()),
        pa.field("amount_eur", pa.float64()),
        pa.field("longitude", pa.float64()),
        pa.field("latitude", pa.float64()),
        pa.field("address", pa.string()),
        pa.field("postcode", pa.string()),
        pa.field("commune", pa.string()),
        pa.field("insee_code", pa.string()),
        pa.field("neighbourhood", pa.string()),
        pa.field("declared_qpv", pa.list_(pa.string())),
        pa.field("place_types", pa.list_(pa.string())),
        pa.field("services", pa.list_(pa.string())),
        pa.field("world", pa.string()),
        pa.field("url", pa.string()),
        pa.field("licence", pa.string()),
        pa.field("retrieved_at", pa.string()),
    ]
)

BECAUSE_TYPE = pa.list_(
    pa.struct(
        [
            pa.field("quote", pa.string()),
            pa.field("start", pa.int32()),
            pa.field("end", pa.int32()),
            pa.field("concept", pa.string()),
            pa.field("weight", pa.float32()),
            pa.field("note", pa.string()),
        ]
    )
)


@dataclass(slots=True)
class Because:
    """One reason. ``quote == record_text(...)[start:end]`` when the reason is words; for a fact
    (a distance, a SIRET, an expert's label) ``start`` and ``end`` are None and ``note`` says it."""

    quote: str | None = None
    start: int | None = None
    end: int | None = None
    concept: str | None = None
    weight: float | None = None
    note: str | None = None

    def as_dict(self) -> dict[str, Any]:
        return {
            "quote": self.quote,
            "start": self.start,
            "end": self.end,
            "concept": self.concept,
            "weight": self.weight,
            "note": self.note,
        }


#: One row a record: is it a digital initiative? value ∈ numerique | non-numerique | None (doubt).
#: method ∈ modele | expert.
DETECTION_SCHEMA = pa.schema(
    [
        pa.field("about", pa.string(), nullable=False),
        pa.field("value", pa.string()),
        pa.field("score", pa.float32(), nullable=False),
        pa.field("method", pa.string(), nullable=False),
        pa.field("because", BECAUSE_TYPE),
    ]
)
#: One row a kept record and value: dimension ∈ DIMENSIONS, value ∈ THEMES | INFRA | FORMS; rank 0 is
#: the main one of its dimension.
CLASSIFICATION_SCHEMA = pa.schema(
    [
        pa.field("about", pa.string(), nullable=False),
        pa.field("dimension", pa.string(), nullable=False),
        pa.field("value", pa.string(), nullable=False),
        pa.field("rank", pa.int8(), nullable=False),
        pa.field("score", pa.float32(), nullable=False),
        pa.field("method", pa.string(), nullable=False),
        pa.field("because", BECAUSE_TYPE),
    ]
)
#: At least one row a record: etat ∈ dedans | limite | proche | hors | inconnu; methode ∈ point |
#: code-declare | nom-dans-le-texte | adresse | None; distance_m is signed, negative inside.
#: ``insee_code`` and ``commune`` are the commune as established (arrondissements kept as given).
LOCATION_SCHEMA = pa.schema(
    [
        pa.field("about", pa.string(), nullable=False),
        pa.field("rank", pa.int8(), nullable=False),
        pa.field("code", pa.string()),
        pa.field("nom", pa.string()),
        pa.field("generation", pa.string()),
        pa.field("etat", pa.string(), nullable=False),
        pa.field("distance_m", pa.float64()),
        pa.field("methode", pa.string()),
        pa.field("score", pa.float32()),
        pa.field("insee_code", pa.string()),
        pa.field("because", BECAUSE_TYPE),
    ]
)
#: One row a record: the initiative (entity) it speaks of. ``entity_id`` lasts over editions.
LINK_SCHEMA = pa.schema(
    [
        pa.field("entity_id", pa.string(), nullable=False),
        pa.field("about", pa.string(), nullable=False),
        pa.field("score", pa.float32(), nullable=False),
        pa.field("because", BECAUSE_TYPE),
    ]
)
#: One row an id that is no more: what its records are called now (several after a split, none when
#: all of them left); ``same_as`` is the one initiative that it was merged into, None after a split. Rows
#: are kept over editions, so that old ids resolve for ever.
IDENTITY_SCHEMA = pa.schema(
    [
        pa.field("entity_id", pa.string(), nullable=False),
        pa.field("replaced_by", pa.list_(pa.string()), nullable=False),
        pa.field("same_as", pa.string()),
    ]
)
#: One row a record linked: a mark of all that linking saw of it, the marks of its blocks. The next edition
#: compares only what has changed since.
COMPARED_SCHEMA = pa.schema(
    [
        pa.field("about", pa.string(), nullable=False),
        pa.field("mark", pa.int64(), nullable=False),
        pa.field("blocks", pa.list_(pa.int64()), nullable=False),
    ]
)
#: One row a compared pair worth showing: decision ∈ meme | different | doute.
PAIR_SCHEMA = pa.schema(
    [
        pa.field("a", pa.string(), nullable=False),
        pa.field("b", pa.string(), nullable=False),
        pa.field("decision", pa.string(), nullable=False),
        pa.field("score", pa.float32(), nullable=False),
        pa.field("because", BECAUSE_TYPE),
    ]
)
#: One row an entity: the view that people read. ``digital`` is numerique or None (doubt).
#: ``in_quartiers`` is a claim: inside (or at the edge of) a QPV, or the source itself says so.
INITIATIVE_SCHEMA = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("title", pa.string(), nullable=False),
        pa.field("text", pa.string(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("digital", pa.string()),
        pa.field("score", pa.float32()),
        pa.field("world", pa.string()),
        pa.field("in_quartiers", pa.bool_(), nullable=False),
        pa.field("main_theme", pa.string()),
        pa.field("themes", pa.list_(pa.string())),
        pa.field("infra", pa.list_(pa.string())),
        pa.field("forms", pa.list_(pa.string())),
        *(pa.field(n, pa.string()) for n in ("carrier", "carrier_type", "siret", "rna")),
        pa.field("start", pa.string()),
        pa.field("end", pa.string()),
        pa.field("amount_eur", pa.float64()),
        pa.field("address", pa.string()),
        pa.field("postcode", pa.string()),
        pa.field("commune", pa.string()),
        pa.field("insee_code", pa.string()),
        pa.field("longitude", pa.float64()),
        pa.field("latitude", pa.float64()),
        pa.field("qpv_code", pa.string()),
        pa.field("qpv_nom", pa.string()),
        pa.field("qpv_etat", pa.string(), nullable=False),
        pa.field("qpv_distance_m", pa.float64()),
        pa.field("qpv_methode", pa.string()),
        pa.field("place_types", pa.list_(pa.string())),
        pa.field("services", pa.list_(pa.string())),
        pa.field("records", pa.list_(pa.string())),
        pa.field("sources", pa.list_(pa.string())),
        pa.field("url", pa.string()),
        pa.field("licence", pa.string()),
        pa.field("updated", pa.string()),
        pa.field("disagreements", pa.string()),
    ]
)
#: One figure: territory is a code («FR», «REG84», «DEP69», «EPCI200046977», «COM69259»,
#: «QN06913M»); n is its base (records, inhabitants… as the indicator's card says).
MEASURE_SCHEMA = pa.schema(
    [
        pa.field("territory", pa.string(), nullable=False),
        pa.field("indicator", pa.string(), nullable=False),
        pa.field("modality", pa.string()),
        pa.field("value", pa.float64()),
        pa.field("low", pa.float64()),
        pa.field("high", pa.float64()),
        pa.field("n", pa.int64()),
        pa.field("status", pa.string()),
    ]
)
#: One row a question of the study asked again: verdict ∈ holds | holds-in-part | no-longer-holds |
#: cannot-be-said; ``n`` is the base of ``value``; ``figures`` are the other numbers of the answer;
#: ``evidence`` holds the ids of the initiatives (or territories) that the figure can be traced to.
FINDING_SCHEMA = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("question", pa.string(), nullable=False),
        pa.field("statement", pa.string(), nullable=False),
        pa.field("section", pa.string(), nullable=False),
        pa.field("indicator", pa.string(), nullable=False),
        pa.field("value", pa.float64()),
        pa.field("low", pa.float64()),
        pa.field("high", pa.float64()),
        pa.field("n", pa.int64()),
        pa.field("unit", pa.string(), nullable=False),
        pa.field("verdict", pa.string(), nullable=False),
        pa.field("verdict_label", pa.string(), nullable=False),
        pa.field("answer", pa.string(), nullable=False),
        pa.field("limits", pa.string(), nullable=False),
        pa.field(
            "figures",
            pa.list_(
                pa.struct(
                    [
                        pa.field("label", pa.string()),
                        pa.field("value", pa.float64()),
                        pa.field("low", pa.float64()),
                        pa.field("high", pa.float64()),
                        pa.field("n", pa.int64()),
                        pa.field("unit", pa.string()),
                    ]
                )
            ),
        ),
        pa.field("source_table", pa.string(), nullable=False),
        pa.field("evidence", pa.list_(pa.string())),
    ]
)


@dataclass(slots=True)
class Issue:
    """What was lost or refused, where, and what to do: counted, kept in the edition, shown."""

    stage: str
    source: str
    record: str
    what: str
    expected: str = ""
    found: str = ""
    remedy: str = ""
    severity: str = (
        "perte"  # perte: the row is not a record · alerte: the record lives, a value not
    )


ISSUE_SCHEMA = pa.schema([pa.field(f.name, pa.string(), nullable=False) for f in fields(Issue)])


def record_text(title: str, text: str) -> str:
    """The one text of a record that detect, classify and locate read; offsets point into it.

    The title, then the text unless it repeats the title. Joined with `` — ``.
    """
    if not text or text == title:
        return title
    return f"{title} — {text}" if title else text


def records_batch(records: Sequence[Record]) -> pa.RecordBatch:
    """Records as one Arrow batch of :data:`RECORD_SCHEMA`."""
    columns: dict[str, list[Any]] = {"id": [r.id for r in records]}
    for f in fields(Record):
        columns[f.name] = [getattr(r, f.name) for r in records]
    return pa.RecordBatch.from_arrays(
        [pa.array(columns[f.name], type=f.type) for f in RECORD_SCHEMA], schema=RECORD_SCHEMA
    )


def rows_batch(rows: Iterable[dict[str, Any]], schema: pa.Schema) -> pa.RecordBatch:
    """Plain dicts as one Arrow batch of ``schema``; a missing key is null."""
    kept = list(rows)
    return pa.RecordBatch.from_arrays(
        [pa.array([row.get(f.name) for row in kept], type=f.type) for f in schema], schema=schema
    )


def batch_records(batch: pa.RecordBatch) -> Iterator[Record]:
    """The records of an Arrow batch of :data:`RECORD_SCHEMA`."""
    names = [f.name for f in fields(Record)]
    for row in batch.to_pylist():
        yield Record(
            **{
                name: row[name] if row[name] is not None or name not in _LISTS else []
                for name in names
            }
        )


_LISTS = frozenset({"declared_qpv", "place_types", "services"})
