"""Simpler readers that answer the same questions: what the project's reader must beat.

**Reads** the training examples. **Writes** nothing.
**Method** ``keywords``: thirty words that a person would search for. ``tfidf``: words and pairs of
words weighted by TF-IDF, one logistic regression a question, learnt from the same examples with the
same weights, one half as threshold.
**Limits** The keyword list gives no themes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from quartiers.evaluate.measure import Answer
from quartiers.reading.examples import VALUES, Example
from quartiers.shapes import DIMENSIONS
from quartiers.text import words
from quartiers.train import WEIGHTS

Reader = Callable[[Sequence[str]], list[Answer]]
#: What a person types in a search box to find digital actions.
KEYWORDS = frozenset(
    [
        "numerique",
        "numeriques",
        "digital",
        "digitale",
        "informatique",
        "informatiques",
        "internet",
        "web",
        "ordinateur",
        "ordinateurs",
        "tablette",
        "tablettes",
        "smartphone",
        "smartphones",
        "wifi",
        "fibre",
        "fablab",
        "logiciel",
        "application",
        "applications",
        "cyber",
        "multimedia",
        "epn",
        "videoprotection",
        "capteurs",
        "connecte",
        "connectes",
        "robotique",
        "coworking",
        "ecran",
        "ecrans",
        "technologies",
    ]
)


def keywords(texts: Sequence[str]) -> list[Answer]:
    """Digital when one of the words is there."""
    return [Answer(0.95 if KEYWORDS & set(words(text)) else 0.05) for text in texts]


def tfidf(examples: Sequence[Example]) -> Reader:
    """A reader learnt by TF-IDF and logistic regression."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    judged = [e for e in examples if e.digital is not None]
    vectors = TfidfVectorizer(strip_accents="unicode", ngram_range=(1, 2), sublinear_tf=True)
    matrix = vectors.fit_transform(e.text for e in judged)
    weight = np.array([WEIGHTS[e.role] for e in judged])
    truth = np.array([bool(e.digital) for e in judged])

    def regress(rows: np.ndarray, target: np.ndarray) -> LogisticRegression:
        learner = LogisticRegression(C=20.0, solver="liblinear", random_state=0)
        return learner.fit(matrix[rows], target, sample_weight=weight[rows])

    digital = regress(np.arange(len(judged)), truth)
    topics = {}
    for dimension in DIMENSIONS:
        rows = np.array([i for i, e in enumerate(judged) if e.digital and dimension in e.covers])
        for value in VALUES[dimension]:
            target = np.array([judged[i].holds(dimension, value) for i in rows])
            if target.any():
                topics[dimension, value] = regress(rows, target)

    def read(texts: Sequence[str]) -> list[Answer]:
        seen = vectors.transform(texts)
        answers = [Answer(float(p)) for p in digital.predict_proba(seen)[:, 1]]
        for (dimension, value), learner in topics.items():
            for answer, p in zip(answers, learner.predict_proba(seen)[:, 1], strict=True):
                if p >= 0.5:
                    answer.values.setdefault(dimension, []).append(value)
        return answers

    return read


def quartiers_reader(texts: Sequence[str]) -> list[Answer]:
    """The project's own reader, as ``quartiers detect FILE`` uses it."""
    from quartiers.classify import classify_text
    from quartiers.detect import detect_text

    answers = []
    for text in texts:
        answer = Answer(detect_text(text).score)
        if answer.score >= 0.5:
            for topic in classify_text(text):
                answer.values.setdefault(topic.dimension, []).append(topic.value)
        answers.append(answer)
    return answers
