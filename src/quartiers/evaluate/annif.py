"""Annif, the public tool that indexes texts with a vocabulary, asked the same questions.

**Reads** the training examples and the texts to read. **Writes** a temporary folder.
**Method** Annif lives in an environment of its own (``requirements/bench.in``): its Python runs
``annif_run.py`` on two JSON Lines files and leaves its answers. It learns from the same examples.
The backend chosen on held-out texts and the ensemble both answer.
**Limits** See ``annif_run``.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from quartiers.errors import QuartiersError
from quartiers.evaluate import annif_run
from quartiers.evaluate.measure import Answer
from quartiers.reading.examples import Example
from quartiers.shapes import DIMENSIONS


def subjects(example: Example) -> list[str]:
    """An example's labels as subjects: a text without one would teach Annif nothing."""
    if not example.digital:
        return ["other"]
    return ["digital", *(f"{d}:{v}" for d in DIMENSIONS for v in example.values(d))]


def write_rows(path: Path, examples: Iterable[Example]) -> None:
    with path.open("w", encoding="utf-8") as out:
        for e in examples:
            row = {"id": e.id, "text": e.text, "subjects": subjects(e)}
            out.write(json.dumps(row, ensure_ascii=False) + "\n")


def ask(
    python: Path, training: Sequence[Example], texts: Sequence[Example]
) -> tuple[dict[str, dict[str, Answer]], dict[str, Any]]:
    """Reader's name → id → answer, and each backend's F1 on held-out training texts.

    ``python``: the interpreter of the environment where Annif is. Raises QuartiersError.
    """
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        write_rows(work / "train.jsonl", (e for e in training if e.digital is not None))
        write_rows(work / "read.jsonl", texts)
        done = subprocess.run(
            [str(python), "-I", str(Path(annif_run.__file__)), folder],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise QuartiersError(
                f"Annif stopped ({' '.join(done.stderr.split())[-200:]}); is {python} the Python "
                "of an environment with requirements/bench.in?"
            )
        told = json.loads((work / "answers.json").read_text("utf-8"))
    named = {
        f"Annif ({backend}{', choisi' if backend == told['best'] else ''})": {
            about: Answer(float(a["score"]), {k: v for k, v in a.items() if k != "score"})
            for about, a in given.items()
        }
        for backend, given in sorted(told["answers"].items())
    }
    return named, told["held_out"]
