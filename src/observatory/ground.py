"""Territories as pages show them: who they are, what they hold, whom they resemble.

**Reads** the embedded tables of territories, the tables that the edition stores for pages
(:mod:`quartiers.compare.reading`). **Writes** nothing.
**Method** Rows of the edition, the few that every page asks for kept; nothing is computed. Codes are
those of the measures table.
**Limits** The first page after a start reads the embedded tables (about a second): ``warmth`` does it
before the first visitor.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from observatory.edition import Edition
from quartiers.compare import reading
from quartiers.compare.examples import choose
from quartiers.compare.holdings import Ground, Grounds, lay
from quartiers.territories import Territories, load

Row = Mapping[str, Any]
Measure = dict[str, Any]

#: Of what peers do, how much is listed, with how many examples each.
LACKS, EXAMPLES = 10, 2


@lru_cache(maxsize=1)
def grounds() -> Grounds:
    """Every territory of the study, laid once a process."""
    return lay(load())


def territories() -> Territories:
    """The embedded tables."""
    return grounds().territories


def ground_of(code: str) -> Ground | None:
    """The territory of a code of the measures; None when it is no territory with a quarter."""
    found = grounds().by_code.get(code)
    return found if found is not None and found.quartiers else None


@lru_cache(maxsize=2)
def counts(edition: Edition) -> dict[str, int]:
    """Territory → how many digital initiatives of the quarters were found on it."""
    return {
        row["code"]: row["initiatives"]
        for row in edition.rows("SELECT code, initiatives FROM territories")
    }


def count(edition: Edition, code: str) -> int:
    """The digital initiatives found in a territory's quarters."""
    return counts(edition).get(code, 0)


@lru_cache(maxsize=16)
def holdings(edition: Edition, code: str) -> tuple[Row, ...]:
    """The digital initiatives of a territory's quarters."""
    return tuple(reading.initiatives_of(edition.connection, code))


def some(rows: Sequence[Row], wanted: int) -> list[Row]:
    """The best documented of them, from many places and carriers."""
    return choose(rows, wanted)


def initiatives(edition: Edition, ids: Sequence[str]) -> list[dict[str, Any]]:
    """Initiatives by id, in the order asked; those that are not there are left out."""
    found = reading.initiatives_named(edition.connection, ids)
    return [found[i] for i in ids if i in found]


def measures(edition: Edition, *codes: str) -> dict[str, dict[str, dict[str, Measure]]]:
    """Territory → indicator → modality («» when there is none) → its row."""
    marks = ", ".join("?" * len(codes))
    found: dict[str, dict[str, dict[str, Measure]]] = {code: defaultdict(dict) for code in codes}
    for row in edition.rows(
        "SELECT territory, indicator, modality, value, low, high, n, status FROM measures "
        f"WHERE territory IN ({marks})",
        codes,
    ):
        found[row["territory"]][row["indicator"]][row["modality"] or ""] = dict(row)
    return found


def measured(edition: Edition, indicator: str, codes: Sequence[str]) -> dict[str, Measure]:
    """Territory → its row of one indicator without modality."""
    marks = ", ".join("?" * len(codes))
    return {
        row["territory"]: dict(row)
        for row in edition.rows(
            "SELECT territory, value, low, high, n, status FROM measures "
            f"WHERE indicator = ? AND modality IS NULL AND territory IN ({marks})",
            (indicator, *codes),
        )
    }


def peers(edition: Edition, code: str) -> list[dict[str, Any]]:
    """The territories of its level that resemble it most, nearest first."""
    return reading.peers_of(edition.connection, code)


def lacks(edition: Edition, code: str) -> list[dict[str, Any]]:
    """What its peers do and that was not found on it, with initiatives to call."""
    rows = reading.lacks_of(edition.connection, code)[:LACKS]
    for row in rows:
        row["examples"] = initiatives(edition, row["examples"][:EXAMPLES])
    return rows


def walks(edition: Edition, code: str) -> list[dict[str, Any]]:
    """For a quarter: the nearest known relay place of each type, nearest first."""
    return reading.relays_of(edition.connection, code)
