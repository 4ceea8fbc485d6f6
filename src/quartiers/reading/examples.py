"""Labelled texts: what the model learns from and is measured on.

**Reads** ``study/labels/*.csv`` joined with the records of the data folder, the study's chapters,
``study/cases.toml``, and files of labelled texts. **Writes** nothing.
**Method** A label names its record by source and source_id; its text comes from the record itself.
A text that comes twice counts once, the surest label first.
**Limits** A label whose record is not found (no data folder, renumbered source) is counted and left
out.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from zlib import crc32

from quartiers import chapters
from quartiers.collect import collect
from quartiers.errors import QuartiersError
from quartiers.reading.experts import Label, all_labels
from quartiers.shapes import DIMENSIONS, FORMS, INFRA, THEMES, record_text
from quartiers.text import words

FOLDS = 5
#: How the readers of places introduce the services they add to the presentation.
SERVICES = "Services : "
DIGITAL = {"oui": True, "non": False, "incertain": None}
VALUES = {"theme": THEMES, "infra": INFRA, "form": FORMS}
#: The names of the dimensions in labelled files (docs/methode.md, the annotation guide).
FILE_NAMES = {"theme": "themes", "infra": "infra", "form": "facets"}


@dataclass(slots=True)
class Example:
    """One labelled text. ``digital`` is None when the expert could not say; a dimension that the
    label does not cover is not in ``covers``; ``optional`` values count neither way."""

    id: str
    source: str
    text: str
    digital: bool | None
    themes: list[str] = field(default_factory=list)
    infra: list[str] = field(default_factory=list)
    forms: list[str] = field(default_factory=list)
    optional: dict[str, list[str]] = field(default_factory=dict)
    role: str = "expert"
    covers: tuple[str, ...] = DIMENSIONS

    def values(self, dimension: str) -> list[str]:
        return {"theme": self.themes, "infra": self.infra, "form": self.forms}[dimension]

    def holds(self, dimension: str, value: str) -> bool:
        return value in self.values(dimension)

    def is_optional(self, dimension: str, value: str) -> bool:
        return value in self.optional.get(dimension, ())

    @property
    def key(self) -> str:
        """The text without what does not make another text."""
        return " ".join(words(self.text))

    @property
    def fold(self) -> int:
        """The fold of cross-validation, told by the text alone."""
        return crc32(self.key.encode()) % FOLDS


def from_label(label: Label, text: str) -> Example:
    """A record's text with its label."""
    optional: dict[str, list[str]] = {}
    for value in label.optional:
        dimension = next(d for d, listed in VALUES.items() if value in listed)
        optional.setdefault(dimension, []).append(value)
    return Example(
        id=label.id,
        source=label.id.split(":", 1)[0],
        text=text,
        digital=DIGITAL[label.digital],
        themes=list(label.themes),
        infra=list(label.infra),
        forms=list(label.forms),
        optional=optional,
        role=label.role,
    )


def labelled_records(data: Path | None) -> tuple[list[Example], list[str]]:
    """Every label that finds its record, the surest first; and the ids of those that do not."""
    labels: dict[str, Label] = {}
    order = {"expert": 0, "apprentissage": 1, "faible": 2}
    for label in sorted(all_labels(), key=lambda x: (order[x.role], x.id)):
        labels.setdefault(label.id, label)
    texts: dict[str, str] = {}
    for _, records, _ in collect(data):
        for record in records:
            if record.id in labels:
                texts[record.id] = presentation(record.title, record.text)
    found = [from_label(label, texts[label.id]) for label in labels.values() if label.id in texts]
    return found, [about for about in labels if about not in texts]


def presentation(title: str, text: str) -> str:
    """A record's text without the list of services that some readers add to it: labels were given
    on what the source says in sentences."""
    whole = record_text(title, text)
    return whole.split(SERVICES)[0].rstrip(" .—")


def study_examples() -> list[Example]:
    """The study's own entries: digital and themes, in the study's style."""
    return [
        Example(
            id=f"benchmark:{entry['id']}",
            source="benchmark",
            text=record_text(entry["name"], entry["summary"]),
            digital=DIGITAL[entry["digital"]],
            themes=list(entry.get("themes", ())),
            role="etude",
            covers=("theme",),
        )
        for entries in chapters.chapters().values()
        for entry in entries
    ]


def case_examples(split: str) -> list[Example]:
    """The sentences of ``cases.toml``: split ∈ learn | test | programmes."""
    listed = tomllib.loads((files("quartiers.study") / "cases.toml").read_text("utf-8"))[split]
    return [read_case(f"cas:{split}-{i}", text, said) for i, (text, said) in enumerate(listed)]


def read_case(about: str, text: str, said: str) -> Example:
    """One case: «digital themes | infra | forms». Raises QuartiersError."""
    told = [part.split() for part in said.split("|")]
    parts = [*told, [], []]
    verdict, *themes = parts[0]
    for dimension, given in zip(DIMENSIONS, (themes, parts[1], parts[2]), strict=True):
        if strange := set(given) - set(VALUES[dimension]):
            raise QuartiersError(
                f"cases.toml, «{text}»: {', '.join(sorted(strange))} is not a value of "
                f"{dimension}; say one of {', '.join(VALUES[dimension])}."
            )
    if verdict not in DIGITAL:
        raise QuartiersError(f"cases.toml, «{text}»: «{verdict}»; say oui, non or incertain.")
    covers = DIMENSIONS if verdict != "oui" or len(told) > 2 else DIMENSIONS[: max(len(told), 2)]
    return Example(
        about, "cas", text, DIGITAL[verdict], themes, parts[1], parts[2], role="cas", covers=covers
    )


def read_labelled(path: Path) -> Iterator[Example]:
    """A file of labelled texts: JSON Lines with id, text, digital, themes, infra, facets and, where
    annotators differ, optional."""
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            row = json.loads(line)
            if row.get("digital") not in DIGITAL:
                raise QuartiersError(
                    f"{path}, line {number}: digital is «{row.get('digital')}»; expected one of "
                    f"{', '.join(DIGITAL)}."
                )
            given = row.get("optional") or {}
            yield Example(
                id=str(row["id"]),
                source=str(row.get("source", path.stem)),
                text=record_text(row.get("title") or "", row["text"]),
                digital=DIGITAL[row["digital"]],
                themes=list(row.get("themes", ())),
                infra=list(row.get("infra", ())),
                forms=list(row.get("facets", ())),
                optional={d: list(given.get(name, ())) for d, name in FILE_NAMES.items()},
                role=str(row.get("role", "expert")),
            )


def distinct(examples: Iterable[Example]) -> list[Example]:
    """One example a text: the first told wins."""
    kept: dict[str, Example] = {}
    for example in examples:
        kept.setdefault(example.key, example)
    return list(kept.values())


def training_examples(
    data: Path | None, more: Iterable[Path] = ()
) -> tuple[list[Example], list[str]]:
    """All that the model learns from, the surest first; and the labels without their record."""
    found, lost = labelled_records(data)
    given = [example for path in more for example in read_labelled(path)]
    return distinct([*given, *found, *case_examples("learn"), *study_examples()]), lost
