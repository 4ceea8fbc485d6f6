"""classify: which of the eight themes, which infrastructure topics, which forms of innovation?

**Reads** the records that detect keeps. **Writes** ``classifications``: a row a value.
**Method** One learnt question a theme, topic and form; a value is given from its own threshold,
placed on predictions out of fold. Rank 0 is the likeliest of its dimension: the main theme. The
reasons are the words of the text whose concept or context speaks for the value. An expert's label
wins, in the expert's order.
**Limits** A digital text that fits no theme gets none, as the study's division has it. Forms are
what the text says of itself, not an assessment of the action.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from quartiers.detect import quoted
from quartiers.reading import model as reading
from quartiers.reading.columns import batch_texts, because_column, uncollected
from quartiers.reading.experts import Label, expert_labels
from quartiers.reading.features import topic_features
from quartiers.reading.heard import recall
from quartiers.reading.skim import Heard
from quartiers.shapes import CLASSIFICATION_SCHEMA, DIMENSIONS, Because

#: Words of context that speak for a value, beside the concepts that carry it.
SPEAKING_CUES = {
    "formation": ("ecole", "apprendre", "acces"),
    "e-administration": ("demarches",),
    "insertion": ("emploi",),
    "entrepreneuriat": ("entreprise",),
    "logement": ("logement",),
    "mobilite": ("mobilite",),
    "culture": ("culture",),
    "citoyennete": ("citoyen",),
    "mediation": ("accompagner", "apprendre"),
    "frugal": ("recycler",),
    "hybride": ("lieu",),
    "declared": ("innover",),
}
#: Reasons shown a value.
MOST_REASONS = 3


@dataclass(slots=True)
class Topic:
    """One value given to a text."""

    dimension: str
    value: str
    score: float
    because: list[Because]


def classify_text(text: str) -> list[Topic]:
    """The values of a digital text, the likeliest first in each dimension."""
    return classify_texts([text])[0]


def classify_texts(texts: Sequence[str]) -> list[list[Topic]]:
    """The values of each digital text, the likeliest first in each dimension."""
    if not texts:
        return []
    model, heard = reading.load(), recall(texts)
    words = [h.words for h in heard]
    features = [topic_features(h.hits, h.cues, len(h.words)) for h in heard]
    limits = model.thresholds.tolist()
    return [
        sorted(
            (
                Topic(dimension, value, score, why_topic(value, text, h))
                for dimension, value, score in reading.given(scores, limits)
            ),
            key=lambda topic: (DIMENSIONS.index(topic.dimension), -topic.score),
        )
        for text, h, scores in zip(texts, heard, model.topic_scores(words, features), strict=True)
    ]


def why_topic(value: str, text: str, heard: Heard) -> list[Because]:
    """The words that speak for a value: the concepts that carry it, then the context; failing
    both, the word that weighs most."""
    reasons: list[Because] = []
    seen: set[str] = set()
    for hit in heard.hits:
        entry = hit.entry
        if hit.negated or entry.slug in seen:
            continue
        if value in (entry.theme, entry.infra, entry.form):
            seen.add(entry.slug)
            reason = quoted(text, heard, hit.first, hit.last)
            reason.concept = entry.slug
            reasons.append(reason)
    for cue in heard.cues:
        if cue.slug in SPEAKING_CUES.get(value, ()) and cue.slug not in seen:
            seen.add(cue.slug)
            reason = quoted(text, heard, cue.first, cue.last)
            reason.note = f"contexte : {cue.slug}"
            reasons.append(reason)
    if not reasons and heard.words:
        column = [v for _, v in reading.TOPICS].index(value)
        weights = reading.load().word_vectors.of(heard.words)[:, column].tolist()
        at = weights.index(max(weights))
        reason = quoted(text, heard, at, at + 1)
        reason.weight, reason.note = round(weights[at], 3), "mot qui pèse le plus"
        reasons.append(reason)
    return reasons[:MOST_REASONS]


def expert_topics(label: Label, machine: Sequence[Topic]) -> list[Topic]:
    """The expert's values, in the expert's order, with the model's reasons where they agree.

    On a dimension that the label does not cover whole, the expert's values join the machine's.
    """
    agreed = {(t.dimension, t.value): t for t in machine}
    note = Because(note=f"avis d'expert ({label.author}, {label.date})".replace(" (, )", ""))
    topics = []
    for dimension in DIMENSIONS:
        if dimension not in label.covers:
            topics += [t for t in machine if t.dimension == dimension]
            topics += [  # what the expert states, beside what the machine reads
                Topic(dimension, value, 1.0, [note])
                for value in label.values(dimension)
                if (dimension, value) not in agreed
            ]
            continue
        for value in label.values(dimension):
            known = agreed.get((dimension, value))
            reasons = [*(known.because if known else []), note]
            topics.append(Topic(dimension, value, known.score if known else 1.0, reasons))
    return topics


@uncollected()
def classify_batch(
    batch: pa.RecordBatch, *, machine: bool = False, labels: Mapping[str, Label] | None = None
) -> pa.RecordBatch:
    """The values of each record, in order. ``machine``: experts left aside; ``labels``: experts'
    words newer than the study's."""
    experts = {} if machine else expert_labels() | dict(labels or {})
    found = classify_texts(batch_texts(batch))
    methods = ["modele"] * len(found)
    for at, record in enumerate(batch["id"].to_pylist()):
        label = experts.get(record)
        if label is not None:
            found[at], methods[at] = expert_topics(label, found[at]), "expert"
    places = [at for at, topics in enumerate(found) for _ in topics]
    flat = [topic for topics in found for topic in topics]
    ranks = [rank for topics in found for rank in ranks_of(topics)]
    columns = [
        batch["id"].take(pa.array(places, pa.int32())),
        [topic.dimension for topic in flat],
        [topic.value for topic in flat],
        ranks,
        [topic.score for topic in flat],
        [methods[at] for at in places],
        because_column([topic.because for topic in flat]),
    ]
    arrays = [
        pa.array(column, f.type) if isinstance(column, list) else column
        for column, f in zip(columns, CLASSIFICATION_SCHEMA, strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=CLASSIFICATION_SCHEMA)


def ranks_of(topics: Sequence[Topic]) -> list[int]:
    """The rank of each topic in its dimension."""
    seen = dict.fromkeys(DIMENSIONS, -1)
    ranks = []
    for topic in topics:
        seen[topic.dimension] += 1
        ranks.append(seen[topic.dimension])
    return ranks
