"""Crosswalks: other people's lists, value by value, to our themes and concepts.

**Reads** ``study/crosswalks/<list>.csv``. **Writes** nothing.
**Method** Every value of the source list has its line, those that we have nothing for included: then
the relation is ``null`` and the reason says why. A relation is read from the source's value to our
concept: ``narrow`` means that the value is narrower than the concept.
**Limits** One concept and one theme a value: the nearest. The lists are those of the versions named in
the column ``version``; a value that a source invents later is not there, and is an error to ask for.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from quartiers.errors import StudyError

#: The lists: file → what it is.
LISTS: dict[str, str] = {
    "mednum_services": "services of the national standard of digital mediation places",
    "data_inclusion_thematiques": "thematics of data·inclusion, v1 and v0",
    "eu_data_themes": "European data themes",
    "inspire_themes": "INSPIRE themes",
    "aides_territoires_mots_cles": "keywords of Aides-territoires",
}
RELATIONS = ("exact", "close", "broad", "narrow", "related", "null")


class Crossing(NamedTuple):
    """One value of another list, and what it is here; all None where we have nothing."""

    version: str
    value: str
    theme: str | None
    infra: str | None
    concept: str | None
    relation: str
    reason: str


@cache
def crosswalk(name: str) -> dict[str, Crossing]:
    """Value → crossing. Where two versions share a value, the newest speaks."""
    return {c.value: c for c in reversed(crossings(name))}


@cache
def crossings(name: str) -> tuple[Crossing, ...]:
    """All lines of a list, in its order, the newest version first."""
    if name not in LISTS:
        raise StudyError(f"crosswalk «{name}»: no such list; there are {', '.join(LISTS)}.")
    path = files("quartiers.study") / "crosswalks" / f"{name}.csv"
    rows = csv.DictReader(path.read_text("utf-8").splitlines())
    return tuple(
        Crossing(
            row["version"],
            row["value"],
            row["theme"] or None,
            row["infra"] or None,
            row["concept"] or None,
            row["relation"],
            row["reason"],
        )
        for row in rows
    )
