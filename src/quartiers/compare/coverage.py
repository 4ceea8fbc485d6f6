"""What the sources look at, and what they should have found: «absent» told from «not observed».

**Reads** the records and the initiatives held. **Writes** nothing.
**Method** A source looks at a département when it has a record there, digital or not. Its national
yield is what it finds per inhabitant of the QPV of the départements it looks at; a territory is
expected to hold the sum of the yields of the sources that look at it, for its inhabitants (indirect
standardisation). Real territories differ more than chance: the negative binomial fitted on the level
gives the probability of finding none. The hand-made corpus looks nowhere in particular: it is left out.
**Limits** Looking at a département is not looking at each of its quarters with the same care.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from quartiers.compare.cards import stratum
from quartiers.compare.holdings import Ground, Row
from quartiers.compare.intervals import chance_of_none, fit_gamma

#: Of some hundred départements, how many a source looks at to be called present everywhere.
EVERYWHERE = 80


@dataclass(frozen=True, slots=True)
class Expectation:
    """For one territory: how many sources look, how many initiatives they should find, P(none)."""

    looking: int
    expected: float
    none: float


def department(insee_code: str | None, postcode: str | None) -> str | None:
    """The département of a commune's code, or of a postcode (Corsica's cannot be told from one)."""
    code = insee_code or ""
    if len(code) != 5:
        code = postcode or ""
        if len(code) != 5 or code.startswith("20"):
            return None
    return code[:3] if code.startswith(("97", "98")) else code[:2]


def looks(records: pa.Table) -> dict[str, set[str]]:
    """Source → the départements where it has a record, the hand-made corpus left out."""
    seen: dict[str, set[str]] = defaultdict(set)
    columns = records.select(["source", "insee_code", "postcode"]).group_by(
        ["source", "insee_code", "postcode"]
    )
    for row in columns.aggregate([]).to_pylist():
        place = department(row["insee_code"], row["postcode"])
        if place and stratum(row["source"]) != "corpus":
            seen[row["source"]].add(place)
    return seen


def wide_sources(seen: Mapping[str, set[str]]) -> frozenset[str]:
    """The sources that look nearly everywhere: what they see can be compared between places."""
    return frozenset(name for name, places in seen.items() if len(places) >= EVERYWHERE)


def expectations(
    level: Iterable[Ground], held: Mapping[str, Sequence[Row]], seen: Mapping[str, set[str]]
) -> dict[str, Expectation]:
    """For each territory of one level with a known population: see :class:`Expectation`."""
    grounds = [g for g in level if g.population]
    yields = national_yields(grounds, held, seen)
    expected: dict[str, float] = {}
    looking: dict[str, int] = {}
    for ground in grounds:
        sources = [s for s, places in seen.items() if places & ground.departments]
        looking[ground.code] = len(sources)
        expected[ground.code] = (ground.population or 0) * sum(yields[s] for s in sources)
    fitted = [g for g in grounds if expected[g.code] > 0]
    prior = fit_gamma(
        [counted(held.get(g.code, ())) for g in fitted], [expected[g.code] for g in fitted]
    )
    return {
        code: Expectation(looking[code], mean, chance_of_none(mean, prior) if mean else 1.0)
        for code, mean in expected.items()
    }


def national_yields(
    grounds: Sequence[Ground], held: Mapping[str, Sequence[Row]], seen: Mapping[str, set[str]]
) -> dict[str, float]:
    """Source → initiatives found per inhabitant of the territories it looks at."""
    found: dict[str, float] = defaultdict(float)
    for ground in grounds:
        for row in held.get(ground.code, ()):
            sources = [s for s in row["sources"] or () if s in seen]
            for name in sources:
                found[name] += 1 / len(sources)
    return {
        name: found[name] / population if population else 0.0
        for name, places in seen.items()
        for population in [sum(g.population or 0 for g in grounds if g.departments & places)]
    }


def counted(held: Sequence[Row]) -> int:
    """The initiatives that a source which looks has found (the corpus alone does not count)."""
    return sum(any(stratum(s) != "corpus" for s in row["sources"] or ()) for row in held)
