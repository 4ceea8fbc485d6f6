"""Figures of agreement between verdicts and labels.

**Reads** examples and answers. **Writes** nothing.
**Method** F1 on what experts could decide; values that only one of two experts gave count neither
way. Intervals: 1,000 bootstrap draws of texts, percentiles 2.5 and 97.5, drawn from a fixed seed; two
readers are compared on the same draws.
Calibration error (ECE): ten bins of equal width. Abstention: the least sure are left to an expert,
first 0 %, then 5 %…
**Limits** Intervals tell the chance of the draw of texts, not the experts' own disagreements.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quartiers.reading.examples import VALUES, Example
from quartiers.shapes import DIMENSIONS

DRAWS = 1_000
SEED = 147
BINS = 10
ABSTENTIONS = (0.0, 0.02, 0.05, 0.1, 0.15, 0.2)


@dataclass(slots=True)
class Answer:
    """What a reader says of one text: the probability that it is digital, and the values given."""

    score: float
    values: dict[str, list[str]] = field(default_factory=dict)

    def gives(self, dimension: str, value: str) -> bool:
        return self.score >= 0.5 and value in self.values.get(dimension, ())


Counts = NDArray[np.int64]


def digital_counts(examples: Sequence[Example], answers: Sequence[Answer]) -> Counts:
    """A row a text: right, said wrongly, missed, rightly left alone; zeros where experts doubt."""
    rows = np.zeros((len(examples), 4), dtype=np.int64)
    for i, (example, answer) in enumerate(zip(examples, answers, strict=True)):
        if example.digital is not None:
            said = answer.score >= 0.5
            rows[i, {(1, 1): 0, (0, 1): 1, (1, 0): 2, (0, 0): 3}[example.digital, said]] = 1
    return rows


def value_counts(
    examples: Sequence[Example], answers: Sequence[Answer], dimension: str
) -> NDArray[np.int64]:
    """Text × value × (right, wrong, missed)."""
    values = VALUES[dimension]
    rows = np.zeros((len(examples), len(values), 3), dtype=np.int64)
    for i, (example, answer) in enumerate(zip(examples, answers, strict=True)):
        if example.digital is None or dimension not in example.covers:
            continue
        for j, value in enumerate(values):
            if example.is_optional(dimension, value):
                continue
            said = answer.gives(dimension, value)
            true = bool(example.digital) and example.holds(dimension, value)
            if said or true:
                rows[i, j, 0 if said and true else 1 if said else 2] = 1
    return rows


def f1(counts: Any) -> float | None:
    """F1 of (right, wrong, missed, …); None when there is nothing to find and nothing said."""
    right, wrong, missed = (float(c) for c in counts[:3])
    total = 2 * right + wrong + missed
    return None if total == 0 else 2 * right / total


@lru_cache(maxsize=64)
def draws(texts: int) -> NDArray[np.float64]:
    """How often each text comes in each bootstrap draw: draw × text. The same for every reader, so
    that differences are paired."""
    chance = np.random.default_rng(SEED)
    drawn: NDArray[np.float64] = chance.multinomial(
        texts, np.full(texts, 1 / texts), size=DRAWS
    ).astype(np.float64)
    return drawn


def drawn_f1(rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """F1 in each draw; NaN where a draw holds nothing to find and nothing said."""
    totals = draws(len(rows)) @ rows[:, :3]
    right, wrong, missed = totals.T
    whole = 2 * right + wrong + missed
    scores: NDArray[np.float64] = np.full(len(whole), np.nan)
    np.divide(2 * right, whole, out=scores, where=whole > 0)
    return scores


def bounds(scores: NDArray[np.float64]) -> tuple[float | None, float | None]:
    """The interval at 95 % of what was drawn."""
    known = scores[~np.isnan(scores)]
    if not len(known):
        return None, None
    low, high = np.percentile(known, [2.5, 97.5])
    return rounded(float(low)), rounded(float(high))


def figure(rows: Counts) -> dict[str, Any]:
    """Precision, recall, F1 and its interval from a row a text."""
    right, wrong, missed = (int(c) for c in rows.sum(axis=0)[:3])
    low, high = bounds(drawn_f1(rows))
    return {
        "precision": round(right / (right + wrong), 4) if right + wrong else None,
        "recall": round(right / (right + missed), 4) if right + missed else None,
        "f1": rounded(f1((right, wrong, missed))),
        "low": low,
        "high": high,
        "right": right,
        "wrong": wrong,
        "missed": missed,
    }


def ahead(
    examples: Sequence[Example], ours: Sequence[Answer], theirs: Sequence[Answer]
) -> dict[str, Any]:
    """By how much F1 is ahead of another reader's, with its paired interval, question by question."""
    compared: dict[str, Any] = {}
    for question in ("digital", *DIMENSIONS, "mediation"):
        mine, other = (question_counts(examples, said, question) for said in (ours, theirs))
        points = [f1(rows.sum(axis=0)) for rows in (mine, other)]
        if points[0] is None or points[1] is None:
            continue
        low, high = bounds(drawn_f1(mine) - drawn_f1(other))
        compared[question] = {"ahead": rounded(points[0] - points[1]), "low": low, "high": high}
    return compared


