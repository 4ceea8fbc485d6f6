"""``quartiers thesaurus``: check what experts wrote, compile it, export it."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

import click

from quartiers import thesaurus


@click.group()
def command() -> None:
    """Check and export the common thesaurus.

    Example: quartiers thesaurus export --format json-ld > thesaurus.jsonld
    """


@command.command()
def check() -> None:
    """Say in one sentence each what breaks the rules; exit code 1 when something does.

    Example: quartiers thesaurus check
    """
    from quartiers.thesaurus.checks import check as problems_of

    loaded = thesaurus.load()
    problems = problems_of(loaded)
    for problem in problems:
        click.echo(problem)
    shared = sum(len(c.schemes) == 2 for c in loaded.concepts.values())
    mappings = sum(len(listed) for c in loaded.concepts.values() for listed in c.mappings.values())
    labels = sum(len(c.labels) for c in loaded.concepts.values())
    click.echo(
        f"{len(loaded.concepts)} concepts ({shared} of both worlds), {labels} labels, "
        f"{mappings // 2} mappings: {len(problems) or 'no'} problem{'s' * (len(problems) != 1)}."
    )
    sys.exit(1 if problems else 0)


@command.command()
@click.option(
    "--format",
    "form",
    type=click.Choice(["turtle", "json-ld", "csv"]),
    default="turtle",
    show_default=True,
    help="The form of the whole thesaurus.",
)
def export(form: str) -> None:
    """Print the whole thesaurus.

    Example: quartiers thesaurus export --format csv > thesaurus.csv
    """
    from quartiers.thesaurus import turtle

    chapters = thesaurus.chapters()
    if form == "turtle":
        click.echo(turtle.joined(chapters), nl=False)
    elif form == "json-ld":
        click.echo(turtle.json_ld(chapters))
    else:
        click.echo(turtle.table(thesaurus.load().concepts), nl=False)


@command.command("compile")
def compile_chapters() -> None:
    """Write thesaurus.json again after an edit of the Turtle, so that loading is fast.

    Example: quartiers thesaurus compile
    """
    from quartiers.thesaurus.turtle import compile_to

    target = thesaurus.folder() / "thesaurus.json"
    click.echo(f"{target.name}: {compile_to(target, thesaurus.chapters())} concepts.")


@command.command()
def glossary() -> None:
    """Print the glossary page (docs/glossary.md) made from the thesaurus.

    Example: quartiers thesaurus glossary > docs/glossary.md
    """
    from quartiers.thesaurus.glossary import page

    click.echo(page(thesaurus.load()), nl=False)


@command.command("usage")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def count_usage(as_json: bool) -> None:
    """Count which world uses which words, over the embedded study, with a quote each.

    Example: quartiers thesaurus usage --json
    """
    from quartiers.collect import collect
    from quartiers.thesaurus.usage import usage

    uses, totals = usage(record for _, listed, _ in collect(None) for record in listed)
    if as_json:
        rows = [asdict(use) for use in uses.values()]
        click.echo(json.dumps({"records": totals, "concepts": rows}, ensure_ascii=False, indent=1))
        return
    concepts = thesaurus.load().concepts
    for use in sorted(uses.values(), key=lambda u: -sum(u.records.values())):
        click.echo(f"{concepts[use.slug].pref}")
        for world, (quote, about) in sorted(use.quotes.items()):
            share = 100 * use.records[world] / totals[world]
            said = ", ".join(sorted(use.words[world], key=lambda w: -use.words[world][w])[:6])
            click.echo(f"  {world}: {use.records[world]} records ({share:.1f} %): {said}")
            click.echo(f"    « {quote} » ({about})")
