"""The unseen: how many places no list knows, estimated from how much the lists overlap.

**Reads** the initiatives and ``study/link/national_lists.toml``. **Writes** the ``unseen`` table.
**Method** Two lists: Chapman's estimator (1951). More: Chao's lower bound for unequal chances of
being listed (1987, bias-corrected, with the factor for a finite number of lists), and, where there are
enough, log-linear models of lists that depend on each other two by two (``loglinear.py``). Intervals at
95 % are log-normal on the number unseen (Chao 1987), so that the low end is never below what was seen.
By theme, region, département and EPCI, everywhere and in the quarters. Measured by
``quartiers.evaluate.unseen``.
**Limits** All suppose that linking made no error and that nothing opened or closed between the lists'
dates; the list of methods says what else each supposes and which way it fails. A theme is read in what
records say: a place that several lists know says more, so themes are estimated a little low. Where
fewer than :data:`MIN_SHARED` places are in two lists, nothing is said; actions and projects are in no
two national lists: nothing is said of them.
"""

from __future__ import annotations

import math
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import pyarrow as pa

from quartiers.link.loglinear import MOST_LISTS, hidden
from quartiers.shapes import THEMES, rows_batch
from quartiers.tables import UNSEEN
from quartiers.territories import Territories

Z = 1.959964
#: Fewer places in common than this say nothing (Chapman's own advice is 7).
MIN_SHARED = 7
#: Fewer than this, and log-linear intervals are too wide to be of use.
MIN_MODELLED = 30
#: Below this probability of counts as far from the model, the model is not shown.
REJECTED = 0.01
LEVELS = ("REG", "DEP", "EPCI")
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Estimate:
    """Places unseen (``value``, 95 % from ``low`` to ``high``)."""

    method: str
    value: float
    low: float
    high: float


@dataclass(slots=True)
class Overlap:
    """How lists overlap: list names, places by the lists that they are in."""

    names: list[str]
    histories: Counter[frozenset[str]]

    def times(self, n: int) -> int:
        """Places in ``n`` lists exactly."""
        return sum(k for lists, k in self.histories.items() if len(lists) == n)

    @property
    def seen(self) -> int:
        return sum(self.histories.values())

    @property
    def shared(self) -> int:
        """Places in two lists or more."""
        return self.seen - self.times(1)


def chapman(first: int, second: int, both: int) -> Estimate | None:
    """From two lists: rows in each, and in both. None when too few are in both."""
    if both < MIN_SHARED:
        return None
    total = (first + 1) * (second + 1) / (both + 1) - 1
    spread = (first + 1) * (second + 1) * (first - both) * (second - both)
    variance = spread / ((both + 1) ** 2 * (both + 2))
    return around("Chapman", max(total - (first + second - both), 0.0), variance)


def chao(once: int, twice: int, lists: int) -> Estimate | None:
    """Lower bound from several lists: places in one list only, in two."""
    if twice < MIN_SHARED or lists < 2:
        return None
    share = (lists - 1) / lists
    value = share * once * (once - 1) / (2 * (twice + 1))
    variance = (
        value
        + share**2 * once * (2 * once - 1) ** 2 / (4 * (twice + 1) ** 2)
        + share**2 * once**2 * twice * (once - 1) ** 2 / (4 * (twice + 1) ** 4)
    )
    return around("Chao", value, variance)


def modelled(overlap: Overlap) -> tuple[Estimate, float] | None:
    """Log-linear estimate and how well its models fit the counts (a probability); None if too few."""
    if not 3 <= len(overlap.names) <= MOST_LISTS or overlap.shared < MIN_MODELLED:
        return None
    counted = {
        tuple(int(name in lists) for name in overlap.names): n
        for lists, n in overlap.histories.items()
    }
    found = hidden(counted)
    return around("log-linéaire", found.number, found.number**2 * found.variance), found.fits


