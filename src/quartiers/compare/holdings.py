"""What each territory holds: its ground, and the initiatives that stand on it.

**Reads** the territories' facts and the initiative view. **Writes** nothing.
**Method** One :class:`Ground` a territory at six levels (France, région, département, EPCI, commune,
QPV). An initiative of the quarters counts on every ground it stands on: its QPV when it is inside or
at the edge of one, its commune and what holds the commune. The population is that of the QPV.
**Limits** An initiative whose commune is unknown counts for France only. Paris, Lyon and Marseille
count as one commune each. A QPV over two communes counts whole in both, once in what holds both.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from quartiers.territories import Territories

Row = Mapping[str, Any]

NATION = "FR"
LEVELS: tuple[str, ...] = ("FR", "REG", "DEP", "EPCI", "COM", "QPV")
#: The states in which an initiative stands in the QPV that its location names.
STANDS = frozenset({"dedans", "limite"})
#: Columns of the initiative view that the comparison reads.
COLUMNS = (
    *("id", "title", "kind", "digital", "world", "in_quartiers", "main_theme", "themes", "infra"),
    *("forms", "carrier", "carrier_type", "start", "amount_eur", "insee_code", "commune"),
    *("qpv_code", "qpv_nom", "qpv_etat", "place_types", "records", "sources"),
)


@dataclass(slots=True)
class Ground:
    """A territory as the comparison knows it. ``population``: inhabitants of its QPV, None unknown."""

    code: str
    level: str
    name: str
    population: int | None = None
    quartiers: list[str] = field(default_factory=list)
    departments: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Grounds:
    """All grounds, and on which of them a commune or a QPV stands."""

    by_code: dict[str, Ground]
    of_commune: dict[str, list[str]]

    def of(self, initiative: Row) -> list[str]:
        """The codes of the grounds that an initiative stands on, France first."""
        codes = [NATION, *self.of_commune.get(town(initiative["insee_code"]) or "", ())]
        if initiative["qpv_code"] in self.by_code and initiative["qpv_etat"] in STANDS:
            codes.append(initiative["qpv_code"])
        return codes


def town(insee_code: str | None) -> str | None:
    """The commune of an INSEE code: the arrondissements of Paris, Lyon, Marseille are one town."""
    if insee_code is None:
        return None
    for low, high, whole in (
        ("75101", "75120", "75056"),
        ("69381", "69389", "69123"),
        ("13201", "13216", "13055"),
    ):
        if low <= insee_code <= high:
            return whole
    return insee_code


def is_held(initiative: Row) -> bool:
    """A digital initiative of the quarters: what the comparison counts."""
    return initiative["digital"] == "numerique" and bool(initiative["in_quartiers"])


def hold(rows: Sequence[Row], grounds: Grounds) -> dict[str, list[Row]]:
    """Ground code → the initiatives of the quarters that stand on it."""
    held: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if is_held(row):
            for code in grounds.of(row):
                held[code].append(row)
    return held
