"""The embedded study's chapters as records.

**Reads** ``study/benchmark/*.toml``. **Writes** records.
**Method** The chapter says which world the source speaks for; what an expert judged (digital, themes)
stays in ``chapters.study_labels`` and is not a field of the record.
**Limits** A neighbourhood is kept as written; ``locate`` resolves it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from quartiers.chapters import WORLDS, chapters
from quartiers.place_types import place_slugs
from quartiers.shapes import Record


def read() -> Iterator[Record]:
    """One record an entry, chapter by chapter."""
    for chapter, entries in chapters().items():
        for entry in entries:
            yield read_entry(entry, WORLDS.get(chapter, "quartiers"))


def read_entry(entry: dict[str, Any], world: str | None) -> Record:
    """One entry of a chapter."""
    return Record(
        source="benchmark",
        source_id=entry["id"],
        kind="projet" if world == "ville-intelligente" else "action",
        title=entry["name"],
        text=entry["summary"],
        carrier=entry.get("carrier"),
        carrier_type=entry.get("carrier_type"),
        start=year(entry.get("since")),
        end=year(entry.get("until")),
        commune=entry.get("commune"),
        insee_code=entry.get("insee_code"),
        neighbourhood=entry.get("neighbourhood"),
        place_types=place_slugs(entry.get("places", ())),
        services=[*entry.get("technology", ()), *entry.get("role", ())],
        world=world,
        url=entry.get("source_url"),
    )


def year(value: int | None) -> str | None:
    return None if value is None else str(value)
