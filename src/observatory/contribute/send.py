"""From a form to the queue: who sends, what is kept, the e-mail that confirms.

**Reads** nothing. **Writes** contacts, contributions, e-mails.
**Method** One transaction: a contact and what it sends, waiting for the link in the e-mail. Contact
details written in a text are taken out before anything is kept. An account whose e-mail we know already
goes straight to the queue.
**Limits** Mail that the server refuses is said to the person; nothing is kept then.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from observatory.contribute import links
from observatory.contribute.journal import write
from observatory.contribute.models import Contact, Contribution
from quartiers.collect import strip_contacts
from quartiers.shapes import Record

Status = Contribution.Status


class NotSent(Exception):
    """The e-mail could not leave: nothing is kept."""


class SaidAlready(Exception):
    """The same words were sent before, and are not refused."""


def said_already(contribution: Contribution) -> bool:
    """Whether the same thing is in the queue or accepted; remembers its digest."""
    said = [contribution.kind, contribution.about, contribution.cells, contribution.trouble]
    text = json.dumps(said, sort_keys=True, ensure_ascii=False)
    contribution.digest = hashlib.sha256(text.encode()).hexdigest()
    same = Contribution.objects.filter(digest=contribution.digest)
    return same.exclude(status__in=(Status.REFUSED, Status.WITHDRAWN)).exists()


def stripped(text: str) -> str:
    """A text without e-mail addresses, telephone numbers and named persons."""
    record = Record(source="x", source_id="x", kind="action", title="", text=text)
    strip_contacts(record)
    return record.text


def clean_cells(cells: dict[str, Any]) -> dict[str, str]:
    """Cells as they are kept: one line each, no contact details, empty ones left out."""
    kept = {}
    for name, value in cells.items():
        text = " ".join(str(value or "").split())
        if text:
            kept[name] = text if name in ("siret", "site_web") else stripped(text)
    return kept


@transaction.atomic
def send(
    request: HttpRequest, email: str, contributions: Iterable[Contribution]
) -> tuple[Contact, bool]:
    """Keep what was sent and ask for its confirmation; (contact, whether it waits for that).

    Raises NotSent, SaidAlready.
    """
    contact = Contact.objects.create(email=email, language=get_language() or "fr")
    known = request.user.is_authenticated and request.user.has_perm("contribute.send_directly")
    sent = [c for c in contributions if not said_already(c)]
    if not sent:
        raise SaidAlready
    for contribution in sent:
        contribution.contact = contact
        contribution.message = stripped(contribution.message)
        contribution.status = Status.PENDING if known else Status.UNCONFIRMED
        contribution.account = request.user if known else None
        contribution.save()
    if known:
        contact.confirmed_at = timezone.now()
        contact.save(update_fields=["confirmed_at"])
    name = "received" if known else "confirm"
    mail(request, contact, name, {"sent": sent[0], "count": len(sent)})
    write("", "envoi", sent[0].id, f"{sent[0].kind} × {len(sent)}")
    return contact, not known


@transaction.atomic
def confirm(contact: Contact) -> list[Contribution]:
    """The link was followed: what waited goes to the queue."""
    waiting = list(contact.contributions.filter(status=Status.UNCONFIRMED))
    for contribution in waiting:
        contribution.status = Status.PENDING
        contribution.save(update_fields=["status"])
    if contact.confirmed_at is None:
        contact.confirmed_at = timezone.now()
        contact.save(update_fields=["confirmed_at"])
    if waiting:
        write("", "confirmation", waiting[0].id, f"× {len(waiting)}")
    return waiting


def mail(request: HttpRequest | None, contact: Contact, name: str, told: dict[str, Any]) -> None:
    """One e-mail in the person's language, with the links that follow and erase. Raises NotSent."""
    with override(contact.language):
        key = str(contact.id)
        context = told | {
            "branding": settings.BRANDING,
            "confirm": links.address(request, "contribute_confirm", "confirm", key),
            "follow": links.address(request, "contribute_follow", "follow", key),
            "months": settings.CONTACT_MONTHS,
        }
        subject = " ".join(render_to_string(f"contribute/mail/{name}.subject.txt", context).split())
        body = render_to_string(f"contribute/mail/{name}.txt", context)
        foot = render_to_string("contribute/mail/foot.txt", context)
    message = EmailMessage(subject[:150], f"{body.strip()}\n\n{foot.strip()}\n", to=[contact.email])
    try:
        message.send()
    except (OSError, SMTPException) as error:
        raise NotSent(str(error)) from error


def not_sent() -> str:
    """What the person is told then."""
    return _("Notre courriel n'a pas pu partir : rien n'a été gardé. Réessayez dans un moment.")
