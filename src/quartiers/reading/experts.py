"""What experts have decided: labels by record, which win over the model in a build.

**Reads** ``study/labels/*.csv`` (columns :data:`COLUMNS`) and the study's chapters. **Writes** nothing.
**Method** A row is one expert's label of one record, named by source and source_id; its text is not
kept. ``role`` says what the label is for: ``expert`` (wins in a build, teaches the model),
``apprentissage`` (teaches the model), ``faible`` (drawn from the source's own categories, teaches
with little weight). Several experts on one record: the last date wins, a disagreement is shown by
``quartiers review``.
**Limits** A label follows its record's id: a source that renumbers its rows loses its labels.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from quartiers import chapters
from quartiers.errors import QuartiersError
from quartiers.shapes import DIMENSIONS

COLUMNS = (
    "source",
    "source_id",
    "digital",
    "themes",
    "infra",
    "facets",
    "optional",
    "role",
    "author",
    "date",
)
DIGITAL = ("oui", "non", "incertain")
ROLES = ("expert", "apprentissage", "faible")


@dataclass(frozen=True, slots=True)
class Label:
    """One person's verdict on one record. ``optional`` holds what only one of two experts gave."""

    id: str
    digital: str
    themes: tuple[str, ...] = ()
    infra: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    role: str = "expert"
    author: str = ""
    date: str = ""
    covers: tuple[str, ...] = DIMENSIONS

    def values(self, dimension: str) -> tuple[str, ...]:
        return {"theme": self.themes, "infra": self.infra, "form": self.forms}[dimension]


def labels_folder() -> Path:
    """Where the labels are."""
    return Path(str(files("quartiers.study") / "labels"))


def read_labels(path: Path) -> Iterator[Label]:
    """The labels of one file."""
    with path.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines)
        if tuple(rows.fieldnames or ()) != COLUMNS:
            raise QuartiersError(
                f"{path}: the columns are {rows.fieldnames}, expected {list(COLUMNS)}; "
                "rename or reorder them."
            )
        for number, row in enumerate(rows, start=2):
            yield as_label(f"{path}, line {number}", row)


def as_label(where: str, row: Mapping[str, str]) -> Label:
    """One line of a file of labels. Raises QuartiersError, saying ``where``."""
    if row["digital"] not in DIGITAL or row["role"] not in ROLES:
        raise QuartiersError(
            f"{where}: digital is «{row['digital']}» and role «{row['role']}»; expected one of "
            f"{DIGITAL} and one of {ROLES}."
        )
    return Label(
        id=f"{row['source']}:{row['source_id']}",
        digital=row["digital"],
        themes=tuple(row["themes"].split()),
        infra=tuple(row["infra"].split()),
        forms=tuple(row["facets"].split()),
        optional=tuple(row["optional"].split()),
        role=row["role"],
        author=row["author"],
        date=row["date"],
    )


def all_labels(folder: Path | None = None) -> list[Label]:
    """Every label of the study, file by file."""
    where = folder or labels_folder()
    return [label for path in sorted(where.glob("*.csv")) for label in read_labels(path)]


@cache
def expert_labels() -> dict[str, Label]:
    """Record id → the expert's label that wins; the study's own entries are labels too."""
    said = {value: word for word, value in chapters.DIGITAL.items()}
    chosen = {
        about: Label(
            id=about,
            digital=said[judgement.digital],
            themes=judgement.themes,
            forms=judgement.forms,
            author=judgement.author,
            date=judgement.date,
            covers=("theme",),
        )
        for about, judgement in chapters.study_labels().items()
    }
    for label in sorted((x for x in all_labels() if x.role == "expert"), key=lambda x: x.date):
        chosen[label.id] = label
    return chosen
