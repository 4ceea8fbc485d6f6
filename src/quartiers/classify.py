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

from quartiers import lexicon
from quartiers.detect import quoted
from quartiers.reading import model as reading
from quartiers.reading.experts import Label, expert_labels
from quartiers.reading.features import topic_features
from quartiers.reading.heard import recall
from quartiers.shapes import CLASSIFICATION_SCHEMA, DIMENSIONS, Because, record_text

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
    heard, model = recall(text), reading.load()
    hits, cues = heard.hits, heard.cues
    scores = model.topic_scores(heard.words, topic_features(hits, cues, len(heard.words)))
    given = reading.given(scores, model.thresholds.tolist())
    if not given:
        return []
    spans = heard.spans()
    topics = [
        Topic(d, v, score, why_topic(v, text, heard.places, spans, hits, cues))
        for d, v, score in given
    ]
    return sorted(topics, key=lambda t: (DIMENSIONS.index(t.dimension), -t.score))


def why_topic(
    value: str,
    text: str,
    places: list[int] | None,
    spans: Sequence[tuple[int, int, str]],
    hits: Sequence[lexicon.Hit],
    cues: Sequence[lexicon.Cue],
) -> list[Because]:
    """The words that speak for a value: the concepts that carry it, then the context; failing
    both, the word that weighs most."""
    reasons: list[Because] = []
    seen: set[str] = set()
    for hit in hits:
        entry = hit.entry
        if value in (entry.theme, entry.infra, entry.form) and not hit.negated:
            reason = quoted(text, places, spans[hit.first][0], spans[hit.last - 1][1])
            reason.concept = entry.slug
            if entry.slug not in seen:
                seen.add(entry.slug)
                reasons.append(reason)
    for cue in cues:
        if cue.slug in SPEAKING_CUES.get(value, ()) and cue.slug not in seen:
            seen.add(cue.slug)
            reason = quoted(text, places, spans[cue.first][0], spans[cue.last - 1][1])
            reason.note = f"contexte : {cue.slug}"
            reasons.append(reason)
    if not reasons and spans:
        model = reading.load()
        column = [v for _, v in reading.TOPICS].index(value)
        start, end, word = max(spans, key=lambda s: float(model.word_vectors[s[2]][column]))
        reason = quoted(text, places, start, end)
        reason.weight = round(float(model.word_vectors[word][column]), 3)
        reason.note = "mot qui pèse le plus"
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


def classify_batch(
    batch: pa.RecordBatch, *, machine: bool = False, labels: Mapping[str, Label] | None = None
) -> pa.RecordBatch:
    """The values of each record, in order. ``machine``: experts left aside; ``labels``: experts'
    words newer than the study's."""
    experts = {} if machine else expert_labels() | dict(labels or {})
    rows: list[tuple[str, str, str, int, float, str, list[dict[str, object]]]] = []
    columns = (batch.column(name).to_pylist() for name in ("id", "title", "text"))
    for record, title, body in zip(*columns, strict=True):
        topics, method = classify_text(record_text(title, body)), "modele"
        label = experts.get(record)
        if label is not None:
            topics, method = expert_topics(label, topics), "expert"
        ranks = dict.fromkeys(DIMENSIONS, 0)
        for t in topics:
            because = [reason.as_dict() for reason in t.because]
            rows.append(
                (record, t.dimension, t.value, ranks[t.dimension], t.score, method, because)
            )
            ranks[t.dimension] += 1
    return pa.RecordBatch.from_arrays(
        [
            pa.array([row[i] for row in rows], type=f.type)
            for i, f in enumerate(CLASSIFICATION_SCHEMA)
        ],
        schema=CLASSIFICATION_SCHEMA,
    )
