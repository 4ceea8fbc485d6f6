"""``quartiers evaluate``: the reading measured against baselines."""

from __future__ import annotations

import json
from pathlib import Path

import click

from quartiers.reading.examples import training_examples


@click.command()
@click.option(
    "--gold",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Labelled texts set apart (JSON Lines); may be repeated.",
)
@click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    envvar="QUARTIERS_DATA",
    help="Folder of source files: the training labels find their texts there.",
)
@click.option(
    "--labelled",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The further labelled texts given to `quartiers train`.",
)
@click.option(
    "--annif",
    "annif_python",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The Python of an environment with requirements/bench.in: Annif is measured too.",
)
@click.option(
    "-o", "--output", type=click.Path(file_okay=False, path_type=Path), default="evaluation"
)
@click.option("--json", "as_json", is_flag=True, help="Print the figures instead of writing them.")
def command(
    gold: tuple[Path, ...],
    data: Path | None,
    labelled: tuple[Path, ...],
    annif_python: Path | None,
    output: Path,
    as_json: bool,
) -> None:
    """Measure the reading on labelled texts, against a keyword list, TF-IDF + regression and Annif.

    Example: quartiers evaluate --data /srv/open-data --gold dev.jsonl --annif .venv-bench/bin/python
    """
    from quartiers.evaluate.page import page
    from quartiers.evaluate.report import evaluate, write

    examples, lost = training_examples(data, labelled)
    if lost:
        click.echo(f"{len(lost):,} labels found no record (no --data?): left out.", err=True)
    figures = evaluate(examples, gold, annif_python)
    if as_json:
        click.echo(json.dumps(figures, ensure_ascii=False))
        return
    write(figures, output)
    click.echo(page(figures))
