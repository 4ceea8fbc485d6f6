"""What a signed link opens: confirm, follow, answer a question, be forgotten.

**Reads** a contact and what it sent. **Writes** statuses, an answer, erasures.
**Method** A link only shows a page; a button acts, so that a mail program that opens links to look at
them decides nothing. **Limits** A link that is too old or false is answered 404, with words.
"""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from observatory.contribute import limits, links
from observatory.contribute.forget import forget
from observatory.contribute.forms import ForgetForm, ReplyForm
from observatory.contribute.journal import write
from observatory.contribute.models import Contact, Contribution
from observatory.contribute.send import confirm as confirm_contact
from observatory.contribute.send import stripped
from observatory.contribute.stop import lost

Status = Contribution.Status


def contact_of(use: str, token: str) -> Contact | None:
    """The contact that a link speaks of, if it still exists."""
    key = links.read(use, token[:500])
    try:
        return Contact.objects.filter(id=uuid.UUID(key)).first() if key else None
    except ValueError:
        return None


def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """``/contribuer/confirmer/<token>/``"""
    contact = contact_of("confirm", token)
    if contact is None:
        return lost(request)
    if request.method == "POST":
        confirm_contact(contact)
        messages.success(request, _("C'est confirmé : une personne va relire."), extra_tags="ok")
        return redirect("contribute_follow", links.token("follow", str(contact.id)))
    sent = list(contact.contributions.all()[:50])
    return render(request, "contribute/confirm.html", {"sent": sent, "contact": contact})


def follow(request: HttpRequest, token: str) -> HttpResponse:
    """``/contribuer/suivre/<token>/``: where each thing stands; a question answered here."""
    contact = contact_of("follow", token)
    if contact is None:
        return lost(request)
    reply = ReplyForm(request.POST or None)
    if request.method == "POST" and reply.is_valid():
        if not limits.may_pass(request, "link"):
            return lost(request)
        answer(contact, request.POST.get("about", "")[:12], reply.cleaned_data["message"])
        messages.success(request, _("Merci : votre réponse est transmise."), extra_tags="ok")
        return redirect("contribute_follow", token)
    context = {
        "sent": list(contact.contributions.all()[:200]),
        "reply": reply,
        "token": token,
        "contact": contact,
    }
    return render(request, "contribute/follow.html", context, status=422 if reply.errors else 200)


def answer(contact: Contact, about: str, text: str) -> None:
    """Add an answer to what was asked; it goes back to the queue."""
    for contribution in contact.contributions.filter(id=about, status=Status.ASKED):
        said = f"{contribution.message}\n\n— {stripped(text)}".strip()
        contribution.message = said[-4000:]
        contribution.status = Status.PENDING
        contribution.save(update_fields=["message", "status"])
        write("", "réponse", contribution.id)


def erase(request: HttpRequest, token: str) -> HttpResponse:
    """``/contribuer/oublier/<token>/``"""
    contact = contact_of("follow", token)
    if contact is None:
        return lost(request)
    form = ForgetForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        everything = form.cleaned_data["what"] == "all"
        forget(contact, everything=everything)
        return render(request, "contribute/forgotten.html", {"everything": everything})
    context = {"form": form, "token": token, "count": contact.contributions.count()}
    return render(request, "contribute/erase.html", context, status=422 if form.errors else 200)
