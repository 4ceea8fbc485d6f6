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

import pyarrow as pa

from quartiers import lexicon
from quartiers.reading import model as reading
from quartiers.reading.experts import Label, expert_labels
from quartiers.reading.features import digital_features
from quartiers.reading.heard import Heard, remember
from quartiers.shapes import DETECTION_SCHEMA, Because, record_text
from quartiers.text import fold, readable, tokens, words

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
    clean, places = readable(text)
    found = words(clean)
    known, model = lexicon.load(), reading.load()
    distinct = set(found)
    hits: list[lexicon.Hit] = []
    cues: list[lexicon.Cue] | None = None
    features: dict[str, float] = {}
    if explain_all or known.may_be_digital(distinct):
        hits = known.find(found, clean)
        if any(hit.entry.strength in lexicon.STRONG for hit in hits):
            cues = known.find_cues(found)
            features = digital_features(hits, cues, len(found))
    score = reading.sigmoid(model.digital_logit(distinct, features))
    low, high = model.doubt
    if score <= low:
        reasons = why_not(text, clean, places, hits) if explain_all else []
        return Detection("non-numerique", score, reasons)
    if cues is not None and score >= high:
        remember(text, Heard(clean, places, found, hits, cues))
    reasons = why_digital(text, clean, places, hits)
    return Detection("numerique" if score >= high else None, score, reasons)


def why_digital(
    text: str, clean: str, places: list[int] | None, hits: Sequence[lexicon.Hit]
) -> list[Because]:
    """The text's words that speak for «digital»: its concepts or, failing them, its heaviest words."""
    model, spans = reading.load(), tokens(fold(clean))
    order = {"decisive": 0, "support": 1, "none": 2}
    reasons: list[tuple[int, float, int, Because]] = []
    seen: set[str] = set()
    for hit in hits:
        rank = order.get(hit.entry.strength)
        if rank is None or hit.negated or hit.entry.slug in seen:
            continue
        seen.add(hit.entry.slug)
        level = model.features.get(f"level:{hit.entry.strength[0]}", 0.0)
        weight = level + model.features.get(f"c:{hit.entry.slug}", 0.0)
        reason = quoted(text, places, spans[hit.first][0], spans[hit.last - 1][1])
        reason.concept, reason.weight = hit.entry.slug, round(weight, 3)
        reasons.append((rank, -weight, hit.first, reason))
    if not reasons:
        for at, (start, end, word) in enumerate(spans):
            weight = model.word_scores[word]
            if word not in seen:
                seen.add(word)
                reason = quoted(text, places, start, end)
                reason.weight, reason.note = round(weight, 3), "mot qui pèse le plus"
                reasons.append((3, -weight, at, reason))
        reasons = sorted(reasons, key=lambda r: r[:3])[:1]
    return [r[3] for r in sorted(reasons, key=lambda r: r[:3])[:MOST_REASONS]]


def why_not(
    text: str, clean: str, places: list[int] | None, hits: Sequence[lexicon.Hit]
) -> list[Because]:
    """What was heard and not believed: false friends, negated words, lone hints."""
    spans, reasons = tokens(fold(clean)), []
    for hit in hits[:MOST_REASONS]:
        reason = quoted(text, places, spans[hit.first][0], spans[hit.last - 1][1])
        reason.concept = hit.entry.slug
        if hit.entry.strength == "faux":
            reason.note = "faux ami"
        elif hit.negated:
            reason.note = "nié dans le texte"
        else:
            reason.note = "indice insuffisant dans ce contexte"
        reasons.append(reason)
    return reasons or [Because(note="aucun mot du numérique")]


def quoted(text: str, places: list[int] | None, start: int, end: int) -> Because:
    """The words of the original text between two places of the text as read."""
    if places is not None:
        start, end = places[start], places[end]
    return Because(quote=text[start:end], start=start, end=end)


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
    because: list[list[dict[str, object]]] = []
    columns = (batch.column(name).to_pylist() for name in ("id", "title", "text"))
    for record, title, body in zip(*columns, strict=True):
        verdict = detect_text(record_text(title, body), explain_all=explain_all)
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
                reasons = detect_text(record_text(title, body), explain_all=True).because
            reasons = [*reasons, Because(note=note)]
        values.append(value)
        scores.append(verdict.score)
        methods.append(method)
        because.append([reason.as_dict() for reason in reasons])
    return pa.RecordBatch.from_arrays(
        [
            batch.column("id"),
            pa.array(values, pa.string()),
            pa.array(scores, pa.float32()),
            pa.array(methods, pa.string()),
            pa.array(because, DETECTION_SCHEMA.field("because").type),
        ],
        schema=DETECTION_SCHEMA,
    )
