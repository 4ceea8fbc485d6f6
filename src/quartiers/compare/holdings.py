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
from typing import TYPE_CHECKING, Any

from quartiers.territories import Territories
from quartiers.territories.tables import Quartier

if TYPE_CHECKING:  # slow to load, and who only reads an edition does without
    import pyarrow as pa

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
    *("longitude", "latitude"),
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
    """All grounds by code, and the territories that they are drawn from."""

    by_code: dict[str, Ground]
    territories: Territories

    def of(self, initiative: Row) -> list[str]:
        """The codes of the grounds that an initiative stands on, France first."""
        above = self.territories.parents(initiative["insee_code"])
        codes = [NATION, *(kind + code for kind, code in above.items())]
        if initiative["qpv_etat"] in STANDS:
            codes.append(initiative["qpv_code"])
        return [code for code in codes if code in self.by_code]


def lay(territories: Territories) -> Grounds:
    """Every ground of the study: France, its régions and départements, what holds a QPV, the QPV."""
    found: dict[str, Ground] = {NATION: Ground(NATION, "FR", "France")}
    for code, area in territories.region.items():
        found[f"REG{code}"] = Ground(f"REG{code}", "REG", area.nom)
    for code, area in territories.departement.items():
        found[f"DEP{code}"] = Ground(f"DEP{code}", "DEP", area.nom)
    for q in territories.qpv.values():
        for code in [NATION, *sorted(above_quartier(q, territories)), q.code]:
            if code not in found:
                level = code.rstrip("0123456789AB") if code != q.code else "QPV"
                found[code] = Ground(code, level, name_of(code, q, territories))
            ground = found[code]
            ground.quartiers.append(q.code)
            ground.departments.add(q.departement)
            if q.population is not None:
                ground.population = (ground.population or 0) + q.population
    return Grounds(found, territories)


def name_of(code: str, quartier: Quartier, territories: Territories) -> str:
    """A ground's name, as the QPV's own table writes it, or the territories' tables."""
    names = dict(zip(quartier.epci, quartier.epci_noms, strict=False))
    return names.get(code.removeprefix("EPCI")) or territories.label(code)


def above_quartier(quartier: Quartier, territories: Territories) -> set[str]:
    """The codes of the communes, EPCI, département and région that hold a QPV."""
    communes = {f"COM{territories.city(code)}" for code in quartier.communes}
    epci = {f"EPCI{siren}" for siren in quartier.epci}
    above = {f"DEP{quartier.departement}"} | communes | epci
    return above | {f"REG{quartier.region}"} if quartier.region else above


def read_view(initiatives: pa.Table) -> list[Row]:
    """The view as rows."""
    rows: list[Row] = initiatives.to_pylist()
    return rows


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
