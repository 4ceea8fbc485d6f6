"""``quartiers match``: whom to meet in the other world, and why."""

from __future__ import annotations

import click

from quartiers.bridge import match, match_text
from quartiers.cli.search import open_index, print_hits
from quartiers.shelf import open_edition


@click.command()
@click.argument("identifier", metavar="ID", required=False)
@click.option("--text", help="A project in a few lines, instead of an ID.")
@click.option(
    "--world",
    type=click.Choice(["ville-intelligente", "quartiers"]),
    default="ville-intelligente",
    show_default=True,
    help="The world that the text comes from.",
)
@click.option("--edition", help="An edition's folder or name; the current one by default.")
@click.option("--limit", type=click.IntRange(1, 50), default=6, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="For programs: a list of {id, score, path}.")
def command(
    identifier: str | None,
    text: str | None,
    world: str,
    edition: str | None,
    limit: int,
    as_json: bool,
) -> None:
    """Propose partners of the other world to an initiative or a smart-city project.

    Example: quartiers match benchmark:lyon-pass-urbain
    """
    if (identifier is None) == (text is None) or not (identifier or text or "").strip():
        raise click.UsageError("give an ID, or a project with --text.")
    with open_index(open_edition(edition)) as connection:
        if text is None:
            hits = match(connection, str(identifier), limit)
        else:
            hits = match_text(connection, text, world=world, limit=limit)
        print_hits(hits, as_json, f"No partner was found for {identifier or 'this project'}.")
