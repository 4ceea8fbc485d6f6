"""``quartiers search``: in the words of both worlds, with the path taken."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape

from quartiers.bridge import Hit, search
from quartiers.errors import InputError
from quartiers.shapes import THEMES
from quartiers.shelf import open_edition


@click.command()
@click.argument("query")
@click.option("--edition", help="An edition's folder or name; the current one by default.")
@click.option("--theme", type=click.Choice(THEMES), help="Only this theme.")
@click.option("--territory", help="Only this commune (INSEE code) or QPV (code).")
@click.option("--world", type=click.Choice(["quartiers", "ville-intelligente"]), help="Only it.")
@click.option("--digital", is_flag=True, help="Leave out what the study judged not digital.")
@click.option("--bridges/--no-bridges", default=True, help="Follow the thesaurus, or words alone.")
@click.option("--limit", type=click.IntRange(1, 200), default=20, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="For programs: a list of {id, score, path}.")
def command(
    query: str,
    edition: str | None,
    theme: str | None,
    territory: str | None,
    world: str | None,
    digital: bool,
    bridges: bool,
    limit: int,
    as_json: bool,
) -> None:
    """Find initiatives, even those that use none of your words.

    Example: quartiers search "civic tech" --theme citoyennete
    """
    if not query.strip():
        raise InputError('say what to look for; for instance `quartiers search "civic tech"`.')
    with open_index(open_edition(edition)) as connection:
        hits = search(
            connection,
            query,
            bridges=bridges,
            theme=theme,
            territory=territory,
            world=world,
            digital=digital,
            limit=limit,
        )
        print_hits(hits, as_json, f"Nothing was found for «{query[:80]}».")


def open_index(edition: Path) -> sqlite3.Connection:
    """The edition's SQLite file, read-only."""
    return sqlite3.connect(f"file:{edition / 'quartiers.sqlite'}?mode=ro", uri=True)


def print_hits(hits: list[Hit], as_json: bool, nothing: str) -> None:
    """Results with their reasons; an entry of the embedded study shows its record's id."""
    if as_json:
        rows = [{"id": h.record or h.id, "score": h.score, "path": h.path} for h in hits]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    console = Console(soft_wrap=True, highlight=False)
    if not hits:
        console.print(f"{escape(nothing)} Try a broader word, or without a filter.")
    for rank, hit in enumerate(hits, start=1):
        entry = hit.entry
        where = [part for part in (entry.commune, entry.world) if part]
        if entry.digital == "non-numerique":
            where.append("not digital")
        console.print(f"[bold]{rank}. {escape(entry.title)}[/bold] · {escape(' · '.join(where))}")
        console.print(f"   {hit.record or hit.id}   score {hit.score:.2f}")
        for step in hit.path:
            console.print(f"   because {escape(step)}")
