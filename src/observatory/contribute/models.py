"""What people send, what moderators decide, what experts judge.

**Reads** and **Writes** the site's own database.
**Method** Contact details are apart (``Contact``) and die alone: erasing one leaves what it sent, without
a name. A contribution's id is drawn once and is its source id in every edition that follows. Each
change of a contribution or a judgement is kept in its history; each act of a moderator is a line of
the journal. No address of a visitor is kept: limits count digests under a salt that is thrown away.
**Limits** A file of many rows is one batch of as many contributions, decided row by row or together.
"""

from __future__ import annotations

import secrets
import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

#: The source that accepted contributions are, in every edition.
SOURCE = "contributions-observatoire"
ROLES = ("contributor", "moderator", "editor", "administrator")


def short_id() -> str:
    """Twelve letters and digits, never drawn twice in practice (60 bits)."""
    return "".join(secrets.choice("abcdefghjkmnpqrstuvwxyz23456789") for _ in range(12))


class Contact(models.Model):
    """Where to answer one person: kept apart, never published, erased after some months."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(max_length=254)
    language = models.CharField(max_length=5, default="fr")
    created_at = models.DateTimeField(auto_now_add=True)
    confirmed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.id)


class Draft(models.Model):
    """A form begun and not sent; the browser holds its signed number. Erased after a week."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cells = models.JSONField(default=dict)
    begun_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)


class Batch(models.Model):
    """A spreadsheet, kept whole or not at all."""

    name = models.CharField(max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class Contribution(models.Model):
    """One thing that someone tells us: ``cells`` in the columns of the published Table Schema."""

    class Kind(models.TextChoices):
        DECLARE = "declare", _("Nouvelle initiative")
        CORRECT = "correct", _("Correction")
        CLAIM = "claim", _("Revendication")
        ERROR = "error", _("Signalement")

    class Status(models.TextChoices):
        UNCONFIRMED = "unconfirmed", _("Courriel à confirmer")
        PENDING = "pending", _("À relire")
        ASKED = "asked", _("Précision demandée")
        ACCEPTED = "accepted", _("Acceptée")
        REFUSED = "refused", _("Refusée")
        WITHDRAWN = "withdrawn", _("Retirée")

    id = models.CharField(primary_key=True, max_length=12, default=short_id, editable=False)
    kind = models.CharField(max_length=10, choices=Kind)
    status = models.CharField(max_length=12, choices=Status, default=Status.UNCONFIRMED)
    about = models.CharField(max_length=100, blank=True)  # the initiative's id, unless declared
    cells = models.JSONField(default=dict)
    before = models.JSONField(default=dict)  # what the edition said when it was corrected
    themes = models.JSONField(default=list)  # as the person chose them
    message = models.TextField(blank=True, max_length=2000)
    trouble = models.CharField(max_length=20, blank=True)  # of a reported error
    contact = models.ForeignKey(
        Contact, null=True, on_delete=models.SET_NULL, related_name="contributions"
    )
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    batch = models.ForeignKey(
        Batch, null=True, on_delete=models.CASCADE, related_name="contributions"
    )
    machine = models.JSONField(default=dict)  # what the engine makes of it, for the moderator
    digest = models.CharField(max_length=64, blank=True)  # of what is said: the same thing twice
    created_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True, max_length=2000)
    history = HistoricalRecords(excluded_fields=["contact", "machine", "digest"])

    class Meta:
        ordering = ("created_at", "id")
        indexes = (
            models.Index(fields=["status", "created_at"]),
            models.Index(fields=["about"]),
            models.Index(fields=["digest"]),
        )
        permissions = (
            ("send_directly", "Send without confirming an e-mail"),
            ("moderate", "Decide about contributions"),
            ("export", "Export accepted contributions"),
            ("administer", "Enter the administration"),
        )

    def __str__(self) -> str:
        return str(self.cells.get("nom") or self.about)

    @property
    def record(self) -> str:
        """The id of the record that it becomes in an edition."""
        return f"{SOURCE}:{self.id}"

    @property
    def title(self) -> str:
        """What the contribution is about, in its own words."""
        return str(self.cells.get("nom") or self.before.get("nom") or self.about)


class Judgement(models.Model):
    """An expert's answer to one of the machine's doubts."""

    class Subject(models.TextChoices):
        RECORD = "record", _("Numérique ou non")
        PAIR = "pair", _("Même chose ou non")

    subject = models.CharField(max_length=8, choices=Subject)
    first = models.CharField(max_length=300)
    second = models.CharField(max_length=300, blank=True)
    answer = models.CharField(max_length=12)  # oui, non, incertain · meme, different, doute
    topics = models.JSONField(default=dict)  # theme, infra, form → values
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField(auto_now=True)
    history = HistoricalRecords()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["subject", "first", "second"], name="one_judgement"),
        )
        permissions = (("judge", "Answer the machine's doubts"),)


class Opinion(models.Model):
    """How many people found a proposed meeting useful, or not: counts a day, nobody's name."""

    opportunity = models.CharField(max_length=200)
    answer = models.CharField(max_length=10)
    day = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["opportunity", "answer", "day"], name="one_count"),
        )


class Act(models.Model):
    """The journal: who did what, to what, when. Never changed."""

    at = models.DateTimeField(auto_now_add=True)
    who = models.CharField(max_length=150, blank=True)
    what = models.CharField(max_length=30)
    about = models.CharField(max_length=300)
    detail = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ("-at", "-id")


class Salt(models.Model):
    """A day's secret, under which addresses are counted; gone with the day."""

    day = models.DateField(primary_key=True)
    value = models.CharField(max_length=64)


class Passage(models.Model):
    """How often one digest came through one door in one hour."""

    door = models.CharField(max_length=20)
    digest = models.CharField(max_length=32)
    hour = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["door", "digest", "hour"], name="one_passage"),
        )
