"""classify: which of the eight themes, which infrastructure topics, which forms of innovation?

**Reads** the records that detect keeps. **Writes** ``classifications``: a row a value.
**Method** One learnt question a theme, topic and form; a value is given from its own threshold,
placed on predictions out of fold. Rank 0 is the likeliest of its dimension: the main theme. The
reasons are the words of the text whose concept or context speaks for the value, none twice. An expert's label
wins, in the expert's order.
**Limits** A digital text that fits no theme gets none, as the study's division has it. Forms are
what the text says of itself, not an assessment of the action.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from quartiers.lexicon import STRONG, Cue, Hit
from quartiers.reading import model as reading
from quartiers.reading.columns import batch_texts, because_column, uncollected
from quartiers.reading.experts import Label, expert_labels
from quartiers.reading.features import topic_features
from quartiers.reading.heard import recall
from quartiers.reading.reasons import heaviest_word, of_concept, once_each, quoted
from quartiers.reading.skim import Heard
from quartiers.shapes import CLASSIFICATION_SCHEMA, DIMENSIONS, Because
from quartiers.text import stem

#: Words of context that speak for a value, beside the concepts that carry it.
SPEAKING_CUES = {
    "formation": ("ecole", "apprendre"),
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
    found = []
    for text, h, scores in zip(texts, heard, model.topic_scores(words, features), strict=True):
        free = free_cues(h)
        topics = [
            Topic(dimension, value, score, why_topic(value, text, h, free))
            for dimension, value, score in reading.given(scores, limits)
        ]
        topics.sort(key=lambda topic: (DIMENSIONS.index(topic.dimension), -topic.score))
        found.append(topics)
    return found


def why_topic(value: str, text: str, heard: Heard, free: Sequence[Cue]) -> list[Because]:
    """The words that speak for a value: the concepts that carry it, the heaviest first, then ``free``
    words of context that say something more; failing both, the concept of the digital or the
    context that weighs most for it; failing all, the word that does."""
    column = reading.COLUMNS[value]
    carrying = once_each([hit for hit in heard.hits if carries(hit, value)], heard)
    if len(carrying) > 1:
        weight = reading.load().topic_weight
        carrying.sort(
            key=lambda hit: (
                hit.entry.strength != "decisive",
                -weight(f"c:{hit.entry.slug}", column),
            )
        )
    reasons = [of_concept(text, heard, hit) for hit in carrying[:MOST_REASONS]]
    speaking = SPEAKING_CUES.get(value, ())
    if speaking and len(reasons) < MOST_REASONS:
        around = first_each([cue for cue in free if cue.slug in speaking], carrying, heard)
        reasons += [of_context(text, heard, cue) for cue in around[: MOST_REASONS - len(reasons)]]
    return reasons or why_else(value, text, heard)


def carries(hit: Hit, value: str) -> bool:
    """Whether a concept is named, and speaks for the value."""
    entry = hit.entry
    return value in (entry.theme, entry.infra, entry.form) and not hit.negated


def free_cues(heard: Heard) -> list[Cue]:
    """The words of context that no concept holds."""
    held: set[int] = set()
    for hit in heard.hits:
        held.update(range(hit.first, hit.last))
    return [cue for cue in heard.cues if cue.first not in held and cue.last - 1 not in held]


def first_each(cues: Sequence[Cue], carrying: Sequence[Hit], heard: Heard) -> list[Cue]:
    """The first word of each context that the concepts do not say already; a word of two once."""
    if not cues:
        return []
    told = {stem(word) for hit in carrying for word in heard.words[hit.first : hit.last]}
    kept: dict[str, Cue] = {}
    for cue in cues:
        said = {stem(word) for word in heard.words[cue.first : cue.last]}
        if cue.slug not in kept and not said <= told:
            kept[cue.slug] = cue
            told |= said
    return list(kept.values())


def why_else(value: str, text: str, heard: Heard) -> list[Because]:
    """What weighs most for a value that nothing carries."""
    model, column = reading.load(), reading.COLUMNS[value]
    digital = [hit for hit in heard.hits if hit.entry.strength in STRONG and not hit.negated]
    around = [cue for cue in heard.cues if cue.slug in SPEAKING_CUES.get(value, ())]
    others = [
        (model.topic_weight(f"c:{hit.entry.slug}", column), of_concept(text, heard, hit))
        for hit in once_each(digital, heard)
    ]
    others += [
        (model.topic_weight(f"q:{cue.slug}", column), of_context(text, heard, cue))
        for cue in around
    ]
    weight, reason = max(others, key=lambda other: other[0], default=(0.0, Because()))
    if weight > 0:
        reason.weight = round(weight, 3)
        return [reason]
    return heaviest_word(text, heard, model.word_vectors.of(heard.words)[:, column].tolist())


def of_context(text: str, heard: Heard, cue: Cue) -> Because:
    """A word of context as a reason."""
    reason = quoted(text, heard, cue.first, cue.last)
    reason.note = f"contexte : {cue.slug}"
    return reason


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
