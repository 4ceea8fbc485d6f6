"""The machine's doubts: records to label, pairs to settle; answers become judgements.

**Reads** the edition. **Writes** judgements.
**Method** Records in the order of ``quartiers review`` (uncertainty × novelty × reach), as the build left it
in ``doubts.parquet``; pairs from the most uncertain. What was answered leaves the queue.
**Limits** An edition built before that file existed gives its undecided records, the most uncertain first.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

import pyarrow.parquet as pq
from django import forms
from django.contrib import messages
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from observatory.contribute import limits
from observatory.contribute.decide import judge, pair_of, still_holds
from observatory.contribute.duplicates import weighed
from observatory.contribute.models import Judgement, Opinion
from observatory.contribute.walls import needs
from observatory.edition import Edition, current
from observatory.names import FORMS, INFRA, THEMES
from quartiers.classify import classify_text
from quartiers.detect import detect_text
from quartiers.shapes import record_text

A_PAGE = 10


class LabelForm(forms.Form):
    """The answer about a record: as a line of the review's sheet."""

    about = forms.CharField(max_length=300)
    digital = forms.ChoiceField(choices=[(v, v) for v in ("oui", "non", "incertain")])
    theme = forms.MultipleChoiceField(required=False, choices=list(THEMES.items()))
    infra = forms.MultipleChoiceField(required=False, choices=list(INFRA.items()))
    form = forms.MultipleChoiceField(required=False, choices=list(FORMS.items()))


class PairForm(forms.Form):
    """The answer about a pair."""

    a = forms.CharField(max_length=300)
    b = forms.CharField(max_length=300)
    answer = forms.ChoiceField(choices=[(v, v) for v in ("meme", "different", "doute")])


@lru_cache(maxsize=2)
def doubted(edition: Edition) -> list[dict[str, Any]]:
    """The records worth an expert's minute, the best first: id, text, score."""
    kept = edition.path / "doubts.parquet"
    if kept.is_file():
        rows: list[dict[str, Any]] = pq.read_table(kept).to_pylist()
        return rows
    found = edition.rows(
        "SELECT r.id, r.title, r.text, d.score FROM detections d JOIN records r ON r.id = d.about "
        "WHERE d.value IS NULL ORDER BY abs(d.score - 0.5), r.id LIMIT 500"
    )
    return [
        {"id": r["id"], "text": record_text(r["title"], r["text"]), "score": r["score"]}
        for r in found
    ]


@needs("contribute.judge")
def records(request: HttpRequest) -> HttpResponse:
    """``/moderation/doutes/``"""
    form = LabelForm(request.POST or None)
    queue = doubted(current())
    if request.method == "POST":
        if form.is_valid() and form.cleaned_data["about"] in {row["id"] for row in queue}:
            given = form.cleaned_data
            topics = {d: given[d] for d in ("theme", "infra", "form")}
            judge(
                request.user,
                subject="record",
                first=given["about"],
                answer=given["digital"],
                topics=topics if given["digital"] == "oui" else {},
            )
            messages.success(request, _("C'est noté."), extra_tags="ok")
        else:
            messages.error(request, _("Cette réponse n'est pas complète."), extra_tags="wrong")
        return redirect("moderation_doubts")
    answered = set(Judgement.objects.filter(subject="record").values_list("first", flat=True))
    waiting = [row for row in queue if row["id"] not in answered]
    context = {
        "left": len(waiting),
        "rows": [opinion(row) for row in waiting[:A_PAGE]],
        "themes": THEMES,
        "infra": INFRA,
        "forms": FORMS,
    }
    return render(request, "moderation/doubts.html", context)


def opinion(row: dict[str, Any]) -> dict[str, Any]:
    """A record with the machine's opinion and the words that it rests on."""
    verdict = detect_text(row["text"], explain_all=True)
    values = {(t.dimension, t.value) for t in classify_text(row["text"])}
    title, dash, text = row["text"].partition(" — ")  # as record_text joins them
    return row | {
        "title": title if dash else "",
        "text": text if dash else title,
        "quotes": list(dict.fromkeys(b.quote for b in verdict.because if b.quote)),
        "chosen": [value for _dimension, value in values],
    }


@needs("contribute.judge")
def pairs(request: HttpRequest) -> HttpResponse:
    """``/moderation/paires/``"""
    form = PairForm(request.POST or None)
    edition = current()
    if request.method == "POST":
        given = form.cleaned_data if form.is_valid() else {}
        known = given and edition.value(
            "SELECT 1 FROM pairs WHERE a = ? AND b = ?", [given["a"], given["b"]]
        )
        if known:
            judge(request.user, **pair_of(given["a"], given["b"], given["answer"]))
            messages.success(request, _("C'est noté."), extra_tags="ok")
        else:
            messages.error(request, _("Cette paire n'est pas dans l'édition."), extra_tags="wrong")
        return redirect("moderation_pairs")
    answered = {  # an answer about what a source no longer says is asked again
        (one.first, one.second)
        for one in Judgement.objects.filter(subject="pair")
        if is_doubt(edition, (one.first, one.second)) and still_holds(one)
    }
    found = edition.rows(
        "SELECT a, b, score, because FROM pairs WHERE decision = 'doute' "
        "ORDER BY abs(score - 0.5), a, b LIMIT ?",
        [A_PAGE + len(answered)],
    )
    waiting = [row for row in found if (row["a"], row["b"]) not in answered][:A_PAGE]
    context = {
        "left": edition.value("SELECT count(*) FROM pairs WHERE decision = 'doute'")
        - len(answered),
        "rows": [
            {
                "a": row["a"],
                "b": row["b"],
                "sides": [record_of(edition, row[side]) for side in ("a", "b")],
                "score": row["score"],
                **weighed((b["note"], b["weight"]) for b in json.loads(row["because"] or "[]")),
            }
            for row in waiting
        ],
    }
    return render(request, "moderation/pairs.html", context)


def is_doubt(edition: Edition, pair: tuple[str, str]) -> bool:
    """Whether an answered pair is one of this edition's doubts."""
    word = edition.value("SELECT decision FROM pairs WHERE a = ? AND b = ?", pair)
    return bool(word == "doute")


def record_of(edition: Edition, identifier: str) -> dict[str, Any]:
    """What a source says of one thing, as an expert compares it."""
    row = edition.row("SELECT * FROM records WHERE id = ?", [identifier])
    return dict(row) if row else {"id": identifier, "title": identifier}


@require_POST
def judge_opportunity(request: HttpRequest) -> HttpResponse:
    """``/rencontres/avis/``: useful or not; a count a day, nobody's name."""
    word, about = request.POST.get("useful", ""), request.POST.get("opportunity", "").strip()
    known = word in ("oui", "non") and 0 < len(about) <= 200 and "\0" not in about
    if known and limits.may_pass(request, "opinion"):
        row, _made = Opinion.objects.get_or_create(
            opportunity=about, answer=word, day=timezone.localdate()
        )
        Opinion.objects.filter(id=row.id).update(count=F("count") + 1)
        messages.success(request, _("Merci, votre avis est compté."), extra_tags="ok")
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return redirect(target if safe else "opportunities")
