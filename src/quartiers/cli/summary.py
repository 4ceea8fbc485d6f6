"""``quartiers summary``: the figures of an edition, for people or programs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from quartiers.shelf import open_edition
from quartiers.summary import summarise


@click.command()
@click.argument("edition", required=False)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def command(edition: str | None, as_json: bool) -> None:
    """Print the figures of an edition (the current one by default).

    Example: quartiers summary --json
    """
    path = open_edition(edition)
    if as_json:
        click.echo(json.dumps(summarise(path), ensure_ascii=False, indent=1))
    else:
        print_summary(path)


def print_summary(path: Path) -> None:
    """What the edition holds, what it doubts, where to look next."""
    figures = summarise(path)
    console = Console(soft_wrap=True, highlight=False)
    console.print(f"\n[bold]Quartiers — edition {figures['edition']}[/bold]")
    console.print(
        f"built {figures['built_at']} in {figures['build_seconds']} s, "
        f"peak memory {figures['peak_memory_mb']} MB\n"
    )
    console.print(counts_table(figures))
    console.print(themes_table(figures))
    console.print(sources_table(figures))
    console.print("\n[bold]Where to look next[/bold]")
    report = path / "rapport.html"
    program = "quartiers" if shutil.which("quartiers") else ".venv/bin/quartiers"
    for what, where in (
        ("the report, in a browser", str(report)),
        ("one record's journey, with its reasons", f"{program} explain benchmark:pimms-paris"),
        ("words of both worlds", f'{program} search "civic tech"'),
        ("any SQL tool", str(path / "quartiers.sqlite")),
    ):
        console.print(f"  {what:<40} {where}")


def counts_table(figures: dict[str, Any]) -> Table:
    """The headline counts, each with what it counts."""
    table = Table(show_header=False, box=None, padding=(0, 2))
    for label, value in (
        ("records read", f"{figures['records']:,}"),
        ("rows lost or doubtful, each a named issue", f"{figures['issues']:,}"),
        ("digital initiatives found", f"{figures['initiatives']:,}"),
        ("… of which in priority neighbourhoods", f"{figures['initiatives_quartiers']:,}"),
        ("… of which inside a named QPV", f"{figures['located_in_qpv']:,}"),
        ("QPV reached (of 1,609)", f"{figures['qpv_reached']:,}"),
        ("doubts: digital or not, the machine cannot say", f"{figures['doubts']:,}"),
    ):
        table.add_row(label, f"[bold]{value}[/bold]")
    return table


def themes_table(figures: dict[str, Any]) -> Table:
    """Initiatives by theme; one initiative may have several."""
    table = Table(title="Initiatives by theme (several possible)", title_justify="left", box=None)
    table.add_column("theme")
    table.add_column("initiatives", justify="right")
    for theme, count in figures["themes"].items():
        table.add_row(theme, f"{count:,}")
    return table


def sources_table(figures: dict[str, Any]) -> Table:
    """Rows read by source."""
    table = Table(title="Rows by source", title_justify="left", box=None)
    table.add_column("source")
    table.add_column("rows", justify="right")
    for name, rows in figures["sources"].items():
        table.add_row(name, f"{rows:,}")
    return table
