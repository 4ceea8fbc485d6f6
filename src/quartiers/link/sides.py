"""Records as columns, each taken apart once: what comparing many pairs at a time needs.

**Reads** items. **Writes** nothing.
**Method** One array a fact of a record. Texts that are only ever equal or not stand as marks of 64 bits
(0 when missing), the same in every process; kinds of place as bits of one number; names and streets
that are compared letter by letter stay texts, their words in alphabetical order.
**Limits** Two texts that share a mark would be taken for one: some 3 in a million for a million records.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable, Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from quartiers.link.items import Item, lasting_identifier
from quartiers.link.names import (
    REMEMBERED,
    initials,
    is_apart,
    kind_patterns,
    saints,
    take_apart,
    take_street,
)
from quartiers.locate.communes import departement_of

Marks = NDArray[np.int64]
Texts = NDArray[np.object_]
#: Kinds said beside the kind of place itself.
ASIDE = ("itinerant", "epci", "france-services")
#: How the SIRET of communes, and of public bodies of theirs such as a CCAS, begin.
COMMUNAL = ("21", "26")


class Names(NamedTuple):
    """Names as columns: as written, with their commune; then, of what is compared, the telling words in
    order, the words of the proper name in order, the folded whole, initials, kinds of place."""

    title: Texts
    commune: Texts
    bare: Texts
    proper: Texts
    whole: Texts
    initials: Texts
    kinds: Marks


class Traits(NamedTuple):
    """All the rest of a record, as columns; ``street`` is missing when a record has none."""

    town: Texts
    street: Texts
    number: Marks
    postcode: Marks
    departement: Marks
    siret: Marks
    siren: Marks
    source: Marks
    lasting: Marks
    identifier: Marks
    longitude: NDArray[np.float64]
    latitude: NDArray[np.float64]
    by_service: NDArray[np.bool_]
    is_aidants: NDArray[np.bool_]
    is_moving: NDArray[np.bool_]
    is_labelled: NDArray[np.bool_]
    is_apart: NDArray[np.bool_]
    is_communal: NDArray[np.bool_]


class Sides(NamedTuple):
    """Records as columns."""

    names: Names
    traits: Traits

    def take(self, rows: NDArray[np.int64]) -> Sides:
        """Some of the records."""
        return Sides(Names._make(c[rows] for c in self.names), taken(self.traits, rows))


class Pairs(NamedTuple):
    """Pairs of records: both sides as columns, kinds of place of both as bits."""

    a: Traits
    b: Traits
    kinds_a: Marks
    kinds_b: Marks


def taken(traits: Traits, rows: NDArray[np.int64]) -> Traits:
    """Those of some records."""
    return Traits._make(c[rows] for c in traits)


def joined(parts: Sequence[Sides]) -> Sides:
    """Several sets of records, one after the other."""
    names, traits = zip(*parts, strict=True)
    return Sides(
        Names._make(map(np.concatenate, zip(*names, strict=True))),
        Traits._make(map(np.concatenate, zip(*traits, strict=True))),
    )


@lru_cache(REMEMBERED)
def mark(text: str | None) -> int:
    """64 bits that stand for a text in any process; 0 for none."""
    return word_mark(text) if text else 0


def word_mark(text: str) -> int:
    """The same, of a text that is there."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big") >> 1


@cache
def kind_bit(kind: str) -> int:
    """The bit of a kind of place."""
    return 1 << list(dict.fromkeys(name for name, _ in kind_patterns())).index(kind)


@cache
def bits(kinds: frozenset[str] | tuple[str, ...]) -> int:
    """Several kinds of place as one number."""
    return sum(map(kind_bit, kinds))


def core(kinds: Marks) -> Marks:
    """Kinds of place without those said beside them."""
    return kinds & ~bits(ASIDE)


