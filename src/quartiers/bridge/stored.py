"""The search index as a query reads it.

**Reads** the ``search_*`` tables of an edition's SQLite file. **Writes** nothing.
**Method** Each look-up is one statement; lists of entries come back as arrays. Nothing is kept between
two queries: a connection a thread is all that is asked.
**Limits** Numbers of entries are those of one edition: they mean nothing in another.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from quartiers.bridge.entries import WORLDS
from quartiers.bridge.index import UNIT
from quartiers.errors import EditionError

#: SQLite takes so many values in one statement, and more.
MANY = 500
_TYPES = {
    **{"world": np.uint8, "digital": np.uint8, "themes": np.uint8},
    **{"words_length": np.float32, "concepts_length": np.float32},
}


class Posting(NamedTuple):
    """A stem or a concept: in how many entries, how much of an entry's vector it usually is, which
    entries, and how much in each (``UNIT`` is 1.0)."""

    held: int
    usual: float
    entries: Any
    weights: Any

    def gains(self, factor: float) -> Any:
        """The weights, ``factor`` times."""
        return self.weights * np.float32(factor / UNIT)

    def add_to(self, scores: Any, factor: float) -> None:
        """Add the weights, ``factor`` times, to ``scores[number]``."""
        np.add.at(scores, self.entries, self.gains(factor))

    def at(self, numbers: Any) -> Any:
        """The weights in these entries, 0 where it is not."""
        place = np.minimum(np.searchsorted(self.entries, numbers), len(self.entries) - 1)
        return np.where(self.entries[place] == numbers, self.weights[place] / UNIT, 0.0)


class Notion(NamedTuple):
    """A concept of an entry: how strong, in which words, and whether these are of its subjects."""

    slug: str
    weight: float
    said: str
    filed: bool = False

    @property
    def quoted(self) -> str:
        """Its words as reasons quote them."""
        return f"sujet « {self.said} »" if self.filed else f"« {self.said} »"


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as it is shown and quoted."""

    number: int
    id: str
    record: str | None
    title: str
    text: str
    services: str
    subjects: str
    carrier: str | None
    commune: str | None
    world: str | None
    digital: str | None
    themes: tuple[str, ...]
    places: tuple[str, ...]
    insee_code: str | None
    qpv_code: str | None
    url: str | None
    in_view: bool

    @property
    def said(self) -> str:
        """All that the entry says, to be quoted."""
        return f"{self.title} . {self.services} . {self.text}"

    @property
    def found_by(self) -> str:
        """All that the entry is found by: what it says, and its subjects."""
        return f"{self.said} . {self.subjects}" if self.subjects else self.said

    @property
    def brings(self) -> tuple[str, ...]:
        """What the entry has to offer, in its record's words: its techniques, then its places."""
        return (*[said for said in self.services.split(" . ") if said][:2], *self.places[:2])


