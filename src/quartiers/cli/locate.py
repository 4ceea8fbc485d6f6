"""``quartiers locate FILE``: each row of a list, in which QPV, how far, known how."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from quartiers.engine import usable_cores
from quartiers.errors import InputError
from quartiers.locate.perimeters import NATIONAL
from quartiers.locate.points import NEAR_M
from quartiers.locate.rows import (
    ADDED,
    ADDED_JSON,
    DECLARED,
    Asked,
    find_columns,
    json_cells,
    locate_rows,
    table_cells,
)
from quartiers.tabular import Row, Table, open_output, open_table
from quartiers.vocabularies import STATES

#: Beyond, «near» would mean nothing (and NaN is no distance).
MOST_NEAR_M = 100_000


@click.command()
@click.argument("file", type=click.Path(path_type=str))
@click.option(
    "--perimeters",
    type=click.Path(path_type=Path, dir_okay=False),
    help="GeoJSON (.gz) of QPV perimeters; by default the one of the data folder.",
)
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="QUARTIERS_DATA",
    help="The folder of data (QUARTIERS_DATA).",
)
@click.option("--near", default=NEAR_M, show_default=True, help="Metres up to which a QPV is near.")
@click.option(
    "--addresses",
    envvar="QUARTIERS_ADDRESSES",
    help="An address base: a BAN table (CSV), or the URL of a BAN/Addok service.",
)
@click.option(
    "--column", "told", multiple=True, help="field=column, when a column has no usual name."
)
@click.option(
    "--kind",
    type=click.Choice(("lieu", "action")),
    default="lieu",
    show_default=True,
    help="lieu: where the point is; action: where the text says, before the point.",
)
@click.option("-o", "--output", help="File to write (.csv, .jsonl, .xlsx); by default the screen.")
@click.option("--sheet", help="Sheet of a workbook; by default the first.")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes; by default one a core.")
@click.option("--json", "as_json", is_flag=True, help="JSON Lines out, whatever the input.")
def command(
    file: str,
    perimeters: Path | None,
    data: Path | None,
    near: float,
    addresses: str | None,
    told: tuple[str, ...],
    kind: str,
    output: str | None,
    sheet: str | None,
    workers: int | None,
    as_json: bool,
) -> None:
    """Say of each row of FILE (CSV, JSONL, XLSX, «-») in which QPV it is, how far, known how.

    A row may have longitude and latitude, text, commune, insee_code, address, neighbourhood,
    qpv_code. Your columns are kept; a table gets qpv_code, qpv_nom, qpv_etat (dedans, limite,
    proche, hors, inconnu), qpv_distance_m, qpv_methode, qpv_score, qpv_codes; a JSON object gets
    qpv, the list of answers.

    Example: quartiers locate lieux.csv -o lieux-situes.csv
    """
    if not 0 <= near <= MOST_NEAR_M:
        raise InputError(f"--near {near}: give metres, from 0 to {MOST_NEAR_M:,}.")
    if perimeters is not None and not perimeters.is_file():
        raise InputError(f"--perimeters {perimeters}: there is no such file.")
    if perimeters is None and data is not None and (data / NATIONAL).is_file():
        perimeters = data / NATIONAL
    table = open_table(file if file == "-" else Path(file), sheet=sheet)
    columns = {} if table.kind in ("json", "jsonl") else find_columns(table.columns, told)
    asked = Asked(columns, told, perimeters, near, addresses, kind)
    problems: list[Row] = []
    states: Counter[str] = Counter()
    kind_out = "jsonl" if as_json else table.kind
    as_objects = writes_json(kind_out, output)
    added = ADDED_JSON if as_objects else added_columns(table.columns)
    with open_output(output, kind_out, table.columns, added) as write:
        rows = table.readable(problems)
        for row, answers in locate_rows(rows, asked, workers or usable_cores()):
            ours = json_cells(answers) if as_objects else table_cells(answers)
            if DECLARED in added:
                ours[DECLARED] = row.get("qpv_code")
            write(row, ours)
            states[answers[0].etat] += 1
    report(table, problems, states, columns, perimeters)


def writes_json(kind: str, output: str | None) -> bool:
    """Will the output be JSON Lines? (As ``open_output`` decides.)"""
    suffix = Path(output).suffix.lower() if output and output != "-" else ""
    if suffix in (".csv", ".xlsx"):
        return False
    return suffix in (".jsonl", ".ndjson") or kind in ("jsonl", "json")


def added_columns(columns: list[str]) -> tuple[str, ...]:
    """Ours; the user's own ``qpv_code`` is kept under another name."""
    return (*ADDED, DECLARED) if "qpv_code" in columns else ADDED


def report(
    table: Table,
    problems: list[Row],
    states: Counter[str],
    columns: dict[str, str],
    perimeters: Path | None,
) -> None:
    """What was read and found, on the error stream; exit code 1 when rows were lost."""
    for note in table.notes:
        click.echo(note, err=True)
    if perimeters is None and ("longitude" in columns or not columns):
        click.echo(
            "no perimeters: points were not placed; give --perimeters, or --data (QUARTIERS_DATA).",
            err=True,
        )
    counts = ", ".join(f"{states[s]:,} {s}" for s in STATES if states[s])
    read = f" in «{', '.join(sorted(columns.values()))}»" if columns else ""
    click.echo(f"{states.total():,} rows read{read}: {counts or 'none'}.", err=True)
    for broken in problems[:5]:
        click.echo(f"line {broken.number} left out: {broken.problem}", err=True)
    if problems:
        click.echo(f"{len(problems):,} lines could not be read and are left out.", err=True)
        raise SystemExit(1)
