"""Relay places, from each source's own vocabulary to one list of types.

**Reads** ``study/crosswalks/place_types.csv`` (words) and ``mednum_typologies.csv`` (the 92 official
codes, those without a type included). **Writes** nothing.
**Method** An official code by itself; else the terms found in the words, longest first, whole words,
accents and case aside. The first type found is the main one.
**Limits** A name may mislead («Rue de la Mairie»): only names and typologies are read, not addresses.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from quartiers.text import fold

CROSSWALKS = Path(__file__).parent / "study" / "crosswalks"


@cache
def mednum_typologies() -> dict[str, str | None]:
    """Official Mednum code → type, None where no relay place fits."""
    with (CROSSWALKS / "mednum_typologies.csv").open(encoding="utf-8", newline="") as stream:
        return {row["code"]: row["type"] or None for row in csv.DictReader(stream)}


@cache
def terms() -> tuple[re.Pattern[str], dict[str, str]]:
    """One pattern of every term, longest first, and the type of each."""
    with (CROSSWALKS / "place_types.csv").open(encoding="utf-8", newline="") as stream:
        types = {r["terme"]: r["type"] for r in csv.DictReader(stream) if r["type"]}
    longest = sorted(types, key=lambda t: (-len(t), t))
    return re.compile(r"\b(" + "|".join(map(re.escape, longest)) + r")s?\b"), types


@cache
def types_in(words: str) -> tuple[str, ...]:
    """The types that some words name, in their order."""
    if words in mednum_typologies():
        kind = mednum_typologies()[words]
        return (kind,) if kind else ()
    pattern, types = terms()
    folded = " ".join(re.findall(r"\w+", fold(words)))
    return tuple(types[found.group(1)] for found in pattern.finditer(folded))


def place_slugs(values: Iterable[str | None]) -> list[str]:
    """The types that several words name, each once, in their order."""
    return list(dict.fromkeys(kind for value in values if value for kind in types_in(value)))
