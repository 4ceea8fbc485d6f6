"""``python -m observatory forget_old``: erase what has outlived its use (to be run every day)."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from observatory.contribute.forget import forget_old


class Command(BaseCommand):
    """Drafts, unconfirmed sendings, contacts past their time, counts, sessions."""

    help = __doc__

    def handle(self, *arguments: Any, **options: Any) -> None:
        """Erase and say how many."""
        call_command("clearsessions")
        told = ", ".join(f"{count} {name}" for name, count in forget_old().items())
        self.stdout.write(f"Erased: {told}.")
