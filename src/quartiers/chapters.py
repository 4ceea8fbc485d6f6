"""The embedded study's chapters, as an expert edits them.

**Reads** ``study/benchmark/*.toml``. **Writes** nothing.
**Method** One table an initiative, facts in our own words with their source; an unknown field, a
missing one or an id used twice is a sentence that says where. The chapters also hold the expert's
judgement (``digital``, ``themes``, forms), which the build prefers to the machine's, and the subjects
under which a documentalist would file it, which only search reads.
**Limits** Collected by hand: it shows cases, it does not count them.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from quartiers.errors import StudyError
from quartiers.shapes import THEMES

FOLDER = Path(__file__).parent / "study" / "benchmark"
NEEDED = frozenset({"id", "name", "summary", "digital", "confidence", "source_title"})
ALLOWED = NEEDED | {
    *("themes", "carrier", "carrier_type", "commune", "insee_code", "neighbourhood", "places"),
    *("since", "until", "technology", "innovation_form", "role", "presented_as_innovative"),
    *("source_url", "subjects"),
}
DIGITAL = {"oui": "numerique", "non": "non-numerique", "incertain": None}
#: Chapters whose entries are not the neighbourhoods' own, and the world they speak for.
WORLDS = {"09-ville-intelligente": "ville-intelligente", "10-non-numerique": None}


@dataclass(frozen=True)
class Judgement:
    """An expert's verdicts on one record: ``digital`` is numerique, non-numerique or None (doubt);
    ``themes`` has the main one first; ``forms`` are those the expert states."""

    digital: str | None
    themes: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    author: str = "étude embarquée"
    date: str = "2026-11"
    infra: tuple[str, ...] | None = None
    fields: frozenset[str] = field(default_factory=lambda: frozenset({"digital", "themes"}))


@cache
def chapters() -> dict[str, tuple[dict[str, Any], ...]]:
    """Chapter name («07-mobilite») → its entries, checked. Raises StudyError."""
    read: dict[str, tuple[dict[str, Any], ...]] = {}
    seen: dict[str, str] = {}
    for path in sorted(FOLDER.glob("*.toml")):
        try:
            entries = tomllib.loads(path.read_text("utf-8")).get("initiative", [])
        except tomllib.TOMLDecodeError as error:
            raise StudyError(f"{path.name} is not valid TOML ({error}): mend that line.") from None
        for entry in entries:
            check_entry(entry, path.name, seen)
        read[path.stem] = tuple(entries)
    return read


def check_entry(entry: dict[str, Any], chapter: str, seen: dict[str, str]) -> None:
    """One entry against the chapter's rules. Raises StudyError."""
    name = entry.get("id", entry.get("name", "an entry without id"))
    where = f"{chapter}, «{name}»"
    if missing := NEEDED - entry.keys():
        raise StudyError(f"{where} lacks {', '.join(sorted(missing))}: add them.")
    if unknown := entry.keys() - ALLOWED:
        raise StudyError(
            f"{where} has {', '.join(sorted(unknown))}, which no reader knows: take that out."
        )
    if entry["digital"] not in DIGITAL:
        raise StudyError(f"{where}: digital is «{entry['digital']}»; say oui, non or incertain.")
    if strange := set(entry.get("themes", ())) - set(THEMES):
        raise StudyError(
            f"{where}: {', '.join(sorted(strange))} is not a theme; say one of {', '.join(THEMES)}."
        )
    if name in seen:
        raise StudyError(f"{where}: this id already stands in {seen[name]}; give another.")
    seen[name] = chapter


@cache
def study_labels() -> dict[str, Judgement]:
    """Record id → the expert's judgement, for every entry of the chapters."""
    return {
        f"benchmark:{entry['id']}": Judgement(
            digital=DIGITAL[entry["digital"]],
            themes=tuple(entry.get("themes", ())),
            forms=stated_forms(entry),
        )
        for entries in chapters().values()
        for entry in entries
    }


@cache
def subjects() -> dict[str, tuple[str, ...]]:
    """Record id → the needs, publics and words under which it is looked for."""
    return {
        f"benchmark:{entry['id']}": tuple(entry["subjects"])
        for entries in chapters().values()
        for entry in entries
        if "subjects" in entry
    }


def stated_forms(entry: dict[str, Any]) -> tuple[str, ...]:
    """The forms that an entry's own fields state."""
    forms = []
    if "frugale" in entry.get("innovation_form", ()):
        forms.append("frugal")
    if "hybride" in entry.get("innovation_form", ()):
        forms.append("hybride")
    if entry.get("presented_as_innovative"):
        forms.append("declared")
    return tuple(forms)