def has(kinds: Marks, kind: str) -> NDArray[np.bool_]:
    """Whether names say a kind."""
    held: NDArray[np.bool_] = (kinds & bits((kind,))) != 0
    return held


@lru_cache(REMEMBERED)
def town(commune: str | None) -> str:
    """A commune's name without its sorting office, «St» written out."""
    return " ".join(w for w in saints(commune).split() if w != "cedex" and not w.isdigit())


def take_sides(items: Sequence[Item]) -> Sides:
    """Every record taken apart."""

    def marks(read: Callable[[Item], str | None]) -> Marks:
        return np.fromiter((mark(read(i)) for i in items), np.int64, len(items))

    def claims(read: Callable[[Item], bool]) -> NDArray[np.bool_]:
        return np.fromiter(map(read, items), np.bool_, len(items))

    def degrees(axis: int) -> NDArray[np.float64]:
        return np.array([i.point[axis] if i.point else math.nan for i in items], np.float64)

    names = take_names([i.title for i in items], [i.commune for i in items])
    streets = [take_street(i.address, i.commune) for i in items]
    lasting = marks(lambda i: lasting_identifier(i.identifier or ""))
    traits = Traits(
        town=texts(town(i.commune) for i in items),
        street=texts(s and " ".join(sorted(s.words)) for s in streets),
        number=np.array([mark(s.number) if s else 0 for s in streets], np.int64),
        postcode=marks(lambda i: i.postcode),
        departement=marks(lambda i: departement_of(i.postcode) or i.postcode),
        siret=marks(lambda i: i.siret),
        siren=marks(lambda i: (i.siret or "")[:9]),
        source=marks(lambda i: i.source),
        lasting=lasting,
        identifier=marks(lambda i: i.identifier),
        longitude=degrees(0),
        latitude=degrees(1),
        by_service=claims(lambda i: i.source.startswith("mednum-haute-vienne")),
        is_aidants=claims(lambda i: "aidants-connect" in i.source),
        is_moving=claims(lambda i: "itinerant" in i.types),
        is_labelled=claims(lambda i: i.is_labelled),
        is_apart=np.array(
            [is_apart(w, i.address) for w, i in zip(names.whole, items, strict=True)], np.bool_
        ),
        is_communal=claims(lambda i: (i.siret or "").startswith(COMMUNAL)),
    )
    return Sides(names, traits)


def take_names(titles: Sequence[str], communes: Sequence[str | None]) -> Names:
    """Titles taken apart, each with its commune."""
    names = list(map(take_apart, titles, communes))
    return Names(
        title=texts(titles),
        commune=texts(communes),
        bare=texts(" ".join(sorted(n.bare.split())) for n in names),
        proper=texts(" ".join(sorted(set(n.proper))) for n in names),
        whole=texts(n.whole for n in names),
        initials=texts(map(initials, names)),
        kinds=np.array([bits(n.kinds) for n in names], np.int64),
    )


def texts(values: Iterable[Any]) -> Texts:
    """Anything, one a row."""
    every = list(values)
    made = np.empty(len(every), object)
    made[:] = every
    return made


def names_of(names: Names, left: Marks, right: Marks) -> tuple[Names, Marks, Marks]:
    """Names, and the places among them of both sides of pairs; a record without a commune borrows the
    other's, which makes one name more."""
    has = names.commune.astype(np.bool_)
    borrowed: dict[tuple[int, str], int] = {}
    sides = []
    for mine, other in ((left, right), (right, left)):
        places = mine.copy()
        for n in np.flatnonzero(~has[mine] & has[other]).tolist():
            key = int(mine[n]), names.commune[other[n]]
            places[n] = borrowed.setdefault(key, len(has) + len(borrowed))
        sides.append(places)
    if borrowed:
        more = take_names([names.title[row] for row, _ in borrowed], [c for _, c in borrowed])
        names = Names._make(map(np.concatenate, zip(names, more, strict=True)))
    return names, sides[0], sides[1]
