"""``quartiers opportunities``: where infrastructure could come into a territory's quarters."""

from __future__ import annotations

import json

import click

from quartiers.cli.search import open_index
from quartiers.shelf import open_edition
from quartiers.territories import load


@click.command()
@click.argument("territory")
@click.option("--edition", help="An edition's folder or name; the current one by default.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def command(territory: str, edition: str | None, as_json: bool) -> None:
    """Tell the openings of an EPCI, a commune or a quarter, with the reasons of each.

    Example: quartiers opportunities Vénissieux
    """
    place = load().resolve(territory)
    with open_index(open_edition(edition)) as connection:
        rows = connection.execute(
            "SELECT rank, topic, score, site, phase, door, relays, partner, examples, because "
            "FROM opportunities WHERE territory = ? ORDER BY rank",
            (place.code,),
        ).fetchall()
    names = "rank topic score site phase door relays partner examples because".split()
    told = [dict(zip(names, row, strict=True)) for row in rows]
    for row in told:
        row |= {name: json.loads(row[name] or "[]") for name in ("relays", "examples", "because")}
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    if not told:
        click.echo(f"{place.nom}: no opening was worked out (no quarter there, or nothing lacks).")
    for row in told:
        click.echo(f"{row['rank']}. {row['topic']}   score {row['score']:.2f}")
        for reason in row["because"]:
            click.echo(f"   because {reason}")
