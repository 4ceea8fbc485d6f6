"""``quartiers detect FILE``: each row of a list, digital or not, its themes, and why."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from quartiers.engine import usable_cores
from quartiers.reading.rows import ADDED, judge_rows, text_columns
from quartiers.tabular import Row, open_output, open_table


@click.command()
@click.argument("file", type=click.Path(path_type=str))
@click.option(
    "--text-column",
    "asked",
    multiple=True,
    help="Column to read; may be repeated (title first). By default found by its name.",
)
@click.option("-o", "--output", help="File to write (.csv, .jsonl, .xlsx); by default the screen.")
@click.option("--sheet", help="Sheet of a workbook; by default the first.")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes; by default one a core.")
@click.option("--json", "as_json", is_flag=True, help="JSON Lines out, whatever the input.")
def command(
    file: str,
    asked: tuple[str, ...],
    output: str | None,
    sheet: str | None,
    workers: int | None,
    as_json: bool,
) -> None:
    """Say of each row of FILE (CSV, JSONL, XLSX, «-»): digital or not, which themes, and why.

    Your columns are kept, in their order; these are added: digital (oui, non, incertain), score,
    themes, infra, facets, because.

    Example: quartiers detect actions.csv --text-column intitule -o actions-lues.csv
    """
    table = open_table(file if file == "-" else Path(file), sheet=sheet)
    columns = text_columns(table.columns, asked)
    said: Counter[str] = Counter()
    problems: list[Row] = []
    rows = table.readable(problems)
    kind = "jsonl" if as_json else table.kind
    with open_output(output, kind, table.columns, ADDED) as write:
        for row, ours in judge_rows(rows, columns, workers or usable_cores()):
            write(row, ours)
            said[ours["digital"]] += 1
    for note in table.notes:
        click.echo(note, err=True)
    for broken in problems[:5]:
        click.echo(f"line {broken.number} left out: {broken.problem}", err=True)
    counts = ", ".join(f"{said[k]:,} {k}" for k in ("oui", "non", "incertain"))
    click.echo(f"{sum(said.values()):,} rows read in «{' + '.join(columns)}»: {counts}.", err=True)
    if problems:
        click.echo(f"{len(problems):,} lines could not be read and are left out.", err=True)
        raise SystemExit(1)
