"""What an earlier edition's linking knew, so that only what changed is compared again.

**Reads** ``compared`` and ``pairs`` of the previous edition. **Writes** ``compared``.
**Method** Each record linked leaves a mark of all that linking sees of it, and the marks of its blocks. A
pair is taken from the previous edition when both its records have kept their marks and it already shared a
block then; all others are compared. The result is that of comparing everything. Another model, list of
words or version of the code of linking makes nothing known.
**Limits** One process. Marks and blocks of all records are still gone through, as arrays: about a second for 35,000.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from quartiers.link.blocks import block_marks, unfolded
from quartiers.link.items import Item
from quartiers.link.pairs import DIGITS, Pair, decided
from quartiers.link.sides import Marks, word_mark
from quartiers.link.telling import reasons_in
from quartiers.shapes import COMPARED_SCHEMA

#: How a tie that the other pairs of its groups refuse, and an answer of a person, are told.
REFUSED, JUDGED = "refusé : ", "jugé «"


@cache
def method_mark() -> int:
    """A mark of all that decides of a score: the code of linking, its words and its weights."""
    parts = [files("quartiers.link"), files("quartiers.study") / "link"]
    told = hashlib.sha256()
    for path in sorted(Path(str(part)) / file.name for part in parts for file in part.iterdir()):
        if path.suffix in (".py", ".json", ".csv"):
            told.update(path.read_bytes())
    return int.from_bytes(told.digest()[:7], "big")


def item_mark(item: Item) -> int:
    """A mark of all that linking sees of a record, and of how it looks."""
    seen = (item.source, item.title, item.address, item.postcode, item.commune, item.siret)
    rest = (item.point, sorted(item.types), item.identifier, method_mark())
    return word_mark(repr((item.id, *seen, *rest)))


@dataclass(slots=True)
class Compared:
    """What linking saw: ids in order, a mark each; blocks and the places of records in them."""

    ids: list[str]
    marks: Marks
    blocks: Marks
    owners: Marks

    def as_table(self) -> pa.Table:
        """A row a record."""
        order = np.argsort(self.owners, kind="stable")
        ends = np.searchsorted(self.owners[order], np.arange(len(self.ids) + 1))
        blocks = pa.ListArray.from_arrays(pa.array(ends, pa.int32()), self.blocks[order])
        columns = [pa.array(self.ids, pa.string()), pa.array(self.marks), blocks]
        return pa.Table.from_arrays(columns, schema=COMPARED_SCHEMA)


def read_compared(path: Path) -> Compared:
    """What an edition's linking saw."""
    table = pq.read_table(path).combine_chunks()
    blocks = table["blocks"].combine_chunks()
    owners = np.repeat(np.arange(len(table)), np.diff(blocks.offsets.to_numpy()))
    marks = table["mark"].to_numpy()
    return Compared(table["about"].to_pylist(), marks, blocks.values.to_numpy(), owners)


class Memory:
    """What the edition beside ``links`` knew (nothing without one), and what this one will know."""

    def __init__(self, links: Path | None) -> None:
        self.before: Compared | None = None
        self.now: Compared | None = None
        if links is not None and links.with_name("compared.parquet").is_file():
            self.before = read_compared(links.with_name("compared.parquet"))
            self.pairs = pq.read_table(links.with_name("pairs.parquet"))
        #: Pairs compared the last time that :meth:`split` was asked.
        self.fresh = 0

    def as_table(self) -> pa.Table:
        """What the next edition will read, once pairs have been split."""
        now = self.now or Compared([], *(np.empty(0, np.int64) for _ in range(3)))
        return now.as_table()

    def split(self, items: list[Item]) -> tuple[Marks, list[Pair]]:
        """The pairs of places in ``items`` (in the order of ids) still to compare, and those known."""
        marks = np.fromiter(map(item_mark, items), np.int64, len(items))
        before = self.before or Compared([], *(np.empty(0, np.int64) for _ in range(3)))
        place = {about: n for n, about in enumerate(before.ids)}
        was = np.array([place.get(item.id, -1) for item in items], np.int64)
        same = was >= 0
        same[same] = before.marks[was[same]] == marks[same]
        changed = np.flatnonzero(~same)
        blocks, owners = block_marks([items[n] for n in changed])
        became = np.full(len(before.ids), -1)
        became[was[same]] = np.flatnonzero(same)
        held = became[before.owners] >= 0
        now = self.now = Compared(
            [item.id for item in items],
            marks,
            np.concatenate([before.blocks[held], blocks]),
            np.concatenate([became[before.owners[held]], changed[owners]]),
        )
        keys = unfolded(now.blocks, now.owners, len(items))
        old = became[unfolded(before.blocks, before.owners, len(before.ids))].reshape(-1, 2)
        old = old[(old >= 0).all(axis=1)]
        codes, known = (k[:, 0] * len(items) + k[:, 1] for k in (keys, old))
        kept, judged = self.known_pairs(
            same, set(known[np.isin(known, codes, assume_unique=True)].tolist())
        )
        fresh = keys[~np.isin(codes, known, assume_unique=True) | np.isin(codes, judged)]
        self.fresh = len(fresh)
        return fresh, kept

    def known_pairs(self, same: NDArray[np.bool_], known: set[int]) -> tuple[list[Pair], list[int]]:
        """Pairs as comparing them would say, and those that a person's answer hides."""
        if self.before is None or self.now is None:
            return [], []
        place = {about: n for n, about in enumerate(self.now.ids) if same[n]}
        kept, judged = [], []
        columns = [self.pairs[name].to_pylist() for name in ("a", "b", "score")]
        reasons = reasons_in(self.pairs["because"])
        for a, b, score, because in zip(*columns, reasons, strict=True):
            first, second = place.get(a), place.get(b)
            if first is None or second is None:
                continue
            code = first * len(self.now.ids) + second
            if code not in known:
                continue
            if because and (because[0].note or "").startswith(JUDGED):
                judged.append(code)
                continue
            if because and (because[-1].note or "").startswith(REFUSED):
                because = because[:-1]
            score = round(score, DIGITS)
            kept.append(Pair(a, b, decided(score), score, because))
        return kept, judged
