"""``quartiers report``: the national report, or the portrait of a territory."""

from __future__ import annotations

import json
from pathlib import Path

import click

from quartiers.errors import InputError
from quartiers.publish.report import FORMATS, write_report
from quartiers.shelf import open_edition


@click.command()
@click.option("--territory", "-t", default="FR", help="A code or a name; the nation by default.")
@click.option(
    "--format", "-f", "formats", default="html", help="html, pdf, xlsx, or several with commas."
)
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path),
    help="Where to write it; a folder, or a file's name, its ending changed for each format.",
)
@click.option("--edition", help="A name or a folder; the current edition by default.")
@click.option("--json", "as_json", is_flag=True, help="Say what was written, for programs.")
def command(
    territory: str, formats: str, output: Path | None, edition: str | None, as_json: bool
) -> None:
    """Write the report of a territory, or the national one.

    Example: quartiers report --territory 200046977 --format html,pdf,xlsx -o lyon
    """
    asked = list(dict.fromkeys(word.strip() for word in formats.split(",") if word.strip()))
    if not asked or set(asked) - set(FORMATS):
        raise InputError(
            f"--format {formats}: not among {', '.join(FORMATS)}; for instance html,pdf."
        )
    stem = output or Path()
    if not stem.is_dir():
        if not stem.parent.is_dir():
            raise InputError(
                f"--output {stem}: not a file that can be written; give a file's name."
            )
        if stem.suffix.lstrip(".") in FORMATS:
            stem = stem.with_suffix("")
    done = write_report(open_edition(edition), territory, output=stem, formats=asked)
    if as_json:
        said = {"territory": done.code, "name": done.name, "files": [str(f) for f in done.files]}
        click.echo(json.dumps(said, ensure_ascii=False))
    else:
        click.echo(f"{done.name} ({done.code}): {', '.join(map(str, done.files))}")
