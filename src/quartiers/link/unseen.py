"""The unseen: how many places no list knows, estimated from how much the lists overlap.

**Reads** the initiatives and ``study/link/national_lists.toml``. **Writes** nothing.
**Method** Two lists: Chapman's estimator (1951). More: Chao's lower bound for unequal chances of
being listed (1987, bias-corrected, with the factor for a finite number of lists). Intervals at 95 %
are log-normal on the number unseen (Chao 1987), so that the low end is never below what was seen.
**Limits** Both suppose that linking made no error, that nothing opened or closed between the lists'
dates, and that one list does not copy another. A copy or a common origin makes the estimate too low
(hence «at least»); two rows left unlinked make it too high. With fewer than :data:`MIN_SHARED` places
in two lists, nothing is said.
"""

from __future__ import annotations

import math
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from typing import Any

Z = 1.959964
#: Fewer places in common than this say nothing (Chapman's own advice is 7).
MIN_SHARED = 7
ASSUMPTIONS = (
    "Suppose des listes établies séparément, à la même époque, et un rapprochement sans erreur ; "
    "des listes qui se copient font sous-estimer, des doublons non rapprochés font surestimer."
)


@dataclass(frozen=True, slots=True)
class Estimate:
    """Places unseen (``value``, 95 % from ``low`` to ``high``), over ``seen`` in ``lists`` lists."""

    value: float
    low: float
    high: float
    seen: int
    lists: int
    method: str
    assumptions: str = ASSUMPTIONS

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def chapman(first: int, second: int, both: int) -> Estimate | None:
    """From two lists: rows in each, and in both. None when too few are in both."""
    if both < MIN_SHARED:
        return None
    total = (first + 1) * (second + 1) / (both + 1) - 1
    spread = (first + 1) * (second + 1) * (first - both) * (second - both)
    variance = spread / ((both + 1) ** 2 * (both + 2))
    seen = first + second - both
    return around(max(total - seen, 0.0), variance, seen, 2, "Chapman")


def chao(once: int, twice: int, seen: int, lists: int) -> Estimate | None:
    """Lower bound from several lists: places in one list only, in two, in all."""
    if twice < MIN_SHARED or lists < 2:
        return None
    share = (lists - 1) / lists
    value = share * once * (once - 1) / (2 * (twice + 1))
    variance = (
        value
        + share**2 * once * (2 * once - 1) ** 2 / (4 * (twice + 1) ** 2)
        + share**2 * once**2 * twice * (once - 1) ** 2 / (4 * (twice + 1) ** 4)
    )
    return around(value, variance, seen, lists, "Chao")


def around(value: float, variance: float, seen: int, lists: int, method: str) -> Estimate:
    """The log-normal interval around a number unseen."""
    if value <= 0:
        return Estimate(0.0, 0.0, Z * math.sqrt(variance), seen, lists, method)
    factor = math.exp(Z * math.sqrt(math.log(1 + variance / value**2)))
    return Estimate(value, value / factor, value * factor, seen, lists, method)


@cache
def national_lists() -> dict[str, str]:
    """Source name → the national list that it is a version of."""
    text = (files("quartiers.study") / "link" / "national_lists.toml").read_text("utf-8")
    return {s: name for name, sources in tomllib.loads(text)["lists"].items() for s in sources}


def estimate(histories: Iterable[Sequence[str]]) -> Estimate | None:
    """From the sources of each place. Places in no national list are left out of the base."""
    known = national_lists()
    counted = [frozenset(known[s] for s in sources if s in known) for sources in histories]
    seen = [lists for lists in counted if lists]
    names = sorted({name for lists in seen for name in lists})
    if len(names) == 2:
        first, second = (sum(name in lists for lists in seen) for name in names)
        return chapman(first, second, sum(len(lists) == 2 for lists in seen))
    times = Counter(len(lists) for lists in seen)
    return chao(times[1], times[2], len(seen), len(names))


def unseen(
    rows: Iterable[Mapping[str, Any]], by: str | None = None
) -> dict[str | None, Estimate | None]:
    """Estimates for initiatives (rows of the view that are places), by a column or list, or in all.

    ``by`` may be ``themes``, ``insee_code``, ``qpv_code`` or None (one key, None).
    """
    groups: dict[str | None, list[Sequence[str]]] = defaultdict(list)
    for row in rows:
        if row["kind"] != "lieu" or row["digital"] != "numerique":
            continue
        values = [None] if by is None else row[by]
        for value in values if isinstance(values, list) else [values]:
            groups[value].append(row["sources"])
    return {value: estimate(groups[value]) for value in sorted(groups, key=str)}
