"""Learn the reading model again from the labels.

**Reads** ``study/labels/*.csv`` (labels by source and source_id, joined with the records of the
data folder), the embedded study, ``study/cases.toml``. **Writes** ``study/model/``.
**Method** One L2 logistic regression a question, those of a kind fitted together, over named features
and word buckets (see ``reading.features``); labels of experts weigh more than those of the embedded
study, written in another style, and than weak labels drawn from a source's categories. Predictions
out of fold (5 folds, a text always in one fold) calibrate the digital score (Platt), place the
thresholds of the topics and the doubt zone. Nothing is drawn at random: folds come from a hash of
the text, so the same labels give the same model.
**Limits** Needs scikit-learn (``requirements/dev``). Labels without their record (no data folder)
are counted and left out: the model then differs.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quartiers import lexicon
from quartiers.reading import model as reading
from quartiers.reading.examples import Example
from quartiers.reading.features import BUCKETS, bag, digital_features, topic_features
from quartiers.text import readable, words

#: What an example weighs by where its label comes from (see ``reading.examples``).
WEIGHTS = {"expert": 1.0, "apprentissage": 1.0, "cas": 1.0, "etude": 0.3, "faible": 0.15}
#: Inverse strength of the regularisation, chosen by cross-validation on the training labels.
DIGITAL_C, TOPIC_C = 2.0, 2.0
#: What the words weigh beside the named features.
DIGITAL_WORDS, TOPIC_WORDS = 2.0, 3.0
#: Steps of the regression; what is left to gain after them is below the noise of the labels.
MOST_STEPS = 60
#: The bias of a topic without any example.
NEVER = -6.0
#: The labels that thresholds and calibration are placed on.
JUDGED = ("expert", "apprentissage", "cas")
#: Where the model in use is.
FOLDER = Path(__file__).parent / "study" / "model"
#: Share of texts that may be left in doubt.
DOUBT_SHARE = 0.03


@dataclass(slots=True)
class Prepared:
    """Examples with their features computed once."""

    examples: list[Example]
    words: Any
    digital: list[dict[str, float]]
    topics: list[dict[str, float]]


def prepare(examples: Sequence[Example]) -> Prepared:
    """Features of every example."""
    from scipy.sparse import csr_matrix

    known = lexicon.load()
    rows, columns, values = [], [], []
    digital, topics = [], []
    for row, example in enumerate(examples):
        text, _ = readable(example.text)
        found = words(text)
        hits = known.find(found, text)
        cues = known.find_cues(found)
        digital.append(digital_features(hits, cues, len(found)))
        topics.append(topic_features(hits, cues, len(found)))
        for bucket, value in bag(found).items():
            rows.append(row)
            columns.append(bucket)
            values.append(value)
    matrix = csr_matrix((values, (rows, columns)), shape=(len(examples), BUCKETS))
    return Prepared(list(examples), matrix, digital, topics)


@dataclass(slots=True)
class Fitted:
    """One regression a question."""

    names: list[str]
    features: NDArray[np.float64]
    words: NDArray[np.float64]
    bias: NDArray[np.float64]


def _stack(named: list[dict[str, float]], names: list[str], words_part: Any, scale: float) -> Any:
    from scipy.sparse import csr_matrix, hstack

    place = {name: i for i, name in enumerate(names)}
    rows, columns, values = [], [], []
    for row, features in enumerate(named):
        for name, value in features.items():
            if name in place:
                rows.append(row)
                columns.append(place[name])
                values.append(value)
    lexical = csr_matrix((values, (rows, columns)), shape=(len(named), len(names)))
    return hstack([lexical, words_part * scale], format="csr")


def _regress(matrix: Any, target: NDArray[np.bool_], weight: NDArray[Any], c: float) -> Any:
    """L2 logistic regressions that share their texts, one a column of ``target`` (text × question),
    fitted together from zero by L-BFGS; a weight of zero leaves a text out of a question. Returns
    the weights (feature × question) and the biases, these held small like the rest."""
    from scipy.optimize import minimize
    from scipy.sparse import csr_matrix, hstack
    from threadpoolctl import threadpool_limits

    ones = csr_matrix(np.ones((matrix.shape[0], 1)))
    whole = hstack([matrix, ones], format="csr").astype(np.float32)
    turned = whole.T.tocsr()
    shape = (whole.shape[1], target.shape[1])
    sign = np.where(target, 1.0, -1.0)

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margin = sign * (whole @ flat.reshape(shape).astype(np.float32))
        small = np.exp(-np.abs(margin))
        wrong = np.where(margin > 0, small, 1.0) / (1.0 + small)
        cost = (weight * (np.log1p(small) + np.maximum(-margin, 0.0))).sum()
        pull = (weight * sign * wrong).astype(np.float32)
        slope = flat.reshape(shape) - c * (turned @ pull)
        return 0.5 * float(flat @ flat) + c * float(cost), slope.ravel()

    with threadpool_limits(1):  # sums this short only wait for each other in several threads
        found = minimize(
            loss,
            np.zeros(shape[0] * shape[1]),
            jac=True,
            method="L-BFGS-B",
            options={"maxiter": MOST_STEPS, "ftol": 1e-7, "gtol": 1e-3},
        ).x.reshape(shape)
    return found[:-1], found[-1]


def fit_digital(data: Prepared, rows: Sequence[int]) -> Fitted:
    """«Is it digital?» over the rows whose expert could say."""
    kept = [r for r in rows if data.examples[r].digital is not None]
    named = [data.digital[r] for r in kept]
    names = sorted({n for features in named for n in features})
    matrix = _stack(named, names, data.words[kept], DIGITAL_WORDS)
    target = np.array([[bool(data.examples[r].digital)] for r in kept])
    weight = np.array([[WEIGHTS[data.examples[r].role]] for r in kept])
    weights, bias = _regress(matrix, target, weight, DIGITAL_C)
    split = len(names)
    return Fitted(names, weights[:split, 0], weights[split:, 0] * DIGITAL_WORDS, bias)


def fit_topics(data: Prepared, rows: Sequence[int]) -> Fitted:
    """Each theme, infrastructure topic and form, over the digital rows."""
    kept = [r for r in rows if data.examples[r].digital]
    named = [data.topics[r] for r in kept]
    names = sorted({n for features in named for n in features})
    matrix = _stack(named, names, data.words[kept], TOPIC_WORDS)
    examples = [data.examples[r] for r in kept]
    target = np.array([[e.holds(d, v) for d, v in reading.TOPICS] for e in examples])
    weight = np.array(
        [
            [
                WEIGHTS[e.role] * (d in e.covers and not e.is_optional(d, v))
                for d, v in reading.TOPICS
            ]
            for e in examples
        ]
    )
    weights, bias = _regress(matrix, target, weight, TOPIC_C)
    bias = np.where((target & (weight > 0)).any(axis=0), bias, NEVER)
    split = len(names)
    return Fitted(names, weights[:split], weights[split:] * TOPIC_WORDS, bias)


def logits(fitted: Fitted, named: list[dict[str, float]], words_part: Any) -> NDArray[np.float64]:
    """The logits of texts under a fit: text × question."""
    matrix = _stack(named, fitted.names, words_part, 1.0)
    weights = np.concatenate([fitted.features, fitted.words])
    total: NDArray[np.float64] = np.asarray(matrix @ weights) + fitted.bias
    return total


def out_of_fold(
    data: Prepared, judged: Sequence[int], groups: Sequence[int] | None = None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Digital logits and topic logits of the judged rows, each from a model that saw none of its
    fold. ``groups`` gives the fold of every example (by default a hash of its text)."""
    folds = list(groups) if groups is not None else [e.fold for e in data.examples]
    digital = np.zeros(len(judged))
    topics = np.zeros((len(judged), len(reading.TOPICS)))
    for fold in sorted({folds[r] for r in judged}):
        rows = [r for r in range(len(folds)) if folds[r] != fold]
        held = [place for place, r in enumerate(judged) if folds[r] == fold]
        here = [judged[place] for place in held]
        seen = data.words[here]
        one = fit_digital(data, rows)
        digital[held] = logits(one, [data.digital[r] for r in here], seen)
        many = fit_topics(data, rows)
        topics[held] = logits(many, [data.topics[r] for r in here], seen)
    return digital, topics


