"""What administrators look at: contributions, judgements, the journal. Read-only."""

from __future__ import annotations

from django.contrib import admin

from observatory.contribute.administration import ReadOnly, ReadOnlyHistory
from observatory.contribute.models import Act, Contribution, Judgement


@admin.register(Contribution)
class ContributionPage(ReadOnlyHistory):
    """Without the contact."""

    list_display = ("id", "kind", "status", "created_at", "decided_at")
    list_filter = ("kind", "status")
    exclude = ("contact", "digest")


@admin.register(Judgement)
class JudgementPage(ReadOnlyHistory):
    """Answers to doubts."""

    list_display = ("subject", "first", "second", "answer", "created_at")
    list_filter = ("subject", "answer")


@admin.register(Act)
class ActPage(ReadOnly):
    """The journal."""

    list_display = ("at", "who", "what", "about", "detail")
    list_filter = ("what",)
