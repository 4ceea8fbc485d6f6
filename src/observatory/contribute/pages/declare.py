"""Declare an initiative, in three short pages and a last look.

**Reads** the draft. **Writes** the draft, then a contribution.
**Method** Each page keeps what was typed and goes on; going back shows it again. What the engine
proposes after a page is on the next one, with its reason, to be corrected. With JavaScript the same
proposal, drawn by the same template, is refreshed while typing.
**Limits** Nothing is sent before the last page.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from observatory.contribute import drafts, limits
from observatory.contribute.forms import (
    STEPS,
    WORDS,
    SendForm,
    WhatForm,
    WhereForm,
    WhoForm,
)
from observatory.contribute.models import Contribution, Draft
from observatory.contribute.send import NotSent, SaidAlready, clean_cells, not_sent, send
from observatory.contribute.stop import already, too_many
from observatory.contribute.story import in_words
from observatory.contribute.suggest import Proposal, propose
from observatory.names import THEMES
from quartiers.check import fields as schema
from quartiers.territories import load

FORMS = {"quoi": WhatForm, "ou": WhereForm, "qui": WhoForm}
ORDER = (*FORMS, "relire")


def step(request: HttpRequest, step: str = "quoi") -> HttpResponse:
    """``/contribuer/initiative/<step>/``"""
    if step not in ORDER:
        raise Http404
    draft = drafts.find(request)
    cells = draft.cells if draft else {}
    if step != "quoi" and not {"nom", "description"} <= set(cells):
        return redirect("contribute_declare")
    if step == "relire":
        return last_look(request, draft or Draft())
    proposal = propose(texts(cells)) if step != "quoi" or cells else None
    if request.method == "POST":
        form = FORMS[step](request.POST)
        if form.is_valid():
            draft = draft or Draft()
            draft.cells = {**cells, **form.cleaned_data}
            draft.save()
            target = ORDER[ORDER.index(step) + 1]
            return drafts.keep(redirect("contribute_step", target), draft)
    else:
        form = FORMS[step](initial=beginning(cells, proposal))
    chosen = form["code_qpv"].value() or "" if "code_qpv" in form.fields else ""
    context = {
        "form": form,
        "step": step,
        "number": ORDER.index(step) + 1,
        "before": ORDER[ORDER.index(step) - 1] if step != "quoi" else None,
        "proposal": proposal,
        "chosen_themes": form["themes"].value() or [] if "themes" in form.fields else [],
        "chosen_quarter": chosen,
        "quarters": sorted(proposal.quarters, key=lambda q: q[0] != chosen) if proposal else [],
        "themes": THEMES,
    }
    return render(request, "contribute/step.html", context, status=422 if form.errors else 200)


def beginning(cells: dict[str, Any], proposal: Proposal | None) -> dict[str, Any]:
    """What a page shows first: what was typed, else what the engine proposes."""
    shown = dict(cells)
    if proposal and "themes" not in cells:
        shown["themes"] = [guess.value for guess in proposal.themes]
    if proposal and "code_qpv" not in cells and proposal.quarter:
        shown["code_qpv"] = proposal.quarter.value
    return shown


def texts(cells: dict[str, Any]) -> dict[str, str]:
    """The cells that the schema knows, as words."""
    known = schema()
    return {
        name: str(value)[: known[name]["constraints"].get("maxLength", 320)]
        for name, value in cells.items()
        if name in known and value
    }


def last_look(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Reread, leave an e-mail, send."""
    form = SendForm(request.POST or None)
    cells = clean_cells(texts(draft.cells))
    proposal = propose(cells)
    if request.method == "POST" and form.is_valid():
        if not limits.may_pass(request, "send"):
            return too_many(request)
        contribution = Contribution(
            kind=Contribution.Kind.DECLARE,
            cells=cells,
            themes=[slug for slug in draft.cells.get("themes", []) if slug in THEMES],
        )
        try:
            _contact, waits = send(request, form.cleaned_data["email"], [contribution])
        except NotSent:
            messages.error(request, not_sent(), extra_tags="wrong")
            return redirect("contribute_step", "relire")
        except SaidAlready:
            return already(request)
        return drafts.drop(redirect("contribute_sent" if waits else "contribute_received"), draft)
    told = [
        (name, [(WORDS[c][0], in_words(c, cells.get(c, ""))) for c in columns])
        for name, columns in STEPS.items()
    ]
    context = {
        "form": form,
        "told": told,
        "themes": [slug for slug in draft.cells.get("themes", []) if slug in THEMES],
        "quarter": load().label(cells["code_qpv"]) if cells.get("code_qpv") else "",
        "proposal": proposal,
    }
    return render(request, "contribute/relire.html", context, status=422 if form.errors else 200)


@require_POST
def suggest(request: HttpRequest) -> HttpResponse:
    """``/contribuer/proposer/``: the proposal for what is being typed, as a piece of page."""
    if not limits.may_pass(request, "suggest"):
        return HttpResponse(status=429)
    draft = drafts.find(request)
    cells = {**(draft.cells if draft else {}), **request.POST.dict()}
    return render(request, "contribute/heard.html", {"proposal": propose(texts(cells))})


def sent(request: HttpRequest) -> HttpResponse:
    """``/contribuer/envoye/``: look at your e-mail."""
    return render(request, "contribute/sent.html")


def received(request: HttpRequest) -> HttpResponse:
    """``/contribuer/recu/``: sent from an account, nothing to confirm."""
    return render(request, "contribute/received.html")