def platt(scores: NDArray[np.float64], target: NDArray[np.bool_]) -> tuple[float, float]:
    """Slope and offset that make the logits probabilities."""
    from sklearn.linear_model import LogisticRegression

    learner = LogisticRegression(C=100.0).fit(scores.reshape(-1, 1), target)
    return float(learner.coef_[0, 0]), float(learner.intercept_[0])


def doubt_zone(probabilities: NDArray[np.float64]) -> tuple[float, float]:
    """The zone around one half that holds the allowed share of texts, never wider than 0.2–0.8."""
    distance = np.sort(np.abs(probabilities - 0.5))
    half = float(distance[int(len(distance) * DOUBT_SHARE)])
    half = min(max(half, 0.05), 0.3)
    return 0.5 - half, 0.5 + half


def thresholds(topics: NDArray[np.float64], examples: Sequence[Example]) -> NDArray[np.float64]:
    """For each topic the probability from which it is given: best F1 out of fold, drawn towards
    one half where examples are few."""
    chosen = []
    probabilities = 1 / (1 + np.exp(-topics))
    for column, (dimension, value) in enumerate(reading.TOPICS):
        rows = [
            i
            for i, e in enumerate(examples)
            if e.digital and dimension in e.covers and value not in e.optional.get(dimension, ())
        ]
        truth = np.array([examples[i].holds(dimension, value) for i in rows])
        p = probabilities[rows, column]
        best = (0.0, 0.5)
        for threshold in np.arange(0.25, 0.76, 0.025):
            said = p >= threshold
            hit = float((said & truth).sum())
            f1 = 2 * hit / max(float(said.sum() + truth.sum()), 1.0)
            best = max(best, (f1 - 0.02 * abs(threshold - 0.5), float(threshold)))
        share = truth.sum() / (truth.sum() + 10)
        chosen.append(0.5 + (best[1] - 0.5) * share)
    return np.array(chosen)


