"""Correct an initiative, say that one carries it, declare an error.

**Reads** the edition. **Writes** contributions.
**Method** The correction's form opens on what the edition says; only what changed is kept, beside what
was said before. **Limits** An initiative is corrected as a whole, not one source of it.
"""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from observatory.contribute import limits
from observatory.contribute.existing import Existing, existing
from observatory.contribute.forms import CORRECTED, TROUBLES, ClaimForm, CorrectForm, ErrorForm
from observatory.contribute.models import Contribution
from observatory.contribute.send import NotSent, SaidAlready, clean_cells, not_sent, send
from observatory.contribute.stop import already, too_many

Kind = Contribution.Kind
#: Kind of contribution → the page's title, and what it is for.
SAID = {
    Kind.CORRECT: (
        _("Corriger une fiche"),
        _("Changez ce qui doit l'être ; laissez le reste. Une personne relit avant publication."),
    ),
    Kind.CLAIM: (
        _("Je porte cette initiative"),
        _(
            "Dites qui vous êtes pour elle : une personne vérifie, puis votre structure paraît "
            "comme porteuse."
        ),
    ),
    Kind.ERROR: (
        _("Signaler une erreur"),
        _("Dites ce qui ne va pas. Rien ne change avant qu'une personne ait vérifié."),
    ),
}
_ID = re.compile(r"\bq[a-z2-7]{10}\b")


def found_or_404(identifier: str) -> Existing:
    """The initiative, or a plain 404."""
    found = existing(identifier)
    if found is None:
        raise Http404
    return found


def correct(request: HttpRequest, identifier: str) -> HttpResponse:
    """``/contribuer/corriger/<id>/``"""
    about = found_or_404(identifier)
    before = {name: about.cells.get(name, "") for name in CORRECTED}
    form = CorrectForm(request.POST or None, initial=before)
    keep_present_choice(form, "type_porteur", before["type_porteur"])
    if request.method == "POST" and form.is_valid():
        after = clean_cells({name: form.cleaned_data[name] for name in CORRECTED})
        changed = {
            name: after.get(name, "")
            for name in CORRECTED
            if after.get(name, "") != clean_cells(before).get(name, "")
        }
        if not changed:
            form.add_error(None, gettext("Rien n'a changé : corrigez au moins une case."))
        else:
            contribution = Contribution(
                kind=Kind.CORRECT,
                about=about.id,
                cells=changed,
                before={name: before[name] for name in changed} | {"nom": about.title},
                message=form.cleaned_data["message"],
            )
            return leave(request, form, contribution)
    return shown(request, Kind.CORRECT, form, about)


def keep_present_choice(form: forms.Form, name: str, value: str) -> None:
    """What a source says may be outside our list: it stays a choice of this form."""
    field: Any = form.fields[name]
    if value and value not in dict(field.choices):
        field.choices = [(value, value), *field.choices]


def claim(request: HttpRequest, identifier: str) -> HttpResponse:
    """``/contribuer/revendiquer/<id>/``"""
    about = found_or_404(identifier)
    form = ClaimForm(request.POST or None, initial={"porteur": about.cells["porteur"]})
    if request.method == "POST" and form.is_valid():
        contribution = Contribution(
            kind=Kind.CLAIM,
            about=about.id,
            cells=clean_cells({"porteur": form.cleaned_data["porteur"]}),
            before={"porteur": about.cells["porteur"], "nom": about.title},
            message=form.cleaned_data["message"],
        )
        return leave(request, form, contribution)
    return shown(request, Kind.CLAIM, form, about)


def declare_error(request: HttpRequest, identifier: str) -> HttpResponse:
    """``/contribuer/signaler/<id>/``"""
    about = found_or_404(identifier)
    form = ErrorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        other = _ID.search(form.cleaned_data["other"])
        contribution = Contribution(
            kind=Kind.ERROR,
            about=about.id,
            trouble=form.cleaned_data["trouble"],
            cells={"autre": other[0]} if other and other[0] != about.id else {},
            before={"nom": about.title},
            message=form.cleaned_data["message"] or str(TROUBLES[form.cleaned_data["trouble"]]),
        )
        return leave(request, form, contribution)
    return shown(request, Kind.ERROR, form, about)


def shown(request: HttpRequest, kind: Any, form: forms.Form, about: Existing) -> HttpResponse:
    """One of the three forms."""
    title, lead = SAID[Kind(kind)]
    context = {"form": form, "about": about, "title": title, "lead": lead}
    return render(request, "contribute/about.html", context, status=422 if form.errors else 200)


def leave(request: HttpRequest, form: forms.Form, contribution: Contribution) -> HttpResponse:
    """Send one thing; say plainly when it cannot be."""
    if not limits.may_pass(request, "send"):
        return too_many(request)
    try:
        _contact, waits = send(request, form.cleaned_data["email"], [contribution])
    except NotSent:
        messages.error(request, not_sent(), extra_tags="wrong")
        return redirect(request.path)
    except SaidAlready:
        return already(request)
    return redirect("contribute_sent" if waits else "contribute_received")
