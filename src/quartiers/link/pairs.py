"""Pairs: which records are compared, and what is concluded of each pair.

**Reads** plain rows of the records table, ``study/link/model.json``. **Writes** nothing.
**Method** Records that share a block (``blocks.py``) are compared. The weights of the facts
(``features.py``), learnt from labelled pairs, add up to a probability, which the written rules
(``rules.py``) hold; between two thresholds the answer is a doubt.
**Limits** Weights add up: facts that only tell something together must be named together.
"""

from __future__ import annotations

import gc
import json
import math
import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import fields
from functools import cache
from importlib.resources import files
from itertools import chain, starmap
from typing import Any, NamedTuple, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from quartiers.engine import usable_cores
from quartiers.link.blocks import block_marks, candidates, unfolded
from quartiers.link.features import Facts, facts_of
from quartiers.link.items import Item, as_item
from quartiers.link.rules import ruled
from quartiers.link.sides import Marks, Sides, joined, take_sides
from quartiers.link.telling import tell
from quartiers.shapes import Because

#: Thresholds on the probability, chosen by cross-validation on the labelled pairs.
SAME, DOUBT = 0.6, 0.35
#: A pair below this is not worth a row.
TOLD = 0.15
#: Digits of a score that an edition's 32 bits keep.
DIGITS = 6
#: From this many rows on, several processes work (below, starting them costs more than they save).
PARALLEL = 60_000
#: Rows a task, pairs a task, tasks ahead of the reader.
CHUNK, PART, AHEAD = 20_000, 50_000, 6


_T = TypeVar("_T")


class Pair(NamedTuple):
    """One compared pair: ids in order, decision ∈ meme | different | doute, its facts."""

    a: str
    b: str
    decision: str
    score: float
    because: tuple[Because, ...] = ()


class Earlier(Protocol):
    """What an earlier link knew (``earlier.py``)."""

    def split(self, items: list[Item]) -> tuple[Marks, list[Pair]]:
        """The pairs of places in ``items`` still to compare, and the pairs known."""


@cache
def model() -> tuple[float, dict[str, float]]:
    """(intercept, weight of each fact)."""
    learnt = json.loads((files("quartiers.study") / "link" / "model.json").read_text("utf-8"))
    return learnt["intercept"], learnt["weights"]


def log_odds(facts: Facts) -> NDArray[np.float64]:
    """The sum of the weights of the facts of each pair, fact after fact."""
    intercept, weights = model()
    total = np.full(len(next(iter(facts.values()))), intercept)
    for fact, weight in weights.items():
        if fact in facts:
            total += weight * facts[fact]
    return total