def learn(examples: Sequence[Example]) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """The model's card and arrays from the examples."""
    data = prepare(examples)
    judged = [i for i, e in enumerate(examples) if e.role in JUDGED]
    digital, topics = out_of_fold(data, judged)
    real = [
        i
        for i, r in enumerate(judged)
        if examples[r].role != "cas" and examples[r].digital is not None
    ]
    if not real:
        real = [i for i, r in enumerate(judged) if examples[r].digital is not None]
    truth = np.array([bool(examples[judged[i]].digital) for i in real])
    slope, offset = platt(digital[real], truth)
    probabilities = 1 / (1 + np.exp(-(slope * digital[real] + offset)))
    everything = list(range(len(examples)))
    one, many = fit_digital(data, everything), fit_topics(data, everything)
    counts: dict[str, int] = {}
    for example in examples:
        counts[example.role] = counts.get(example.role, 0) + 1
    card: dict[str, Any] = {
        "digital": {
            "bias": round(float(one.bias[0]), 6),
            "features": one.names,
            "slope": round(slope, 6),
            "offset": round(offset, 6),
        },
        "topics": {"features": many.names, "order": [f"{d}:{v}" for d, v in reading.TOPICS]},
        "doubt": [round(x, 4) for x in doubt_zone(probabilities)],
        "examples": dict(sorted(counts.items())),
    }
    arrays: dict[str, NDArray[Any]] = {
        "digital_features": one.features.astype(np.float32),
        "digital_words": one.words.astype(np.float16),
        "topic_features": many.features.astype(np.float32),
        "topic_words": many.words.astype(np.float16),
        "topic_bias": many.bias.astype(np.float32),
        "thresholds": thresholds(topics, [examples[r] for r in judged]).astype(np.float32),
    }
    return card, arrays


def save(card: dict[str, Any], arrays: dict[str, NDArray[Any]], folder: Path) -> None:
    """Write the model: JSON for people, arrays for the program; the same labels, the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(card, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / "reading.json").write_text(text + "\n", "utf-8")
    with (folder / "reading.npz").open("wb") as stream:
        np.savez_compressed(stream, allow_pickle=False, **arrays)
