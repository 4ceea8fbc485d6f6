"""``quartiers match``: whom to meet in the other world, and why."""

from __future__ import annotations

import click

from quartiers.bridge import match
from quartiers.cli.search import open_index, print_hits
from quartiers.edition import open_edition


@click.command()
@click.argument("identifier", metavar="ID")
@click.option("--edition", help="An edition's folder or name; the current one by default.")
@click.option("--limit", type=click.IntRange(1, 50), default=6, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="For programs: a list of {id, score, path}.")
def command(identifier: str, edition: str | None, limit: int, as_json: bool) -> None:
    """Propose partners of the other world to an initiative or a smart-city project.

    Example: quartiers match benchmark:lyon-pass-urbain
    """
    with open_index(open_edition(edition)) as connection:
        hits = match(connection, identifier, limit)
        print_hits(connection, hits, as_json, f"No partner was found for {identifier}.")