@contextmanager
def no_cycles() -> Iterator[None]:
    """Nothing here makes cycles of objects, and seeking them among millions takes a third of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


@no_cycles()
def judge(
    items: list[Item],
    *,
    workers: int | None = None,
    with_reasons: bool = True,
    earlier: Earlier | None = None,
) -> list[Pair]:
    """Every pair worth telling, in the order of ids, with its reasons unless they are not wanted.

    From :data:`PARALLEL` rows on, by that many processes; their number changes nothing. Neither does
    ``earlier``, what an earlier link knew: pairs of records that have not changed are not read again.
    """
    items = sorted(items, key=lambda item: item.id)
    ids = [item.id for item in items]
    if earlier is not None:
        fresh, kept = earlier.split(items)
        rows, keys = np.unique(fresh, return_inverse=True)
        some = [items[n] for n in rows]
        made = told_of(take_sides(some), [i.id for i in some], keys.reshape(-1, 2), with_reasons)
        return sorted([*made, *kept], key=lambda pair: (pair.a, pair.b))
    count = workers or usable_cores()
    if count < 2 or len(items) < PARALLEL:
        return told_of(take_sides(items), ids, candidates(items), with_reasons)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(count, context, gc.disable) as pool:
        chunks = ((as_columns(items[n : n + CHUNK]), n) for n in range(0, len(items), CHUNK))
        ready, marks, owners = zip(*in_order(pool, prepared, chunks), strict=True)
        sides = joined(ready)
        keys = unfolded(np.concatenate(marks), np.concatenate(owners), len(items))
        del ready, marks, owners
        return told_of(sides, ids, keys, with_reasons, pool)


def judge_pairs(items: list[Item], keys: Marks) -> list[Pair]:
    """Those worth telling among some pairs of places in ``items``, with their reasons."""
    return told_of(take_sides(items), [item.id for item in items], keys, with_reasons=True)


def as_columns(items: list[Item]) -> tuple[list[Any], ...]:
    """Records as columns, which travel between processes ten times faster."""
    return tuple([getattr(item, f.name) for item in items] for f in fields(Item))


def prepared(columns: tuple[list[Any], ...], first: int) -> tuple[Sides, Marks, Marks]:
    """Records taken apart, and their blocks; ``first`` is the place of the first of them."""
    items = list(map(Item, *columns))
    marks, owners = block_marks(items)
    return take_sides(items), marks, owners + first


def told_of(
    sides: Sides,
    ids: list[str],
    keys: Marks,
    with_reasons: bool,
    pool: ProcessPoolExecutor | None = None,
) -> list[Pair]:
    """The pairs worth telling among those given, in order, compared a part at a time.

    A part holds the pairs of some postcodes: each record is looked at in few parts.
    """
    if not len(keys):
        return []
    keys = keys[np.argsort(sides.traits.postcode[keys[:, 0]], kind="stable")]
    parts = np.array_split(keys, math.ceil(len(keys) / PART))

    def portions() -> Iterator[tuple[Sides, Marks, bool]]:
        for part in parts:
            places, renamed = np.unique(part, return_inverse=True)
            yield sides.take(places), renamed.reshape(-1, 2), with_reasons

    judged = (
        starmap(judge_part, portions()) if pool is None else in_order(pool, judge_part, portions())
    )
    told, scores, reasons = zip(*judged, strict=True)
    kept = np.concatenate([part[rows] for part, rows in zip(parts, told, strict=True)])
    order = np.lexsort((kept[:, 1], kept[:, 0])).tolist()
    score = np.concatenate(scores).tolist()
    why = list(chain.from_iterable(reasons)) if with_reasons else [()] * len(score)
    first, second = kept.T.tolist()
    return [Pair(ids[first[n]], ids[second[n]], decided(score[n]), score[n], why[n]) for n in order]


def in_order(
    pool: ProcessPoolExecutor, work: Callable[..., _T], portions: Iterable[tuple[Any, ...]]
) -> Iterator[_T]:
    """The results of some work in other processes, in the order given, a few tasks ahead."""
    waiting: deque[Future[_T]] = deque()
    for portion in portions:
        waiting.append(pool.submit(work, *portion))
        if len(waiting) > AHEAD:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def judge_part(
    sides: Sides, keys: Marks, with_reasons: bool
) -> tuple[Marks, NDArray[np.float64], list[tuple[Because, ...]]]:
    """(rows of ``keys`` worth telling, their scores, their reasons when wanted)."""
    facts = facts_of(sides, keys)
    scores = ruled(1 / (1 + np.exp(-log_odds(facts))), facts)
    told = np.flatnonzero(scores >= TOLD)
    # As many digits as an edition keeps, so that a pair read again is the same pair.
    scores = np.round(scores[told], DIGITS)
    return told, scores, tell(facts, told, model()[1]) if with_reasons else []


def decided(score: float) -> str:
    """The decision that a probability leads to."""
    return "meme" if score >= SAME else "doute" if score >= DOUBT else "different"


def reasons_of(items: list[Item], keys: NDArray[np.int64]) -> list[tuple[Because, ...]]:
    """The reasons of some pairs of places in ``items``, the smaller id first."""
    if not len(keys):
        return []
    return tell(facts_of(take_sides(items), keys), np.arange(len(keys)), model()[1])


def judge_rows(rows: list[dict[str, Any]]) -> list[Pair]:
    """The same, from plain rows of the records table."""
    return judge([as_item(row) for row in rows])
