"""The territories that the edition has figures on, ready to be listed.

**Reads** the embedded territories, the edition's measures. **Writes** nothing.
**Method** Worked out once an edition. A quarter's point is its own; a commune's is a point inside it;
what is wider has none.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from observatory.edition import Edition
from quartiers.territories import load, split_code

LEVELS = {"REG": "region", "DEP": "departement", "EPCI": "epci", "COM": "commune"}


@lru_cache(maxsize=2)
def grounds(edition: Edition) -> dict[str, dict[str, Any]]:
    """Code → what the API says of a territory, by code; every QPV, and what holds a measure."""
    measured = {row[0] for row in edition.rows("SELECT DISTINCT territory FROM measures")}
    named = {code for code in measured if code == "FR" or split_code(code)[0]}
    return {code: ground(code) for code in sorted(named | set(load().qpv))}


def ground(code: str) -> dict[str, Any]:
    """One territory."""
    territories = load()
    inside = [territories.qpv[c] for c in territories.quartiers_of(code)]
    people = [q.population for q in inside]
    known = [n for n in people if n is not None]
    point: tuple[float | None, float | None] = (None, None)
    box: tuple[float, float, float, float] | None = None
    parents: list[str] = []
    level = "pays"
    if code in territories.qpv:
        q = territories.qpv[code]
        level, point, box = "qpv", (q.longitude, q.latitude), q.bbox
        parents = [f"COM{c}" for c in q.communes] + [f"EPCI{c}" for c in q.epci]
        parents += [f"DEP{q.departement}", f"REG{q.region}", "FR"]
    elif code != "FR":
        kind, bare = split_code(code)
        level, parents = LEVELS[kind], ["FR"]
        if kind == "COM" and bare in territories.commune:
            town = territories.commune[bare]
            point = (town.longitude, town.latitude)
            above = territories.parents(bare)
            parents = [f"{k}{above[k]}" for k in ("EPCI", "DEP", "REG") if k in above] + ["FR"]
        elif kind == "DEP" and bare in territories.departement:
            parents = [f"REG{territories.departement[bare].parent}", "FR"]
    return {
        "code": code,
        "nom": territories.label(code),
        "level": level,
        "parents": parents,
        "quartiers": len(inside),
        "population": sum(known) if known and len(known) == len(people) else None,
        "longitude": point[0],
        "latitude": point[1],
        "bbox": box,
        "page": f"/territoires/{code}/",
    }
