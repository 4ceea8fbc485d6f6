"""Against machines that write: without a third party, without keeping anyone's address.

**Reads** and **Writes** the counts of passages.
**Method** A trap field that people do not see; a signed minute of opening, so that a form sent within
:data:`FASTEST` seconds is refused; a count an hour, by door and by digest of the address under a salt
drawn each day and thrown away after it; a bound on links in a text.
**Limits** People behind one address share its counts: they are set for an office, not for one person.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from datetime import timedelta

from django import forms
from django.conf import settings
from django.core import signing
from django.db import IntegrityError, transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from observatory.contribute.models import Passage, Salt

FASTEST = 3
LONGEST = 12 * 3600
#: Passages allowed an hour, by door.
DOORS = {"send": 20, "import": 10, "suggest": 600, "opinion": 120, "link": 60, "forgotten": 10}
MOST_LINKS = 2
_LINK = re.compile(r"(?:https?://|www\.)", re.IGNORECASE)
_OPENED = "quartiers.contribute.opened"


class Guarded(forms.Form):
    """A form with a trap and a minute of opening."""

    #: People never see it; a name that machines like to fill in.
    website = forms.CharField(required=False, max_length=200)
    opened = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)

    def __init__(self, *arguments: object, **named: object) -> None:
        super().__init__(*arguments, **named)
        self.fields["opened"].initial = signing.TimestampSigner(salt=_OPENED).sign("1")

    def clean(self) -> dict[str, object]:
        """Refuse what was filled in the trap or sent at a machine's pace."""
        cleaned: dict[str, object] = super().clean() or {}
        if cleaned.get("website"):
            raise forms.ValidationError(_("Cet envoi ressemble à celui d'un robot."))
        signer = signing.TimestampSigner(salt=_OPENED)
        try:
            signer.unsign(str(cleaned.get("opened") or ""), max_age=LONGEST)
        except signing.BadSignature:
            raise forms.ValidationError(
                _("Cette page était ouverte depuis trop longtemps : envoyez-la de nouveau.")
            ) from None
        try:
            signer.unsign(str(cleaned["opened"]), max_age=FASTEST)
        except signing.SignatureExpired:
            return cleaned
        raise forms.ValidationError(
            _("Cet envoi est trop rapide : attendez quelques secondes, puis recommencez.")
        )


def too_many_links(text: str) -> bool:
    """More links than a description needs."""
    return len(_LINK.findall(text)) > MOST_LINKS


def address_of(request: HttpRequest) -> str:
    """The visitor's address: behind N trusted proxies, the Nth from the end of what they say."""
    proxies = settings.TRUSTED_PROXIES
    if proxies:
        said = [a.strip() for a in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        if len(said) >= proxies and said[-proxies]:
            return str(said[-proxies])
    return str(request.META.get("REMOTE_ADDR", ""))


def day_salt() -> str:
    """Today's secret; those of other days are thrown away with their counts."""
    today = timezone.localdate()
    found = Salt.objects.filter(day=today).first()
    if found is None:
        Salt.objects.exclude(day=today).delete()
        Passage.objects.filter(hour__lt=timezone.now() - timedelta(hours=24)).delete()
        found, _made = Salt.objects.get_or_create(
            day=today, defaults={"value": secrets.token_hex(32)}
        )
    return found.value


def digest(address: str) -> str:
    """An address under today's salt: the same all day, nobody's afterwards."""
    return hmac.new(day_salt().encode(), address.encode(), hashlib.sha256).hexdigest()[:32]


def may_pass(request: HttpRequest, door: str) -> bool:
    """Count one passage; False beyond the hour's allowance."""
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    named = {"door": door, "digest": digest(address_of(request)), "hour": hour}
    passages = Passage.objects.filter(**named)
    if not passages.update(count=F("count") + 1):
        try:
            with transaction.atomic():
                Passage.objects.create(**named, count=1)
        except IntegrityError:  # another request of the same second made the row
            passages.update(count=F("count") + 1)
    return passages.get().count <= DOORS[door]


def masked_address(request: HttpRequest) -> str:
    """An address for the count of wrong passwords: a private IPv6 made of today's digest."""
    mark = digest(address_of(request))[:28]
    groups = ":".join(mark[i : i + 4] for i in range(0, 28, 4))
    return f"fd00:{groups}"