def around(method: str, value: float, variance: float) -> Estimate:
    """The log-normal interval around a number unseen."""
    if value <= 0:
        return Estimate(method, 0.0, 0.0, Z * math.sqrt(variance))
    factor = math.exp(Z * math.sqrt(math.log(1 + variance / value**2)))
    return Estimate(method, value, value / factor, value * factor)


@cache
def card() -> dict[str, Any]:
    """The national lists; what each method says and supposes; what each status means."""
    text = (files("quartiers.study") / "link" / "national_lists.toml").read_text("utf-8")
    return tomllib.loads(text)


@cache
def national_lists() -> dict[str, str]:
    """Source name → the national list that it is a version of."""
    return {source: name for name, sources in card()["lists"].items() for source in sources}


def overlap_of(sources: Iterable[Sequence[str]]) -> Overlap:
    """From the sources of each place. Places in no national list are left out of the base."""
    known = national_lists()
    counted = Counter(frozenset(known[s] for s in one if s in known) for one in sources)
    counted.pop(frozenset(), None)
    return Overlap(sorted({name for lists in counted for name in lists}), counted)


def bound(overlap: Overlap) -> Estimate | None:
    """The estimate that supposes least: Chapman of two lists, Chao of more."""
    if len(overlap.names) != 2:
        return chao(overlap.times(1), overlap.times(2), len(overlap.names))
    first, second = (
        sum(n for lists, n in overlap.histories.items() if name in lists) for name in overlap.names
    )
    return chapman(first, second, overlap.times(2))


def estimates(overlap: Overlap) -> Iterator[Row]:
    """Every estimate of one group, with its base; one row that says why when there is none."""
    base = {"seen": overlap.seen, "shared": overlap.shared, "lists": len(overlap.names)}
    first = bound(overlap)
    if first is None:
        yield base | {"status": "trop-peu" if len(overlap.names) > 1 else "une-liste"}
        return
    yield base | asdict(first) | {"status": "estime"}
    second = modelled(overlap)
    if second is not None:
        estimate, fits = second
        if fits < REJECTED:
            yield base | {"method": estimate.method, "status": "modele-rejete"}
        else:
            yield base | asdict(estimate) | {"status": "estime"}


def unseen(view: Iterable[Mapping[str, Any]], territories: Territories) -> pa.Table:
    """Rows of :data:`~quartiers.tables.UNSEEN`, from the initiatives."""
    groups: dict[tuple[str, str, str], list[Sequence[str]]] = defaultdict(list)
    for theme in ("", *THEMES):  # a theme that no list shows has its row, which says so
        groups["lieux", "FR", theme] = []
        groups["lieux-quartiers", "FR", theme] = []
    groups["actions-quartiers", "FR", ""] = []
    for row in view:
        if row["digital"] != "numerique":
            continue
        if row["kind"] != "lieu":
            if row["in_quartiers"]:
                groups["actions-quartiers", "FR", ""].append(row["sources"])
            continue
        codes = territories.parents(row["insee_code"])
        within = [(f"{level}{codes[level]}", "") for level in LEVELS if level in codes]
        themed = ["FR", *(f"REG{codes[level]}" for level in ("REG",) if level in codes)]
        within += [("FR", ""), *((code, theme) for code in themed for theme in row["themes"])]
        for scope in ("lieux", "lieux-quartiers")[: 1 + bool(row["in_quartiers"])]:
            for code, theme in within:
                groups[scope, code, theme].append(row["sources"])
    rows = [
        {"scope": scope, "territory": code, "theme": theme or None, **row}
        for (scope, code, theme), sources in sorted(groups.items())
        for row in estimates(overlap_of(sources))
    ]
    return pa.Table.from_batches([rows_batch(rows, UNSEEN)])


def national(table: pa.Table) -> Row | None:
    """The national estimate of the quarters, {method, value, low, high…}; None when there is none."""
    for row in table.to_pylist():
        where = (row["scope"], row["territory"], row["theme"])
        if where == ("lieux-quartiers", "FR", None) and row["status"] == "estime":
            found: Row = row
            return found
    return None
