"""Peers: the territories that resemble one, and what they do that it does not.

**Reads** the territories' facts and the initiatives held. **Writes** nothing.
**Method** Resemblance between territories of one level: inhabitants of the QPV (log), poverty
(weighted by inhabitants), size of the city (log), share of the inhabitants in urban renewal, each
in standard deviations of the level, and the région. The distance is Euclidean and shown. What is not
known of one of the two counts as one standard deviation apart.
**Limits** They resemble in their facts, not in their history; the distance has no unit but rank.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quartiers.compare.cards import relays
from quartiers.compare.holdings import Ground, Grounds, Row
from quartiers.territories import Territories

PEERS = 6
#: Another région is as far as this many standard deviations.
OTHER_REGION = 0.7
UNKNOWN = 1.0
FACTS: dict[str, str] = {
    "population": "habitants des quartiers (log)",
    "poverty": "taux de pauvreté",
    "city": "taille de la ville (log)",
    "renewal": "part en renouvellement urbain",
}


@dataclass(frozen=True, slots=True)
class Peer:
    """A territory that resembles, and how far it is."""

    ground: Ground
    distance: float
    facts: Mapping[str, float | None]
    region: str


@dataclass(frozen=True, slots=True)
class Lacking:
    """Something that peers do and that was not found here.

    ``having``: peers that do it, of ``peers``; ``expected``: how many one would find here at the
    peers' rate, None when the population is not known.
    """

    kind: str
    value: str
    having: int
    peers: int
    expected: float | None
    examples: list[Row]


def facts_of(ground: Ground, territories: Territories) -> dict[str, float | None]:
    """What resemblance is measured on, for one territory."""
    quartiers = [territories.qpv[code] for code in ground.quartiers]
    peopled = [q for q in quartiers if q.population]
    people = sum(q.population or 0 for q in peopled)
    poor = [q for q in peopled if q.taux_pauvrete is not None]
    weights = sum(q.population or 0 for q in poor)
    city = city_of(ground, territories)
    return {
        "population": math.log(people) if people else None,
        "poverty": sum((q.population or 0) * (q.taux_pauvrete or 0) for q in poor) / weights
        if weights
        else None,
        "city": math.log(city) if city else None,
        "renewal": sum(q.population or 0 for q in peopled if q.in_renewal) / people
        if people
        else None,
    }


def city_of(ground: Ground, territories: Territories) -> int:
    """The inhabitants of the city: the EPCI itself, the commune, or a quarter's communes."""
    area = territories.epci.get(ground.code.removeprefix("EPCI"))
    if ground.level == "EPCI" and area:
        return area.population or 0
    codes = (
        {ground.code.removeprefix("COM")}
        if ground.level == "COM"
        else {territories.city(c) for q in ground.quartiers for c in territories.qpv[q].communes}
    )
    return sum(territories.commune[c].population or 0 for c in codes if c in territories.commune)


def region_of(ground: Ground, territories: Territories) -> str:
    """The région of most of its quarters."""
    regions = [territories.qpv[code].region for code in ground.quartiers]
    return max(sorted(set(regions)), key=regions.count, default="")


@dataclass(slots=True)
class Level:
    """The territories of one level that have quarters, with their facts in standard deviations.

    ``facts``: a line a territory, a column a fact (NaN unknown); ``spread``: one deviation each.
    """

    grounds: list[Ground]
    facts: NDArray[np.float64]
    spread: NDArray[np.float64]
    regions: NDArray[np.str_]
    place: dict[str, int]


def level_of(grounds: Grounds, name: str) -> Level:
    """The level's facts, computed once for all its territories."""
    kept = [g for g in grounds.by_code.values() if g.level == name and g.quartiers]
    kept.sort(key=lambda g: g.code)  # equal distances then come in the order of the codes
    rows = [facts_of(g, grounds.territories) for g in kept]
    facts = np.array([[np.nan if r[f] is None else r[f] for f in FACTS] for r in rows], np.float64)
    spread = np.array([deviation([r[f] for r in rows]) for f in FACTS])
    return Level(
        kept,
        facts.reshape(len(kept), len(FACTS)),
        spread,
        np.array([region_of(g, grounds.territories) for g in kept]),
        {g.code: i for i, g in enumerate(kept)},
    )


def peers_in(level: Level, code: str) -> list[Peer]:
    """The :data:`PEERS` territories of the level that resemble ``code`` most, nearest first."""
    here = level.place[code]
    gaps = (level.facts - level.facts[here]) / level.spread
    squares = np.where(np.isnan(gaps), UNKNOWN, gaps) ** 2
    elsewhere = level.regions != level.regions[here]
    distances = np.sqrt(squares.sum(axis=1) + elsewhere * OTHER_REGION**2)
    order = [i for i in np.argsort(distances, kind="stable")[: PEERS + 1] if i != here]
    return [
        Peer(
            level.grounds[i],
            float(distances[i]),
            {
                name: None if np.isnan(value) else float(value)
                for name, value in zip(FACTS, level.facts[i], strict=True)
            },
            str(level.regions[i]),
        )
        for i in order[:PEERS]
    ]


def find_peers(grounds: Grounds, code: str) -> list[Peer]:
    """The peers of one territory; for many, keep the :class:`Level`."""
    return peers_in(level_of(grounds, grounds.by_code[code].level), code)


def deviation(values: Sequence[float | None]) -> float:
    """The standard deviation of what is known; 1 when nothing varies."""
    known = [v for v in values if v is not None]
    if len(known) < 2:
        return 1.0
    mean = sum(known) / len(known)
    return math.sqrt(sum((v - mean) ** 2 for v in known) / (len(known) - 1)) or 1.0


#: What a territory may do or lack: name → its values in an initiative.
PRACTICES: dict[str, Callable[[Row], Sequence[str]]] = {
    "theme": lambda r: r["themes"] or (),
    "forme": lambda r: r["forms"] or (),
    "infra": lambda r: r["infra"] or (),
    "lieu": lambda r: sorted(relays() & set(r["place_types"] or ())),
}


def lacking(
    ground: Ground, peers: Sequence[Peer], held: Mapping[str, Sequence[Row]]
) -> list[Lacking]:
    """What at least a third of the peers (two or more) do and that was not found here."""
    mine = held.get(ground.code, ())
    people = sum(p.ground.population or 0 for p in peers)
    found = []
    for kind, values in PRACTICES.items():
        here = {v for row in mine for v in values(row)}
        rows: dict[str, list[Row]] = {}
        having: dict[str, set[str]] = {}
        for peer in peers:
            for row in held.get(peer.ground.code, ()):
                for value in set(values(row)) - here:
                    rows.setdefault(value, []).append(row)
                    having.setdefault(value, set()).add(peer.ground.code)
        for value, examples in rows.items():
            if len(having[value]) >= max(2, len(peers) / 3):
                rate = len(examples) / people if people else None
                expected = rate * ground.population if rate and ground.population else None
                found.append(
                    Lacking(kind, value, len(having[value]), len(peers), expected, examples)
                )
    return sorted(found, key=lambda x: (-x.having, -len(x.examples), x.kind, x.value))
