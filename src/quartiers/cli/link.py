"""``quartiers link``: which rows of one or several files are the same place or action."""

from __future__ import annotations

from pathlib import Path

import click

from quartiers.errors import InputError
from quartiers.link.rows import link_tables
from quartiers.tabular import open_output, open_table

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
    with open_output(output, tables[0].kind, columns, added) as write:
        for table, rows in zip(tables, linked, strict=True):
            for row, made in zip(table, rows, strict=True):
                ours = {
                    "entity_id": made.entity_id,
                    "link_score": made.score,
                    "because": made.because,
                    "row": made.row,
                }
                write(row.cells, ours | ({"file": table.name} if several else {}))
    for table in tables:
        for note in table.notes:
            click.echo(f"{table.name}: {note}", err=True)


def split_map(text: str) -> tuple[str, str]:
    """«name=Nom du lieu» in two."""
    field, sign, column = text.partition("=")
    if not sign:
        raise InputError(f"--map {text}: write it as FIELD=COLUMN, for instance name=Nom.")
    return field.strip(), column.strip()
