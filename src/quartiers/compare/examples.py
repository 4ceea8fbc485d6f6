"""Which initiatives a report names: those that a reader can find again, from many places.

**Reads** initiatives. **Writes** nothing.
**Method** A score for what lets a reader check and call (a link, a quarter, a carrier, a date, words),
then a turn each: no commune twice, no carrier twice, while there are others. The order is fixed.
**Limits** Named is not better: the choice says how well a record is documented, nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence

from quartiers.compare.answers import stratum_of
from quartiers.compare.holdings import STANDS, Row
from quartiers.text import fold

#: The longest summary shown whole, in characters.
SUMMARY = 230


def documented(initiative: Row) -> int:
    """How much a reader can check: more is better."""
    return int(
        3 * bool(initiative["url"])
        + 2 * (initiative["qpv_etat"] in STANDS and bool(initiative["qpv_code"]))
        + 2 * (len(initiative["text"] or "") > 80)
        + bool(initiative["carrier"])
        + bool(initiative["start"])
        + bool(initiative["forms"])
        + 2 * (stratum_of(initiative) == "corpus")
        - 3 * (initiative["kind"] == "lieu")
    )


def choose(rows: Sequence[Row], wanted: int, shown: set[str] | None = None) -> list[Row]:
    """``wanted`` initiatives, the best documented first, communes and carriers varied.

    ``shown`` holds the ids that the reader has met: they come last, and the chosen ones join them.
    """
    met = shown if shown is not None else set()
    order = sorted(rows, key=lambda r: (r["id"] in met, -documented(r), r["id"]))
    chosen = take_turns(order, wanted)
    met.update(r["id"] for r in chosen)
    return chosen


def take_turns(order: Sequence[Row], wanted: int) -> list[Row]:
    """The first of ``order``, no commune and no carrier twice while there are others."""
    chosen: list[Row] = []
    seen: set[str] = set()
    taken: set[str] = set()
    for strict in (True, False):
        for row in order:
            if len(chosen) == wanted:
                return chosen
            names = {f"c:{row['insee_code']}", f"p:{fold(row['carrier'] or row['id'])}"}
            if row["id"] not in taken and not (strict and names & seen):
                chosen.append(row)
                taken.add(row["id"])
                seen |= names
    return chosen


def summary_of(initiative: Row) -> str:
    """The first sentences of its text, whole ones, up to :data:`SUMMARY` characters."""
    text = " ".join((initiative["text"] or "").split())
    if len(text) <= SUMMARY:
        return text
    cut = max(text.rfind(mark, 0, SUMMARY) for mark in (". ", "! ", "? "))
    if cut > 60:
        return text[: cut + 1]
    return text[: text.rfind(" ", 0, SUMMARY)].rstrip(" .…,;:(") + " …"
