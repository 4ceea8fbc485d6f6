"""detect: is it a digital initiative?

**Reads** records (title and text). **Writes** ``detections``: one row a record.
**Method** The lexicon finds the concepts named in the text, the learnt model weighs them with their
context and the words, calibrated to a probability. Between the two bounds of the doubt zone the
verdict is None («an expert should look»). An expert's label wins over the model, and says so. The
reasons are the record's own words, given for what is kept only: those of the digital, not the places,
publics or carriers named beside them.
**Limits** Judges what the text says, not what the place really does: a media library with nothing
said about its screens is not digital here. French texts only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from quartiers.lexicon import STRONG
from quartiers.reading import model as reading
from quartiers.reading.columns import batch_texts, because_column, uncollected
from quartiers.reading.experts import Label, expert_labels
from quartiers.reading.features import digital_features
from quartiers.reading.heard import recall, remember
from quartiers.reading.reasons import heaviest_word, of_concept, once_each
from quartiers.reading.skim import Heard, Skimmed
from quartiers.shapes import DETECTION_SCHEMA, Because

#: Reasons shown, the strongest first.
MOST_REASONS = 5
#: Hints are shown beside fewer decisive reasons than this: «imprimante» beside a lone «numérique».
FEW_REASONS = 2
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
    """The text's words that speak for «digital»: those that are decisive alone, then its hints where
    these are few; failing both, the heaviest word. What a text names besides (a place, a public, a
    carrier) is no reason."""
    known = reading.load()
    speaking = [hit for hit in heard.hits if hit.entry.strength in STRONG and not hit.negated]
    if not speaking:
        return heaviest_word(text, heard, known.weights_of(heard.words))
    ranked = []
    for hit in once_each(speaking, heard):
        strength, slug = hit.entry.strength, hit.entry.slug
        level = known.features.get(f"level:{strength[0]}", 0.0)
        weight = level + known.features.get(f"c:{slug}", 0.0)
        ranked.append((strength == "support", -weight, hit.first, hit))
    ranked.sort(key=lambda told: told[:3])
    decisive = sum(not is_hint for is_hint, *_ in ranked)
    reasons = []
    for _, weight, _, hit in ranked[: min(max(decisive, FEW_REASONS), MOST_REASONS)]:
        reason = of_concept(text, heard, hit)
        reason.weight = round(-weight, 3)
        reasons.append(reason)
    return reasons


def why_not(text: str, heard: Heard) -> list[Because]:
    """What was heard of the digital and not believed: false friends, negated words, lone hints."""
    reasons = []
    for hit in heard.hits:
        if hit.entry.strength not in (*STRONG, "faux"):
            continue
        reason = of_concept(text, heard, hit)
        if hit.entry.strength == "faux":
            reason.note = "faux ami"
        elif hit.negated:
            reason.note = "nié dans le texte"
        else:
            reason.note = "indice insuffisant dans ce contexte"
        reasons.append(reason)
    return reasons[:MOST_REASONS] or [Because(note="aucun mot du numérique")]


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
            if value == "numerique" and verdict.value == "non-numerique":
                reasons = why_digital(text, recall([text])[0])
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
