"""What an answer to a question of the study is made of: figures, strata, verdicts.

**Reads** ``study/constats.toml``. **Writes** nothing.
**Method** A share is asked of each stratum of sources by itself (``cards.stratum``): inventories made
for digital places answer some questions by their very nature. The verdict compares the intervals
with the threshold that the question's card states.
**Limits** A verdict is about what the sources show; three of them may be right and the study wrong,
or the other way round.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from quartiers.compare.cards import STUDY, stratum
from quartiers.compare.holdings import Row
from quartiers.compare.intervals import wilson
from quartiers.territories import Territories

#: Under this base a stratum has no voice in a verdict.
VOICE = 20
STRATA: dict[str, str] = {
    "corpus": "corpus du projet",
    "tout-venant": "sources de tout-venant",
    "recensement": "inventaires de lieux et de services",
}


@dataclass(slots=True)
class Answer:
    """A figure, its verdict, and what fills the sentence of the question's card."""

    value: float | None
    low: float | None
    high: float | None
    n: int
    verdict: str
    words: dict[str, str] = field(default_factory=dict)
    figures: list[dict[str, Any]] = field(default_factory=list)
    evidence: list[str] = field(default_factory=list)
    source_table: str = "initiatives"


@cache
def questions() -> dict[str, Any]:
    """The questions' cards and the verdicts' labels."""
    return tomllib.loads((STUDY / "constats.toml").read_text("utf-8"))


def number(value: float, digits: int = 0) -> str:
    """A number as French readers write it: «1 234,5», the spaces not breaking."""
    text = f"{value:,.{digits}f}".replace(",", "\u202f").replace(".", ",")
    return text


def percent(value: float | None) -> str:
    """A share as «12 %», or «12,3 %» under 10."""
    if value is None:
        return "—"
    return f"{number(100 * value, 1 if 0 < value < 0.0995 else 0)}\u00a0%"


def span(low: float | None, high: float | None) -> str:
    """The interval of a share as words."""
    if low is None or high is None:
        return ""
    return f"{percent(low)} à {percent(high)}"


def figure(label: str, k: int, n: int) -> dict[str, Any]:
    """A share as one of the figures of an answer."""
    low, high = wilson(k, n)
    value = k / n if n else None
    return {"label": label, "value": value, "low": low, "high": high, "n": n, "unit": "part"}


def bounds(line: dict[str, Any]) -> tuple[float | None, float | None, float | None, int]:
    """A figure as an answer begins: value, low, high, base."""
    return line["value"], line["low"], line["high"], line["n"]


def stratum_of(row: Row) -> str:
    """The stratum that speaks for an initiative: what was not looked for tells the most."""
    found = {stratum(s) for s in row["sources"] or ()}
    return next((s for s in ("tout-venant", "recensement", "corpus") if s in found), "tout-venant")


def share_answer(
    rows: Sequence[Row], has: Callable[[Row], bool], threshold: float, *, strata: Sequence[str]
) -> Answer:
    """The share of ``rows`` that ``has``, over all and by stratum, and whether it passes."""
    figures = []
    votes = []
    for name in strata:
        part = [r for r in rows if stratum_of(r) == name]
        if part:
            line = figure(STRATA[name], sum(map(has, part)), len(part))
            figures.append(line)
            if len(part) >= VOICE:
                votes.append(passes(line, threshold))
    kept = [r for r in rows if stratum_of(r) in strata]
    whole = figure("ensemble", sum(map(has, kept)), len(kept))
    return Answer(
        *bounds(whole),
        verdict_of(votes),
        {"value": percent(whole["value"]), "strates": told(figures)},
        figures,
        [r["id"] for r in kept if has(r)],
    )


def passes(line: dict[str, Any], threshold: float) -> bool | None:
    """Above the threshold, below, or astride (None)."""
    if line["low"] > threshold:
        return True
    return False if line["high"] < threshold else None


def verdict_of(votes: Sequence[bool | None]) -> str:
    """All above: holds. None above: no longer, if all are below. Else in part, or unsaid."""
    if not votes or all(v is None for v in votes):
        return "cannot-be-said"
    if all(votes):
        return "holds"
    return "no-longer-holds" if all(v is False for v in votes) else "holds-in-part"


def told(figures: Sequence[dict[str, Any]]) -> str:
    """The strata as one sentence, when there is more than one."""
    if len(figures) < 2:
        return f"Base : {figures[0]['label']} seul." if figures else ""
    parts = [f"{percent(f['value'])} ({f['label']}, {number(f['n'])})" for f in figures]
    return "Par origine : " + ", ".join(parts) + "."


@dataclass(slots=True)
class Study:
    """Everything that a question may be asked of."""

    view: list[Row]
    held: list[Row]
    smart: list[Row]
    measures: Mapping[tuple[str, str, str | None], Mapping[str, Any]]
    territories: Territories
    unseen: Mapping[str, Any] | None
    year: int


def threshold(name: str) -> float:
    return float(questions()[name]["seuil"])


def described(study: Study) -> list[Row]:
    """Initiatives of the quarters with a text to read, beyond a place's name and hours."""
    return [r for r in study.held if r["kind"] != "lieu" and len(r["text"] or "") >= 40]
