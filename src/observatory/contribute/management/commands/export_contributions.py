"""``python -m observatory export_contributions FOLDER``: files that the next build reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from observatory.contribute.export import CONTRIBUTIONS, export
from observatory.contribute.journal import write


class Command(BaseCommand):
    """Accepted contributions and judgements, as CSV files."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to write."""
        parser.add_argument("folder", type=Path)

    def handle(self, *arguments: Any, **options: Any) -> None:
        """Write; say how to build with it."""
        folder: Path = options["folder"]
        counts = export(folder)
        write(
            "", "export", str(folder.name), ", ".join(f"{n} {name}" for name, n in counts.items())
        )
        for name, count in counts.items():
            self.stdout.write(f"{folder / name}: {count} lines")
        judged = " ".join(
            f"--judgements {folder / name}"
            for name in ("etiquettes.csv", "paires.csv", "corrections.csv")
        )
        self.stdout.write(
            f"Next: quartiers build --contributions {folder / CONTRIBUTIONS} {judged}"
        )