def question_counts(
    examples: Sequence[Example], answers: Sequence[Answer], question: str
) -> NDArray[np.int64]:
    """A row a text for «digital», for all the values of a dimension, or for one form."""
    if question == "digital":
        return digital_counts(examples, answers)
    if question in DIMENSIONS:
        counts: NDArray[np.int64] = value_counts(examples, answers, question).sum(axis=1)
        return counts
    return value_counts(examples, answers, "form")[:, VALUES["form"].index(question)]


def rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def dimension_figures(
    examples: Sequence[Example], answers: Sequence[Answer], dimension: str
) -> dict[str, Any]:
    """Micro and macro F1 over the values that the labels hold, and each value's figures."""
    rows = value_counts(examples, answers, dimension)
    each = {value: figure(rows[:, j]) for j, value in enumerate(VALUES[dimension])}
    held = [v["f1"] for v in each.values() if v["right"] + v["missed"] > 0]
    return {
        "micro": figure(rows.sum(axis=1)),
        "macro": round(sum(held) / len(held), 4) if held else None,
        "values_held": len(held),
        "each": {v: f for v, f in each.items() if f["right"] + f["wrong"] + f["missed"]},
    }


def calibration(examples: Sequence[Example], answers: Sequence[Answer]) -> dict[str, Any]:
    """The expected calibration error and its curve."""
    judged = [
        (a.score, e.digital)
        for e, a in zip(examples, answers, strict=True)
        if e.digital is not None
    ]
    scores = np.array([s for s, _ in judged])
    truth = np.array([bool(t) for _, t in judged])
    places = np.minimum((scores * BINS).astype(int), BINS - 1)
    curve, error = [], 0.0
    for b in range(BINS):
        inside = places == b
        if inside.any():
            said, seen = float(scores[inside].mean()), float(truth[inside].mean())
            error += abs(said - seen) * float(inside.mean())
            curve.append({"said": round(said, 3), "seen": round(seen, 3), "n": int(inside.sum())})
    return {"ece": round(error, 4), "curve": curve}


def abstention(examples: Sequence[Example], answers: Sequence[Answer]) -> list[dict[str, Any]]:
    """F1 on what is left when the least sure share is given to an expert."""
    judged = [(e, a) for e, a in zip(examples, answers, strict=True) if e.digital is not None]
    judged.sort(key=lambda pair: abs(pair[1].score - 0.5))
    curve = []
    for share in ABSTENTIONS:
        left = judged[round(share * len(judged)) :]
        rows = digital_counts([e for e, _ in left], [a for _, a in left])
        curve.append({"share": share, "f1": rounded(f1(rows.sum(axis=0)))})
    return curve


def all_figures(examples: Sequence[Example], answers: Sequence[Answer]) -> dict[str, Any]:
    """Everything that is measured of one reader on one set of texts."""
    sources = sorted({e.source for e in examples})
    rows = digital_counts(examples, answers)
    by_source = {}
    for source in sources:
        kept = [i for i, e in enumerate(examples) if e.source == source]
        by_source[source] = figure(rows[kept]) | {"texts": len(kept)}
    return {
        "texts": len(examples),
        "digital": figure(rows),
        "calibration": calibration(examples, answers),
        "abstention": abstention(examples, answers),
        "sources": by_source,
        **{d: dimension_figures(examples, answers, d) for d in DIMENSIONS},
    }
