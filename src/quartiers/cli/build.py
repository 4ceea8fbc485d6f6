"""``quartiers build``: an edition, all eight verbs, swapped in whole."""

from __future__ import annotations

from pathlib import Path

import click
import pyarrow.parquet as pq
from rich.console import Console
from rich.progress import Progress as Bar
from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

from quartiers.check import fold_name
from quartiers.cli.summary import print_summary
from quartiers.pipeline import Progress, build
from quartiers.shelf import editions_root
from quartiers.tabular import check_file


@click.command()
@click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    envvar="QUARTIERS_DATA",
    help="Folder of source files; without it, the embedded study alone.",
)
@click.option(
    "--embedded", is_flag=True, help="The embedded study alone, whatever QUARTIERS_DATA says."
)
@click.option(
    "--contributions",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A contributor's file (see `quartiers check`); may be repeated.",
)
@click.option(
    "--judgements",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Labels, pairs or corrections decided by people (CSV); may be repeated.",
)
@click.option("--workers", type=click.IntRange(1, 64), help="Processes; by default one a core.")
@click.option("--force", is_flag=True, help="Build again even if nothing changed.")
def command(
    data: Path | None,
    embedded: bool,
    contributions: tuple[Path, ...],
    judgements: tuple[Path, ...],
    workers: int | None,
    force: bool,
) -> None:
    """Build an edition under editions/ and make it the current one.

    Example: quartiers build --data /srv/open-data
    """
    for path in (*contributions, *judgements):
        check_file(path, path.name)
    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task("starting", total=None)
        progress = Progress(
            stage=lambda name: bar.update(task, description=name),
            step=lambda done: bar.update(task, description=f"reading, batch {done}"),
        )
        edition, built = build(
            editions_root(),
            data=None if embedded else data,
            contributions=contributions,
            judgements=judgements,
            workers=workers,
            force=force,
            progress=progress,
        )
    if not built:
        click.echo("Nothing changed since this edition was built: it stays in use.", err=True)
    print_summary(edition)
    for path in contributions:
        if lost := left_out(edition, path):
            click.echo(
                f"{path.name}: {lost:,} rows left out; `quartiers check {path}` says which and why.",
                err=True,
            )


def left_out(edition: Path, contribution: Path) -> int:
    """How many rows of a contributor's file are no record of the edition."""
    wanted = [
        ("source", "=", f"contributions-{fold_name(contribution.stem)}"),
        ("severity", "=", "perte"),
    ]
    return len(pq.read_table(edition / "issues.parquet", columns=["record"], filters=wanted))
