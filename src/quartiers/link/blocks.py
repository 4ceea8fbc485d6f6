"""Blocks: which records are worth comparing.

**Reads** items. **Writes** nothing.
**Method** Records are compared when they share a block: a rare word, a street, a kind of place in one
postcode or commune; a SIRET or an identifier unique in the world; a rare word in one département; a
point within some 100 m. Keys are hashed, sorted once, and blocks of one size are unfolded together.
**Limits** A block larger than :data:`MAX_BLOCK` (less for many rows) says nothing and is not used; what then shares no
other block is never compared (recall of the blocks: ``evaluation/link.md``).
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterator, Sequence

import numpy as np

from quartiers.link.items import Item, lasting_identifier
from quartiers.link.likeness import frequencies
from quartiers.link.names import plain, take_apart, take_street
from quartiers.link.sides import Marks, word_mark

MAX_BLOCK = 70
#: From this many rows on, blocks are held smaller: on noise, 0.4 % of true pairs lost for half the work.
MANY_ROWS, MANY_ROWS_BLOCK = 200_000, 12
#: A word in fewer records than this is rare enough to join across a département.
RARE = 25


def candidates(items: Sequence[Item]) -> Marks:
    """The pairs worth comparing, each once, in order: two columns of places in ``items``."""
    return unfolded(*block_marks(items), len(items))


def block_marks(items: Sequence[Item]) -> tuple[Marks, Marks]:
    """(marks of blocks, places of the records in them); marks are the same in every process."""
    marks, owners = array("q"), array("q")
    for number, item in enumerate(items):
        kept = sorted({word_mark("\t".join(key)) for key in block_keys(item)})
        marks.extend(kept)
        owners.extend([number] * len(kept))
    return np.frombuffer(marks, np.int64), np.frombuffer(owners, np.int64)


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


def block_keys(item: Item) -> Iterator[tuple[str, ...]]:
    """The blocks of a record: sharing one is enough to be compared."""
    name = take_apart(item.title, item.commune)
    commune = plain(item.commune)
    areas = [area for area in (item.postcode, commune) if area]
    counts = frequencies()[1]
    words = name.proper or tuple(name.whole.split())
    for area in areas or [""]:
        for word in words:
            yield "word", area, word[:6]
        for kind in name.kinds | item.types:
            yield "kind", area, kind
        if not name.proper:
            yield "bare", area
    street = take_street(item.address, item.commune)
    if street and street.words:
        for area in areas:
            for word in sorted(street.words, key=lambda w: (-len(w), w))[:2]:
                yield "street", area, word
    if item.siret:
        yield "siret", item.siret
    if item.identifier and (lasting := lasting_identifier(item.identifier)):
        yield "id", lasting
    if item.postcode:
        for word in words:
            if counts.get(word, 0) < RARE:
                yield "rare", item.postcode[:2], word
    if item.point:
        x, y = item.point[0] / 0.0028, item.point[1] / 0.0020
        for i in {math.floor(x), math.floor(x + 0.5), math.floor(x - 0.5)}:
            for j in {math.floor(y), math.floor(y + 0.5), math.floor(y - 0.5)}:
                yield "cell", str(i), str(j)
