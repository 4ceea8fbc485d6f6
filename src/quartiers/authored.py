"""A person's file of answers: named after them, added to, never rewritten.

**Reads** nothing. **Writes** ``<folder>/<author>.csv``.
**Method** One file an author, in the folder of its kind (labels of records, judgements of pairs).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from quartiers.errors import QuartiersError


def file_of(author: str, folder: Path) -> Path:
    """An author's file. Raises QuartiersError when the name says nothing."""
    name = re.sub(r"[^\w-]+", "-", author.strip().lower()).strip("-")
    if not name:
        raise QuartiersError("--author is empty: give the name under which the answers are kept.")
    return folder / f"{name}.csv"


def append(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Add rows at the end of a file; what is there is left as it is."""
    kept = list(rows)
    if not kept:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    is_new = not path.exists()
    with path.open("a", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        if is_new:
            writer.writerow(columns)
        writer.writerows(kept)
