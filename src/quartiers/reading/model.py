"""The learnt model: arrays and JSON, no code inside, numpy alone to use it.

**Reads** ``study/model/reading.json`` and ``reading.npz``. **Writes** nothing (``train`` does).
**Method** One logistic regression a question (digital, each theme, topic and form), over the named
features and the words' buckets; the digital one is then calibrated (Platt). A word's weights are
computed once and remembered, as multiples of 2^-40: sums of such doubles are exact below 2^13, so a
score does not depend on the order of the words, nor on how many texts are read together.
**Limits** Linear: it knows a word of context beside a concept only through the features made for it.
"""

from __future__ import annotations

import io
import json
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quartiers.reading.features import RUN_WEIGHT, buckets_of
from quartiers.shapes import FORMS, INFRA, THEMES

Array = NDArray[np.float64]
#: The questions put to a digital text, in the order of the model's columns.
TOPICS: tuple[tuple[str, str], ...] = (
    *(("theme", t) for t in THEMES),
    *(("infra", i) for i in INFRA),
    *(("form", f) for f in FORMS),
)
#: The column of each value.
COLUMNS = {value: column for column, (_, value) in enumerate(TOPICS)}
#: A theme or topic given for want of any other must be at least this likely.
LIKELY_ENOUGH = 0.2
#: Weights of words are multiples of 1 / GRAIN.
GRAIN = float(1 << 40)
#: Words remembered before the memory is emptied.
REMEMBERED = 30_000


class _WordVectors(dict[str, Array]):
    """Word → its weights in every topic."""

    def __init__(self, weights: Array) -> None:
        super().__init__()
        self.weights = weights

    def of(self, words: Collection[str]) -> Array:
        """The weights of each word, a row a word."""
        new = [word for word in words if word not in self]
        if len(self) + len(new) > REMEMBERED:
            self.clear()
            new = list(words)
        if new:
            self.update(zip(new, weighed(self.weights, new), strict=True))
        return np.array([self[word] for word in words]).reshape(-1, self.weights.shape[1])


def weighed(weights: Array, words: Sequence[str]) -> Array:
    """What words weigh, their own buckets and their letter runs together, in each column."""
    found = buckets_of(words)
    whole = np.where(found.whole[:, None] >= 0, weights[found.whole], 0.0)
    each = RUN_WEIGHT / np.sqrt(np.maximum(found.counts, 1))[:, None]
    return grained(whole + each * summed(weights[found.runs], found.counts))


@dataclass(frozen=True, slots=True)
class Model:
    """The weights in use, and where doubt begins and ends."""

    bias: float
    features: dict[str, float]
    word_weights: Array
    slope: float
    offset: float
    doubt: tuple[float, float]
    topic_bias: Array
    topic_places: dict[str, int]
    topic_weights: Array
    word_vectors: _WordVectors
    thresholds: Array

    def weights_of(self, words: Sequence[str]) -> list[float]:
        """What each word weighs in «is it digital?»."""
        weights: list[float] = weighed(self.word_weights, words)[:, 0].tolist()
        return weights

    def digital_scores(self, words: Array) -> Array:
        """The probabilities of being digital of texts that name nothing, from what their words
        weigh."""
        logits = self.slope * (words + self.bias) + self.offset
        return 1.0 / (1.0 + np.exp(-np.maximum(logits, -30)))

    def digital_score(self, words: float, features: Mapping[str, float]) -> float:
        """The probability of being digital, from what a text's words weigh and its features."""
        known = self.features
        total = words + math.fsum(known.get(name, 0.0) * v for name, v in features.items())
        return sigmoid(self.slope * (total + self.bias) + self.offset)

    def topic_weight(self, feature: str, column: int) -> float:
        """What a feature weighs for one of :data:`TOPICS`; nothing when it was never learnt."""
        place = self.topic_places.get(feature)
        return 0.0 if place is None else float(self.topic_weights[place, column])

    def topic_scores(
        self, texts: Sequence[Sequence[str]], features: Sequence[Mapping[str, float]]
    ) -> list[list[float]]:
        """The probability of each of :data:`TOPICS` for each text, from its words and features."""
        distinct = [set(words) for words in texts]
        rows: dict[str, int] = {}
        numbers = [rows.setdefault(word, len(rows)) for words in distinct for word in words]
        vectors = self.word_vectors.of(rows)
        counts = np.array([len(words) for words in distinct])
        total = summed(vectors[numbers], counts) / np.sqrt(counts + 4)[:, None] + self.topic_bias
        known = self.topic_places
        named = [
            [(known[name], value) for name, value in told.items() if name in known]
            for told in features
        ]
        places = [place for told in named for place, _ in told]
        values = np.array([[value] for told in named for _, value in told]).reshape(-1, 1)
        weighed = grained(self.topic_weights[places] * values)
        total += summed(weighed, np.array([len(told) for told in named]))
        scores: list[list[float]] = (1 / (1 + np.exp(-total))).tolist()
        return scores


def summed(rows: Array, counts: NDArray[np.int64]) -> Array:
    """The sums of runs of rows, ``counts`` rows each."""
    total = np.zeros((len(counts), rows.shape[1]))
    filled = np.flatnonzero(counts)
    if len(filled):
        total[filled] = np.add.reduceat(rows, (np.cumsum(counts) - counts)[filled])
    return total


def given(scores: Sequence[float], limits: Sequence[float]) -> list[tuple[str, str, float]]:
    """(dimension, value, score) of the values given to a digital text: those that reach their
    threshold and, when neither a theme nor an infrastructure topic does, the likeliest of these if
    it is likely enough: a digital text without any topic is rare."""
    kept = [
        (dimension, value, score)
        for (dimension, value), score, limit in zip(TOPICS, scores, limits, strict=True)
        if score >= limit
    ]
    if not any(dimension != "form" for dimension, _, _ in kept):
        best = max(range(len(THEMES) + len(INFRA)), key=scores.__getitem__)
        if scores[best] >= LIKELY_ENOUGH:
            kept.insert(0, (*TOPICS[best], scores[best]))
    return kept


def grained(values: Array) -> Array:
    """The values as multiples of 1 / GRAIN: sums of them are exact."""
    return np.round(values * GRAIN) / GRAIN


def sigmoid(x: float) -> float:
    """1 / (1 + e^-x), without overflow."""
    return 1.0 / (1.0 + math.exp(-x)) if x > -30 else math.exp(x)


def from_parts(card: dict[str, Any], arrays: dict[str, Array]) -> Model:
    """A model from its card and arrays."""
    names = card["digital"]["features"]
    topics = card["topics"]["features"]
    return Model(
        bias=float(card["digital"]["bias"]),
        features=dict(zip(names, arrays["digital_features"].tolist(), strict=True)),
        word_weights=arrays["digital_words"][:, None],
        slope=float(card["digital"]["slope"]),
        offset=float(card["digital"]["offset"]),
        doubt=(float(card["doubt"][0]), float(card["doubt"][1])),
        topic_bias=arrays["topic_bias"],
        topic_places={name: place for place, name in enumerate(topics)},
        topic_weights=arrays["topic_features"],
        word_vectors=_WordVectors(arrays["topic_words"]),
        thresholds=arrays["thresholds"],
    )


@cache
def load() -> Model:
    """The model shipped with the study, loaded once a process."""
    folder = files("quartiers.study") / "model"
    card = json.loads((folder / "reading.json").read_text("utf-8"))
    with np.load(io.BytesIO((folder / "reading.npz").read_bytes()), allow_pickle=False) as saved:
        arrays = {name: saved[name].astype(np.float64) for name in saved.files}
    return from_parts(card, arrays)
