"""detect: is it a digital initiative?

**Reads** records (title and text). **Writes** ``detections``: one row a record.
**Method** The lexicon finds the concepts named in the text, the learnt model weighs them with their
context and the words, calibrated to a probability. Between the two bounds of the doubt zone the
verdict is None («an expert should look»). An expert's label wins over the model, and says so. The
reasons are the record's own words, given for what is kept only.
**Limits** Judges what the text says, not what the place really does: a media library with nothing
said about its screens is not digital here. French texts only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from quartiers.reading import model as reading
from quartiers.reading.columns import batch_texts, because_column, uncollected
from quartiers.reading.experts import Label, expert_labels
from quartiers.reading.features import digital_features
from quartiers.reading.heard import remember
from quartiers.reading.skim import Heard, Skimmed
from quartiers.shapes import DETECTION_SCHEMA, Because

#: Reasons shown, the strongest first.
MOST_REASONS = 5
VALUES = {"oui": "numerique", "non": "non-numerique", "incertain": None}


@dataclass(slots=True)
class Detection:
    """The model's verdict on one text: ``value`` as in the table; ``score`` a probability."""

    value: str | None
    score: float
    because: list[Because]


def detect_text(text: str, *, explain_all: bool = False) -> Detection:
    """The model's verdict on one text, with its reasons when it is kept (or always)."""
    return detect_texts([text], explain_all=explain_all)[0]


def detect_texts(texts: Sequence[str], *, explain_all: bool = False) -> list[Detection]:
    """The model's verdict on each text. Most say nothing of the digital: their words alone are
    weighed, all at once; what else they name is not asked."""
    model, skimmed = reading.load(), Skimmed(texts)
    alone = model.digital_scores(skimmed.total)
    verdicts = [Detection("non-numerique", score, []) for score in alone.tolist()]
    worth = (alone > model.doubt[0]) | explain_all
    worth[skimmed.speaking()] = True
    for at in np.flatnonzero(worth).tolist():
        heard, words = skimmed.heard(at), float(skimmed.total[at])
        verdicts[at] = judge(texts[at], heard, words, explain_all=explain_all)
    return verdicts


def judge(text: str, heard: Heard, words: float, *, explain_all: bool) -> Detection:
    """The verdict on a text from all that is heard in it and what its words weigh."""
    model = reading.load()
    features = digital_features(heard.hits, heard.cues, len(heard.words))
    score = model.digital_score(words, features)
    low, high = model.doubt
    if score <= low:
        return Detection("non-numerique", score, why_not(text, heard) if explain_all else [])
    if score >= high:
        remember(text, heard)
    return Detection("numerique" if score >= high else None, score, why_digital(text, heard))


def why_digital(text: str, heard: Heard) -> list[Because]:
    """The text's words that speak for «digital»: its concepts or, failing them, its heaviest word."""
    model = reading.load()
    order = {"decisive": 0, "support": 1, "none": 2}
    reasons: list[tuple[int, float, int, Because]] = []
    seen: set[str] = set()
    for hit in heard.hits:
        rank = order.get(hit.entry.strength)
        if rank is None or hit.negated or hit.entry.slug in seen:
            continue
        seen.add(hit.entry.slug)
        level = model.features.get(f"level:{hit.entry.strength[0]}", 0.0)
        weight = level + model.features.get(f"c:{hit.entry.slug}", 0.0)
        reason = quoted(text, heard, hit.first, hit.last)
        reason.concept, reason.weight = hit.entry.slug, round(weight, 3)
        reasons.append((rank, -weight, hit.first, reason))
    if not reasons:
        weights = model.weights_of(heard.words)
        at = weights.index(max(weights))
        reason = quoted(text, heard, at, at + 1)
        reason.weight, reason.note = round(weights[at], 3), "mot qui pèse le plus"
        return [reason]
    return [r[3] for r in sorted(reasons, key=lambda r: r[:3])[:MOST_REASONS]]


def why_not(text: str, heard: Heard) -> list[Because]:
    """What was heard and not believed: false friends, negated words, lone hints."""
    reasons = []
    for hit in heard.hits[:MOST_REASONS]:
        reason = quoted(text, heard, hit.first, hit.last)
        reason.concept = hit.entry.slug
        if hit.entry.strength == "faux":
            reason.note = "faux ami"
        elif hit.negated:
            reason.note = "nié dans le texte"
        else:
            reason.note = "indice insuffisant dans ce contexte"
        reasons.append(reason)
    return reasons or [Because(note="aucun mot du numérique")]


def quoted(text: str, heard: Heard, first: int, last: int) -> Because:
    """Words ``first`` to ``last`` (excluded) as the original text writes them."""
    start, end = heard.starts[first], heard.ends[last - 1]
    if heard.places is not None:
        start, end = heard.places[start], heard.places[end]
    return Because(quote=text[start:end], start=start, end=end)


@uncollected()
def detect_batch(
    batch: pa.RecordBatch,
    *,
    machine: bool = False,
    explain_all: bool = False,
    labels: Mapping[str, Label] | None = None,
) -> pa.RecordBatch:
    """One verdict a record, in order. ``machine``: the model's opinion, experts left aside.
    ``explain_all``: reasons for a no too. ``labels``: experts' words newer than the study's."""
    experts = {} if machine else expert_labels() | dict(labels or {})
    values: list[str | None] = []
    scores: list[float] = []
    methods: list[str] = []
    because: list[list[Because]] = []
    texts = batch_texts(batch)
    verdicts = detect_texts(texts, explain_all=explain_all)
    for record, text, verdict in zip(batch["id"].to_pylist(), texts, verdicts, strict=True):
        value, method = verdict.value, "modele"
        reasons = verdict.because
        label = experts.get(record)
        if label is not None:
            method = "expert"
            value = VALUES[label.digital]
            if label.digital == "non" and not explain_all:
                reasons = []
            who = f"{label.author}, {label.date}".strip(", ")
            note = f"avis d'expert : {label.digital}" + (f" ({who})" if who else "")
            if value == "numerique" and not reasons:
                reasons = detect_text(text, explain_all=True).because
            reasons = [*reasons, Because(note=note)]
        values.append(value)
        scores.append(verdict.score)
        methods.append(method)
        because.append(reasons)
    return pa.RecordBatch.from_arrays(
        [
            batch.column("id"),
            pa.array(values, pa.string()),
            pa.array(scores, pa.float32()),
            pa.array(methods, pa.string()),
            because_column(because),
        ],
        schema=DETECTION_SCHEMA,
    )
