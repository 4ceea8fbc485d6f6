"""``quartiers train``: the reading model, learnt again from the labels."""

from __future__ import annotations

import importlib.util
from collections import Counter
from pathlib import Path

import click

from quartiers.errors import QuartiersError
from quartiers.reading.examples import training_examples


@click.command()
@click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    envvar="QUARTIERS_DATA",
    help="Folder of source files: labels find their texts there.",
)
@click.option(
    "--labelled",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="More labelled texts (JSON Lines: id, text, digital, themes, infra, facets).",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder to write in; by default the study's own model.",
)
def command(data: Path | None, labelled: tuple[Path, ...], output: Path | None) -> None:
    """Learn the reading model again from the labels; the same labels give the same bytes.

    Example: quartiers train --data /srv/open-data
    """
    if importlib.util.find_spec("sklearn") is None:
        raise QuartiersError(
            "learning needs scikit-learn, which prediction does not: run `make install-dev` first."
        )
    from quartiers.train import FOLDER, learn, save

    examples, lost = training_examples(data, labelled)
    card, arrays = learn(examples)
    save(card, arrays, output or FOLDER)
    roles = Counter(e.role for e in examples)
    told = ", ".join(f"{count:,} {role}" for role, count in sorted(roles.items()))
    click.echo(f"Learnt from {len(examples):,} texts ({told}) → {output or FOLDER}")
    if lost:
        click.echo(f"{len(lost):,} labels found no record (no --data?): left out.", err=True)
