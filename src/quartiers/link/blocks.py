"""Blocks: which records are worth comparing.

**Reads** items. **Writes** nothing.
**Method** Records are compared when they share a block: a rare word, a street, a kind of place in one
postcode or commune; a SIRET or an identifier unique in the world; a rare word in one département; a
point within some 100 m. Keys are hashed, sorted once, and blocks of one size are unfolded together.
**Limits** A block larger than :data:`MAX_BLOCK` (less for many rows) says nothing and is not used; what then shares no
other block is never compared (recall of the blocks: ``evaluation/link.md``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain, product

import numpy as np
from numpy.typing import NDArray

from quartiers.link.items import Item, lasting_identifier
from quartiers.link.likeness import frequencies
from quartiers.link.names import plain, take_apart, take_street
from quartiers.link.sides import Marks, mark, word_mark

MAX_BLOCK = 70
#: From this many rows on, blocks are held smaller: on noise, 0.4 % of true pairs lost for half the work.
MANY_ROWS, MANY_ROWS_BLOCK = 200_000, 12
#: A word in fewer records than this is rare enough to join across a département.
RARE = 25
#: Sides of a cell in degrees, some 200 m; added to its number so that it is never 0.
CELL, FAR = (0.0028, 0.0020), 1 << 40
#: Area of the records that have none.
NOWHERE = word_mark("")
#: An odd number without pattern, by which marks are mixed (the golden ratio's, in 64 bits).
MIX = np.uint64(0x9E3779B97F4A7C15)


def candidates(items: Sequence[Item]) -> Marks:
    """The pairs worth comparing, each once, in order: two columns of places in ``items``."""
    return unfolded(*block_marks(items), len(items))


def block_marks(items: Sequence[Item]) -> tuple[Marks, Marks]:
    """(marks of blocks, places of the records in them), in the order of records, then of marks; marks are
    the same in every process. Sharing one block is enough to be compared."""
    names = [take_apart(i.title, i.commune) for i in items]
    streets = [take_street(i.address, i.commune) for i in items]
    words = [n.proper or n.whole.split() for n in names]
    postcode = marked(i.postcode for i in items)
    commune = marked(plain(i.commune) for i in items)
    areas = (np.where((postcode == 0) & (commune == 0), NOWHERE, postcode), commune)
    siret = marked(i.siret for i in items)
    lasting = marked(i.identifier and lasting_identifier(i.identifier) for i in items)
    departement = marked((i.postcode or "")[:2] for i in items)
    bare = np.array([not n.proper for n in names], np.int64)
    counts = frequencies()[1]
    stems, stem_of = flat([w[:6] for w in name] for name in words)
    kinds, kind_of = flat(n.kinds | i.types for n, i in zip(names, items, strict=True))
    ways, way_of = flat(
        sorted(s.words, key=lambda w: (-len(w), w))[:2] if s else () for s in streets
    )
    rare, rare_of = flat([w for w in name if counts.get(w, 0) < RARE] for name in words)
    every = np.arange(len(items))
    blocks = [
        *(block("word", stem_of, area[stem_of], stems) for area in areas),
        *(block("kind", kind_of, area[kind_of], kinds) for area in areas),
        *(block("bare", every, area, bare) for area in areas),
        *(block("street", way_of, area[way_of], ways) for area in (postcode, commune)),
        block("siret", every, siret),
        block("id", every, lasting),
        block("rare", rare_of, departement[rare_of], rare),
        *cells(items),
    ]
    marks, owners = (np.concatenate(parts) for parts in zip(*blocks, strict=True))
    order = np.lexsort((marks, owners))
    marks, owners = marks[order], owners[order]
    once = np.r_[True, (marks[1:] != marks[:-1]) | (owners[1:] != owners[:-1])][: len(marks)]
    return marks[once], owners[once]


def share_a_block(one: Item, others: Sequence[Item]) -> NDArray[np.bool_]:
    """Which of several records are worth comparing with one, however large the blocks."""
    marks, owners = block_marks([one, *others])
    shared = np.zeros(len(others) + 1, np.bool_)
    shared[owners[np.isin(marks, marks[owners == 0])]] = True
    return shared[1:]


def marked(values: Iterable[str | None]) -> Marks:
    """The marks of some texts, 0 where there is none."""
    return np.array(list(map(mark, values)), np.int64)


def flat(several: Iterable[Collection[str]]) -> tuple[Marks, Marks]:
    """The marks of several words a record, one after the other; the place of the record of each."""
    made = list(several)
    sizes = np.array(list(map(len, made)), np.int64)
    return marked(chain.from_iterable(made)), np.repeat(np.arange(len(made)), sizes)


def block(kind: str, owners: Marks, *parts: Marks) -> tuple[Marks, Marks]:
    """The marks of blocks of one kind, made of the marks of their parts; none where a part is missing."""
    held = np.logical_and.reduce([part != 0 for part in parts])
    mixed = np.full(held.sum(), word_mark(kind), np.uint64)
    for part in parts:
        mixed = (mixed ^ part[held].view(np.uint64)) * MIX
        mixed ^= mixed >> np.uint64(29)
    return (mixed >> np.uint64(1)).astype(np.int64), owners[held]


def cells(items: Sequence[Item]) -> Iterator[tuple[Marks, Marks]]:
    """Blocks of records within some 100 m: four cells each, that overlap by half."""
    located = np.array([n for n, i in enumerate(items) if i.point], np.int64)
    points = np.array([i.point for i in items if i.point], np.float64).reshape(-1, 2) / CELL
    for shift in product((-0.5, 0.0, 0.5), repeat=2):
        x, y = np.floor(points + shift).astype(np.int64).T
        yield block("cell", located, x + FAR, y + FAR)


def unfolded(key: Marks, owner: Marks, count: int) -> Marks:
    """The pairs that blocks of ``count`` records make, each once, in order."""
    if not len(key):
        return np.empty((0, 2), np.int64)
    order = np.lexsort((owner, key))
    key, owner = key[order], owner[order]
    starts = np.flatnonzero(np.r_[True, key[1:] != key[:-1]])
    sizes = np.diff(np.r_[starts, len(key)])
    codes: list[Marks] = []
    largest = MAX_BLOCK if count < MANY_ROWS else MANY_ROWS_BLOCK
    for size in range(2, largest + 1):
        begins = starts[sizes == size]
        if len(begins):
            left, right = np.triu_indices(size, 1)
            members = owner[begins[:, None] + np.arange(size)]
            codes.append((members[:, left] * count + members[:, right]).ravel())
    every = np.sort(np.concatenate(codes)) if codes else np.empty(0, np.int64)
    # Sorting, then leaving out repeats, is several times faster here than `np.unique` and its hashes.
    every = every[np.flatnonzero(np.diff(every, prepend=-1))]
    return np.stack(np.divmod(every, count), axis=1)
