"""The right to be forgotten, and what is erased without being asked.

**Reads** nothing. **Writes** erasures.
**Method** Erasing a contact leaves what it sent, without a name. Erasing everything empties the
contribution and its history and leaves a tombstone (an id and «retirée»): an edition built afterwards
drops it. Old things go by themselves: drafts after a week, what was never confirmed after a week,
contacts some months after the last decision, sessions and counts when they end.
**Limits** Editions already published keep what they hold until the next one is built.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from observatory.contribute.drafts import KEPT
from observatory.contribute.journal import write
from observatory.contribute.models import Contact, Contribution, Draft, Passage, Salt

Status = Contribution.Status


@transaction.atomic
def forget(contact: Contact, *, everything: bool) -> None:
    """Erase a contact and, if asked, all that it sent."""
    sent = list(contact.contributions.all())
    write("", "oubli", sent[0].id if sent else "", "tout" if everything else "courriel")
    if everything:
        for contribution in sent:
            bury(contribution)
    contact.delete()


def bury(contribution: Contribution) -> None:
    """Leave nothing of a contribution but its id."""
    contribution.cells, contribution.before, contribution.themes = {}, {}, []
    contribution.message = contribution.reason = contribution.about = ""
    contribution.machine, contribution.digest = {}, ""
    contribution.account = None
    contribution.status = Status.WITHDRAWN
    contribution.decided_at = timezone.now()
    contribution.save()
    contribution.history.all().delete()


@transaction.atomic
def forget_old() -> dict[str, int]:
    """Erase what has outlived its use; how many of each."""
    now = timezone.now()
    months = timedelta(days=30.44 * settings.CONTACT_MONTHS)
    waiting = (Status.UNCONFIRMED, Status.PENDING, Status.ASKED)
    never = Contribution.objects.filter(
        status=Status.UNCONFIRMED, created_at__lt=now - timedelta(days=7)
    )
    for contribution in never:
        contribution.history.all().delete()
    gone = {
        "drafts": Draft.objects.filter(updated_at__lt=now - KEPT).delete()[0],
        "unconfirmed": never.delete()[0],
        "counts": Passage.objects.filter(hour__lt=now - timedelta(hours=24)).delete()[0],
        "salts": Salt.objects.exclude(day=timezone.localdate()).delete()[0],
    }
    busy = Contact.objects.filter(contributions__status__in=waiting).values("id")
    recent = Contact.objects.filter(contributions__decided_at__gt=now - months).values("id")
    old = Contact.objects.exclude(id__in=busy).exclude(id__in=recent)
    old = old.filter(created_at__lt=now - timedelta(days=7))
    gone["contacts"] = old.delete()[0]
    return gone
