"""``quartiers check``: a contributor's file, what to mend and where."""

from __future__ import annotations

import json
import sys

import click
from rich.console import Console
from rich.table import Table

from quartiers.check import SCHEMA, Problem, Report, check
from quartiers.errors import InputError

SHOWN = 50


@click.command()
@click.argument("file", required=False)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.option("--schema", is_flag=True, help="Print the Table Schema and stop.")
def command(file: str | None, as_json: bool, schema: bool) -> None:
    """Check a contributor's FILE (CSV, XLSX, ODS, JSON Lines); exit 1 when something must be mended.

    Example: quartiers check mes-initiatives.xlsx
    """
    if schema:
        click.echo(SCHEMA.read_text("utf-8"), nl=False)
        return
    if file is None:
        raise InputError("name the file to check, or ask for --schema.")
    report = check(file)
    if as_json:
        click.echo(json.dumps(report.as_dict(), ensure_ascii=False, indent=1))
    else:
        print_report(report)
    sys.exit(1 if report.errors else 0)


def print_report(report: Report) -> None:
    """The report as people read it: errors first, then warnings."""
    console = Console(soft_wrap=True, highlight=False, markup=False)
    for note in report.notes:
        console.print(f"Note : {note}")
    console.print(
        f"{report.name} : {report.rows} lignes, {report.good_rows} bonnes, "
        f"{len(report.errors)} erreurs, {len(report.warnings)} avertissements."
    )
    for title, problems in (("À corriger", report.errors), ("À savoir", report.warnings)):
        if problems:
            console.print(problems_table(title, problems))
            if len(problems) > SHOWN:
                console.print(f"… et {len(problems) - SHOWN} autres (--json les donne tous).")
    if not report.errors:
        console.print("Le fichier peut être lu : quartiers build --contributions FICHIER")


def problems_table(title: str, problems: list[Problem]) -> Table:
    """Row, column, value, what, remedy."""
    table = Table(title=title, title_justify="left", show_lines=False)
    for heading in ("ligne", "colonne", "valeur", "problème", "que faire"):
        table.add_column(heading, overflow="fold")
    for p in problems[:SHOWN]:
        table.add_row(str(p.row), p.column, p.value, p.what, p.remedy)
    return table
