"""``quartiers judge``: say whether a proposition was good; the next edition takes it into account."""

from __future__ import annotations

import click

from quartiers.bridge.judgements import KINDS, VERDICTS, add


@click.command()
@click.argument("verdict", type=click.Choice(VERDICTS))
@click.argument("about")
@click.argument("result")
@click.option("--kind", type=click.Choice(KINDS), default="match", show_default=True)
@click.option("--author", required=True, help="Who answers: a name or a team.")
def command(verdict: str, about: str, result: str, kind: str, author: str) -> None:
    """Keep an answer about a partner proposed to an initiative, or a result of a search.

    Example: quartiers judge refused benchmark:ondijon benchmark:data-et-quartiers --author Équipe
    """
    one = add(kind, about, result, verdict, author)
    click.echo(f"Kept: {one.result} {one.verdict} for {one.about}. The next build reads it.")
