"""``quartiers link``: which rows of one or several files are the same place or action."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from quartiers.errors import InputError
from quartiers.link.rows import link_tables
from quartiers.tabular import Row, Table, open_output, open_table

ADDED = ("entity_id", "link_score", "because", "row")


@click.command()
@click.argument("files", nargs=-1, required=True)
@click.option("--map", "maps", multiple=True, help="FIELD=COLUMN, when a column is not recognised.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="Where to write; else screen."
)
def command(files: tuple[str, ...], maps: tuple[str, ...], output: Path | None) -> None:
    """Give the rows that describe one place the same entity_id, and say why.

    Your columns and order are kept; entity_id, link_score, because and row (from 0) are added, and
    file when there are several.

    Example: quartiers link liste-a.csv liste-b.csv -o reliees.csv
    """
    given = dict(split_map(text) for text in maps)
    tables = [open_table(file) for file in files]
    linked = link_tables(tables, given)
    columns = list(dict.fromkeys(c for table in tables for c in table.columns))
    several = len(tables) > 1
    added = (*ADDED, "file") if several else ADDED
    problems: list[list[Row]] = [[] for _ in tables]
    with open_output(output, tables[0].kind, columns, added) as write:
        for table, rows, broken in zip(tables, linked, problems, strict=True):
            for cells, made in zip(table.readable(broken), rows, strict=True):
                ours = {
                    "entity_id": made.entity_id,
                    "link_score": made.score,
                    "because": made.because,
                    "row": made.row,
                }
                write(cells, ours | ({"file": table.name} if several else {}))
    entities = Counter(made.entity_id for rows in linked for made in rows)
    shared = sum(count > 1 for count in entities.values())
    report(
        tables,
        problems,
        f"{entities.total():,} rows read: {shared:,} places or actions told twice or more.",
    )


def report(tables: list[Table], problems: list[list[Row]], said: str) -> None:
    """What was read and found, on the error stream; exit code 1 when rows were left out."""
    for table in tables:
        for note in table.notes:
            click.echo(f"{table.name}: {note}", err=True)
    for table, broken in zip(tables, problems, strict=True):
        for row in broken[:5]:
            click.echo(f"{table.name}, line {row.number} left out: {row.problem}", err=True)
    click.echo(said, err=True)
    if lost := sum(map(len, problems)):
        click.echo(f"{lost:,} lines could not be read and are left out.", err=True)
        raise SystemExit(1)


def split_map(text: str) -> tuple[str, str]:
    """«name=Nom du lieu» in two."""
    field, sign, column = text.partition("=")
    if not sign:
        raise InputError(f"--map {text}: write it as FIELD=COLUMN, for instance name=Nom.")
    return field.strip(), column.strip()
