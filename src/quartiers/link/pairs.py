"""Pairs: which records are compared, and what is concluded of each pair.

**Reads** plain rows of the records table, ``study/link/model.json``. **Writes** nothing.
**Method** Records that share a block (``blocks.py``) are compared. The weights of the facts
(``features.py``), learnt from labelled pairs, add up to a probability, which the written rules
(``rules.py``) hold; between two thresholds the answer is a doubt.
**Limits** Weights add up: facts that only tell something together must be named together.
"""

from __future__ import annotations

import json
import math
import multiprocessing
from collections import deque
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quartiers.engine import usable_cores
from quartiers.link.blocks import candidates
from quartiers.link.features import Facts, facts_of
from quartiers.link.items import Item, as_item
from quartiers.link.rules import ruled
from quartiers.link.sides import Sides, take_sides
from quartiers.link.telling import tell
from quartiers.shapes import Because

#: Thresholds on the probability, chosen by cross-validation on the labelled pairs.
SAME, DOUBT = 0.6, 0.35
#: A pair below this is not worth a row.
TOLD = 0.15
#: Digits of a score that an edition's 32 bits keep.
DIGITS = 6
#: From this many pairs on, several processes compare; pairs a task; tasks ahead of the reader.
PARALLEL, PART, AHEAD = 200_000, 50_000, 6


@dataclass(frozen=True, slots=True)
class Pair:
    """One compared pair: ids in order, decision ∈ meme | different | doute, its facts."""

    a: str
    b: str
    decision: str
    score: float
    because: tuple[Because, ...] = ()


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


def judge(
    items: list[Item], *, workers: int | None = None, with_reasons: bool = True
) -> list[Pair]:
    """Every pair worth telling, in the order of ids, with its reasons unless they are not wanted.

    From :data:`PARALLEL` pairs on, by that many processes; their number changes nothing.
    """
    items = sorted(items, key=lambda item: item.id)
    ids = [item.id for item in items]
    keys, sides = candidates(items), take_sides(items)
    parts = np.array_split(keys, max(1, math.ceil(len(keys) / PART)))
    if len(keys) < PARALLEL or (workers or usable_cores()) < 2:
        return [pair for part in parts for pair in judge_part(sides, ids, part, with_reasons)]
    context = multiprocessing.get_context("spawn")
    told: list[Pair] = []
    with ProcessPoolExecutor(workers or usable_cores(), mp_context=context) as pool:
        waiting: deque[Future[list[Pair]]] = deque()
        for part in parts:
            places, renamed = np.unique(part, return_inverse=True)
            some = [ids[n] for n in places]
            waiting.append(
                pool.submit(
                    judge_part, sides.take(places), some, renamed.reshape(-1, 2), with_reasons
                )
            )
            if len(waiting) > AHEAD:
                told += waiting.popleft().result()
        for future in waiting:
            told += future.result()
    return told


def judge_part(
    sides: Sides, ids: list[str], keys: NDArray[np.int64], with_reasons: bool
) -> list[Pair]:
    """The pairs worth telling among those given."""
    if not len(keys):
        return []
    facts = facts_of(sides, keys)
    scores = ruled(1 / (1 + np.exp(-log_odds(facts))), facts)
    told = np.flatnonzero(scores >= TOLD)
    # As many digits as an edition keeps, so that a pair read again is the same pair.
    scores = np.round(scores[told], DIGITS)
    reasons = tell(facts, told, model()[1]) if with_reasons else [()] * len(told)
    return [
        Pair(ids[a], ids[b], decided(score), score, why)
        for (a, b), score, why in zip(keys[told].tolist(), scores.tolist(), reasons, strict=True)
    ]


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
