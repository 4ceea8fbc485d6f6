"""The cards of the indicators: what each one measures, and what it does not say.

**Reads** ``study/indicateurs.toml``. **Writes** nothing.
**Method** A card a function of ``indicators``; the strata of the sources and the labels of the values
are beside them, for whoever prints a figure.
**Limits** A source that no stratum names is taken as «tout-venant»: it counts, and claims nothing.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

from quartiers.errors import StudyError
from quartiers.text import fold

STUDY = Path(__file__).parents[1] / "study"


@dataclass(frozen=True, slots=True)
class Card:
    """What people read beside a figure; ``n_min`` is the smallest base at which it is shown."""

    fr: str
    en: str
    unit: str
    base: str
    ne_dit_pas: str
    reference: str
    n_min: int


@cache
def read_cards() -> dict[str, Card]:
    """Indicator → its card, in the order of the file. Raises StudyError."""
    wanted = {field.name for field in fields(Card)}
    for name, card in sheet()["indicateur"].items():
        if wrong := sorted(wanted ^ card.keys()):
            raise StudyError(
                f"indicateurs.toml, [indicateur.{name}]: {', '.join(wrong)} missing or unknown; a card "
                f"says {', '.join(sorted(wanted))}."
            )
    return {name: Card(**card) for name, card in sheet()["indicateur"].items()}


@cache
def sheet() -> dict[str, Any]:
    """The whole file."""
    return tomllib.loads((STUDY / "indicateurs.toml").read_text("utf-8"))


def label(dimension: str, value: str) -> str:
    """The French label of a value of ``theme``, ``infra``, ``forme``, ``lieu``…; else the value."""
    return str(sheet()["libelles"].get(dimension, {}).get(value, value))


@cache
def relays() -> frozenset[str]:
    """The types of place that the study calls relays."""
    return frozenset(sheet()["relais"]["types"])


@cache
def carrier_kind(words: str) -> str:
    """A source's own word for a kind of carrier, as one of ours; «Autre» when none fits."""
    folded = " ".join(fold(words).split())
    return next(
        (
            str(kind["type"])
            for kind in sheet()["porteur"]
            if any(motif in folded for motif in kind["motifs"])
        ),
        "Autre",
    )


@cache
def stratum(source: str) -> str:
    """What kind of look a source is: ``corpus``, ``recensement`` or ``tout-venant``."""
    for name, sources in sheet()["strates"].items():
        if any(source == s or source.startswith(f"{s}-") for s in sources):
            return str(name)
    return "tout-venant"
