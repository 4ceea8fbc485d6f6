"""The queue: what waits, what the machine makes of it, what it may repeat; and the decision.

**Reads** contributions, the edition. **Writes** decisions (``decide.py``).
**Method** Oldest first. A correction is shown as what changes; a new initiative with the machine's verdict
and reasons and its likely duplicates; each with its history.
**Limits** Twenty-five a page; a hundred rows of a batch, or acts of the journal.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from observatory.contribute.decide import (
    OPEN,
    VERDICTS,
    AlreadyDecided,
    Decision,
    decide,
    decide_batch,
    machine_of,
)
from observatory.contribute.duplicates import likely_duplicates
from observatory.contribute.existing import existing
from observatory.contribute.forms import TROUBLES, WORDS
from observatory.contribute.models import Act, Batch, Contribution
from observatory.contribute.send import NotSent
from observatory.contribute.story import gist, in_words, journal_lines, story
from observatory.contribute.walls import needs
from observatory.names import THEMES

Kind, Status = Contribution.Kind, Contribution.Status
A_PAGE = 25
#: Rows of a batch, acts of the journal.
A_LIST = 100
#: The tabs of the queue.
SHELVES = {
    "pending": gettext_lazy("À relire"),
    "asked": gettext_lazy("Précision demandée"),
    "accepted": gettext_lazy("Acceptées"),
    "refused": gettext_lazy("Refusées"),
}
#: What a moderator may answer.
DIGITAL = {
    "oui": gettext_lazy("Oui"),
    "non": gettext_lazy("Non"),
    "incertain": gettext_lazy("On ne peut pas dire"),
}


class DecisionForm(forms.Form):
    """The moderator's answer."""

    verdict = forms.ChoiceField(choices=[(v, v) for v in VERDICTS])
    reason = forms.CharField(required=False, max_length=2000)
    digital = forms.ChoiceField(required=False, choices=[("", ""), *DIGITAL.items()])
    themes = forms.MultipleChoiceField(required=False, choices=list(THEMES.items()))
    same_as = forms.MultipleChoiceField(required=False)

    def clean(self) -> dict[str, Any]:
        """A refusal or a question says why."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("verdict") in ("refuse", "ask") and not cleaned.get("reason", "").strip():
            self.add_error("reason", _("Dites pourquoi : la personne le lira."))
        return cleaned


def number(request: HttpRequest) -> int:
    """The page asked for; 1 when it is no number."""
    given = request.GET.get("page", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 6 else 1


@needs("contribute.moderate")
def queue(request: HttpRequest) -> HttpResponse:
    """``/moderation/``"""
    shelf = request.GET.get("etat", "pending")
    shelf = shelf if shelf in SHELVES else "pending"
    counts = dict(
        Contribution.objects.filter(status__in=SHELVES)
        .values_list("status")
        .annotate(n=Count("id"))
        .order_by()
    )
    found = Contribution.objects.filter(status=shelf).select_related("batch")
    if shelf in ("accepted", "refused"):
        found = found.order_by("-decided_at", "id")
    page = Paginator(found, A_PAGE).get_page(number(request))
    context = {
        "page": page,
        "shelf": shelf,
        "shelves": [(name, words, counts.get(name, 0)) for name, words in SHELVES.items()],
        "rows": [(c, gist(c), machine_of(c)) for c in page],
    }
    return render(request, "moderation/queue.html", context)


@needs("contribute.moderate")
def one(request: HttpRequest, identifier: str) -> HttpResponse:
    """``/moderation/<id>/``"""
    contribution = get_object_or_404(Contribution, id=identifier)
    is_new = contribution.kind == Kind.DECLARE
    twins = likely_duplicates(contribution) if is_new else []
    machine = machine_of(contribution)
    form = DecisionForm(request.POST or None)
    form.fields["same_as"].choices = [(twin.record, twin.title) for twin in twins]
    if request.method == "POST" and form.is_valid():
        return decided(request, contribution, form.cleaned_data, machine)
    digital, themes = answered(machine)
    context = {
        "c": contribution,
        "form": form,
        "machine": machine,
        "twins": twins,
        "is_open": contribution.status in OPEN,
        "facts": facts(contribution),
        "about": existing(contribution.about) if contribution.about else None,
        "trouble": TROUBLES.get(contribution.trouble, ""),
        "themes": THEMES,
        "digital_choices": DIGITAL.items(),
        "digital_now": digital,
        "chosen": contribution.themes or themes,
        "story": story(contribution),
    }
    return render(request, "moderation/one.html", context, status=422 if form.errors else 200)


def answered(machine: dict[str, Any]) -> tuple[str, list[str]]:
    """What the machine would answer in the moderator's place: digital or not, the themes."""
    said = machine.get("digital", {}).get("value")
    digital = {"numerique": "oui", "non-numerique": "non"}.get(said, "incertain")
    return digital, [guess["value"] for guess in machine.get("themes", [])]


