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
from quartiers.link.features import Facts, compare
from quartiers.link.items import Item, as_item
from quartiers.link.rules import ruled
from quartiers.link.telling import tell
from quartiers.shapes import Because

#: Thresholds on the probability, chosen by cross-validation on the labelled pairs.
SAME, DOUBT = 0.6, 0.35
#: A pair below this is not worth a row.
TOLD = 0.15
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


def contributions(facts: Facts) -> dict[str, float]:
    """Each fact's part of the log-odds."""
    weights = model()[1]
    return {fact: value * weights[fact] for fact, value in facts.items() if fact in weights}


def probability(parts: dict[str, float]) -> float:
    """From log-odds to a probability."""
    return 1 / (1 + math.exp(-(model()[0] + sum(parts.values()))))


def judge(
    items: list[Item], *, workers: int | None = None, with_reasons: bool = True
) -> list[Pair]:
    """Every pair worth telling, in the order of ids, with its reasons unless they are not wanted.

    From :data:`PARALLEL` pairs on, by that many processes; their number changes nothing.
    """
    items = sorted(items, key=lambda item: item.id)
    keys = candidates(items)
    if len(keys) < PARALLEL or (workers or usable_cores()) < 2:
        return judge_part(items, keys, with_reasons)
    context = multiprocessing.get_context("spawn")
    parts = np.array_split(keys, math.ceil(len(keys) / PART))
    told: list[Pair] = []
    with ProcessPoolExecutor(workers or usable_cores(), mp_context=context) as pool:
        waiting: deque[Future[list[Pair]]] = deque()
        for part in parts:
            places, renamed = np.unique(part, return_inverse=True)
            some = [items[n] for n in places]
            waiting.append(pool.submit(judge_part, some, renamed.reshape(-1, 2), with_reasons))
            if len(waiting) > AHEAD:
                told += waiting.popleft().result()
        for future in waiting:
            told += future.result()
    return told


def judge_part(items: list[Item], keys: NDArray[np.int64], with_reasons: bool) -> list[Pair]:
    """The pairs worth telling among those given."""
    told = []
    for first, second in keys.tolist():
        a, b = items[first], items[second]
        facts = compare(a, b)
        parts = contributions(facts)
        score = ruled(probability(parts), facts)
        if score >= TOLD:
            decision = "meme" if score >= SAME else "doute" if score >= DOUBT else "different"
            told.append(Pair(a.id, b.id, decision, score, tell(parts) if with_reasons else ()))
    return told


def reasons_of(a: Item, b: Item) -> tuple[Because, ...]:
    """The reasons of one pair."""
    return tell(contributions(compare(a, b)))


def judge_rows(rows: list[dict[str, Any]]) -> list[Pair]:
    """The same, from plain rows of the records table."""
    return judge([as_item(row) for row in rows])
