"""``quartiers review``: doubts out to a sheet, an expert's answers back."""

from __future__ import annotations

from pathlib import Path

import click

from quartiers.link import judgements
from quartiers.review import export, read_back
from quartiers.shelf import open_edition


@click.group()
def command() -> None:
    """Export the doubts to a sheet; read an expert's answers back as labels.

    ``export`` asks what records speak of, ``pairs`` whether two records are one place.

    Example: quartiers review export doutes.xlsx, then quartiers review import doutes.xlsx
    --author "A. Martin"
    """


@command.command("export")
@click.argument("output", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--edition", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--most", type=click.IntRange(1, 2_000), default=100, show_default=True)
def export_command(output: Path, edition: Path | None, most: int) -> None:
    """Write the records most useful to label to OUTPUT (.xlsx or .csv).

    Example: quartiers review export doutes.xlsx --most 50
    """
    count = export(open_edition(edition), output, most)
    click.echo(f"{count:,} records to look at → {output}. Fill in digital, themes, infra, facets.")


@command.command("pairs")
@click.argument("output", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--edition", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--most", type=click.IntRange(1, 2_000), default=100, show_default=True)
def pairs_command(output: Path, edition: Path | None, most: int) -> None:
    """Write the pairs of records in doubt to OUTPUT (.xlsx or .csv): même or différent?

    Example: quartiers review pairs paires.xlsx --most 50
    """
    count = judgements.export(open_edition(edition), output, most)
    click.echo(f"{count:,} pairs to look at → {output}. Fill in réponse: même or différent.")


@command.command("import")
@click.argument("sheet", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--author", required=True, help="Name under which the labels are kept.")
@click.option("--date", help="Day of the answers (AAAA-MM-JJ); by default today.")
@click.option("--labels", type=click.Path(file_okay=False, path_type=Path), help="Other folder.")
def import_command(sheet: Path, author: str, date: str | None, labels: Path | None) -> None:
    """Read the filled SHEET back: new labels are added, conflicts shown, nothing overwritten.

    Example: quartiers review import doutes.xlsx --author "A. Martin"
    """
    if judgements.is_sheet_of_pairs(sheet):
        added, problems = judgements.read_back(sheet, author, date=date, folder=labels)
        click.echo(f"{len(added):,} answers on pairs added; the next build applies them.")
        for problem in problems:
            click.echo(f"to mend: {problem}", err=True)
        if problems:
            raise SystemExit(1)
        return
    result = read_back(sheet, author, date=date, folder=labels)
    click.echo(f"{len(result.added):,} labels added.")
    for conflict in result.conflicts:
        click.echo(f"conflict, left as it is: {conflict}")
    for problem in result.problems:
        click.echo(f"to mend: {problem}", err=True)
    if result.conflicts or result.problems:
        raise SystemExit(1)