def decided(
    request: HttpRequest, contribution: Contribution, given: dict[str, Any], machine: dict[str, Any]
) -> HttpResponse:
    """Write one decision; back to the queue."""
    decision = Decision(given["verdict"], given["reason"].strip(), given["same_as"])
    if contribution.kind == Kind.DECLARE and given["digital"]:
        digital, themes = answered(machine)
        if given["digital"] != digital or set(given["themes"]) != set(themes):
            decision.digital = given["digital"]
            decision.topics = {"theme": given["themes"], **machine.get("topics", {})}
    try:
        decide(request, contribution.id, decision)
    except AlreadyDecided:
        messages.warning(request, _("Quelqu'un d'autre vient de décider."), extra_tags="doubt")
    except NotSent:
        messages.error(
            request, _("Le courriel n'a pas pu partir : rien n'est décidé."), extra_tags="wrong"
        )
        return redirect("moderation_one", contribution.id)
    else:
        messages.success(request, _("C'est décidé, et la personne est prévenue."), extra_tags="ok")
    return redirect("moderation")


@needs("contribute.moderate")
def batch(request: HttpRequest, identifier: int) -> HttpResponse:
    """``/moderation/lot/<id>/``: a spreadsheet, row by row or together."""
    kept = get_object_or_404(Batch, id=identifier)
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        decision = Decision(form.cleaned_data["verdict"], form.cleaned_data["reason"].strip())
        try:
            count = decide_batch(request, kept, decision)
        except NotSent:
            messages.error(
                request, _("Le courriel n'a pas pu partir : rien n'est décidé."), extra_tags="wrong"
            )
        else:
            messages.success(request, _("%(n)s lignes décidées.") % {"n": count}, extra_tags="ok")
        return redirect("moderation_batch", identifier)
    page = Paginator(kept.contributions.all(), A_LIST).get_page(number(request))
    context = {
        "batch": kept,
        "page": page,
        "form": form,
        "open": kept.contributions.filter(status__in=OPEN).count(),
    }
    return render(request, "moderation/batch.html", context, status=422 if form.errors else 200)


@needs("contribute.moderate")
def journal(request: HttpRequest) -> HttpResponse:
    """``/moderation/journal/``: who did what."""
    page = Paginator(Act.objects.all(), A_LIST).get_page(number(request))
    context = {"page": page, "lines": journal_lines(page)}
    return render(request, "moderation/journal.html", context)


def facts(contribution: Contribution) -> list[tuple[Any, str, str | None]]:
    """(what it is called, what is said now, what was said before or None) of each cell."""
    rows = []
    names = [n for n in WORDS if n in contribution.cells or n in contribution.before]
    if contribution.kind == Kind.DECLARE:
        names = [n for n in names if n != "nom"]  # the title of the page
    names += [n for n in contribution.cells if n not in WORDS and n != "autre"]
    for name in names:
        now = contribution.cells.get(name)
        if contribution.kind != Kind.DECLARE and now is None:
            continue
        before = contribution.before.get(name) if contribution.kind != Kind.DECLARE else None
        label = WORDS.get(name, (name, ""))[0]
        rows.append((label, in_words(name, str(now or "")), before and in_words(name, before)))
    return rows
