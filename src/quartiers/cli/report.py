"""``quartiers report``: the national report, or the portrait of a territory."""

from __future__ import annotations

import json
from pathlib import Path

import click

from quartiers.edition import open_edition
from quartiers.errors import InputError
from quartiers.publish.report import write_report
from quartiers.territories import load


@click.command()
@click.option("--territory", "-t", default="FR", help="A code or a name; the nation by default.")
@click.option("--pdf", is_flag=True, help="A tagged PDF (PDF/UA) in place of HTML.")
@click.option("--output", "-o", type=click.Path(path_type=Path), help="Where to write it.")
@click.option("--edition", help="A name or a folder; the current edition by default.")
@click.option("--json", "as_json", is_flag=True, help="Say what was written, for programs.")
def command(
    territory: str, pdf: bool, output: Path | None, edition: str | None, as_json: bool
) -> None:
    """Write the report of a territory, or the national one.

    Example: quartiers report --territory 200046977 --pdf -o lyon.pdf
    """
    found = load().resolve(territory)
    folder = open_edition(edition)
    path = output or Path(f"rapport-{found.code}.{'pdf' if pdf else 'html'}")
    if path.is_dir() or not path.parent.is_dir():
        raise InputError(f"--output {path}: not a file that can be written; give a file's name.")
    write_report(folder, found.code, output=path, pdf=pdf)
    if as_json:
        click.echo(json.dumps({"territory": found.code, "name": found.nom, "file": str(path)}))
    else:
        click.echo(f"{found.nom} ({found.code}): {path}")