@dataclass(frozen=True, slots=True)
class Index:
    """An edition's index behind a connection."""

    connection: sqlite3.Connection
    total: int

    @classmethod
    def of(cls, connection: sqlite3.Connection) -> Index:
        """The index of an edition. EditionError when the file holds none."""
        try:
            (total,) = connection.execute("SELECT max(number) FROM search_entries").fetchone()
            connection.execute("SELECT subjects FROM search_entries, search_others LIMIT 0")
        except sqlite3.OperationalError as error:
            raise EditionError(
                f"this edition has no search index of this version ({error}): `quartiers build` again."
            ) from None
        return cls(connection, total or 0)

    def words(self, stems: Iterable[str]) -> dict[str, Posting]:
        """Stem → posting, of those that the edition holds."""
        return {
            r[0]: posting(*r[1:])
            for r in self._in(
                "stem, count, usual, entries, weights FROM search_words WHERE stem", stems
            )
        }

    def relatives(self, wanted: Iterable[str]) -> list[tuple[str, str, Posting]]:
        """(family, stem, posting) of every stem of the families."""
        rows = self._in(
            "family, stem, count, usual, entries, weights FROM search_words WHERE family", wanted
        )
        return [(name, word, posting(*rest)) for name, word, *rest in rows]

    def counts(self, stems: Iterable[str]) -> dict[str, int]:
        """Stem → in how many entries."""
        return dict(self._in("stem, count FROM search_words WHERE stem", stems))

    def notions(self, slugs: Iterable[str]) -> dict[str, Posting]:
        """Concept → posting, of those that the edition holds."""
        return {
            r[0]: posting(*r[1:])
            for r in self._in(
                "slug, count, usual, entries, weights FROM search_notions WHERE slug", slugs
            )
        }

    def array(self, name: str) -> Any:
        """One figure an entry; place 0 is nobody."""
        row = self.connection.execute(
            "SELECT bytes FROM search_arrays WHERE name = ?", (name,)
        ).fetchone()
        return np.frombuffer(row[0], _TYPES[name])

    def starting(self, beginning: str, most: int) -> list[str]:
        """The commonest stems that begin so."""
        rows = self.connection.execute(
            "SELECT stem FROM search_words WHERE stem >= ? AND stem < ? ORDER BY count DESC, stem LIMIT ?",
            (beginning, beginning + "{", most),
        )
        return [row[0] for row in rows]

    def entries(self, numbers: Iterable[int]) -> dict[int, Entry]:
        """Entries by number, with their texts."""
        shown = ("title", "text", "services", "carrier", "commune", "place_types", "url")
        either = ", ".join(f"coalesce(i.{name}, o.{name})" for name in shown)
        rows = self._in(
            f"e.number, e.id, e.record, e.world, e.digital, e.insee_code, e.qpv_code, i.id IS NOT NULL, "
            f"e.subjects, i.themes, {either} FROM search_entries e LEFT JOIN initiatives i ON i.id = e.id "
            "LEFT JOIN search_others o ON o.number = e.number WHERE e.number",
            numbers,
        )
        return {row[0]: read_entry(row) for row in rows}

    def concepts(self, numbers: Iterable[int]) -> dict[int, list[Notion]]:
        """Entry → its concepts, by name."""
        rows = self._in("number, concepts FROM search_entries WHERE number", numbers)
        return {
            number: sorted(
                Notion(slug, weight, words, bool(filed))
                for slug, weight, words, *filed in json.loads(said)
            )
            for number, said in rows
        }

    def numbers(self, column: str, values: Iterable[str]) -> list[int]:
        """The entries whose ``column`` (insee_code, qpv_code, id, record) is one of ``values``."""
        return [row[0] for row in self._in(f"number FROM search_entries WHERE {column}", values)]

    def named(self, column: str, values: Iterable[str]) -> list[tuple[int, str]]:
        """(number, value) of the entries whose ``column`` (id, record) is one of ``values``."""
        return list(self._in(f"number, {column} FROM search_entries WHERE {column}", values))

    def of_world(self, world: str) -> Any:
        """Which entries are of a world."""
        return self.array("world") == WORLDS[world]

    def _in(self, selected: str, values: Iterable[Any]) -> Iterator[Any]:
        wanted = list(dict.fromkeys(values))
        for start in range(0, len(wanted), MANY):
            part = wanted[start : start + MANY]
            marks = ",".join("?" * len(part))
            yield from self.connection.execute(f"SELECT {selected} IN ({marks})", part)


def posting(count: int, usual: float, entries: bytes, weights: bytes) -> Posting:
    """A posting from its bytes."""
    return Posting(count, usual, np.frombuffer(entries, np.int32), np.frombuffer(weights, np.uint8))


def read_entry(row: tuple[Any, ...]) -> Entry:
    """One entry from its row."""
    number, identifier, record, world, digital, insee_code, qpv_code, in_view, *shown = row
    subjects, themes, title, text, services, carrier, commune, places, url = shown
    return Entry(
        number=number,
        id=identifier,
        record=record,
        title=title,
        text=text,
        services=" . ".join(json.loads(services or "[]")),
        subjects=subjects or "",
        carrier=carrier,
        commune=commune,
        world=world,
        digital=digital,
        themes=tuple(json.loads(themes or "[]")),
        places=tuple(json.loads(places or "[]")),
        insee_code=insee_code,
        qpv_code=qpv_code,
        url=url,
        in_view=bool(in_view),
    )
