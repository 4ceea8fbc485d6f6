"""A picture of the country: one dot a priority neighbourhood.

**Reads** the embedded centroids, the edition's initiatives. **Writes** nothing.
**Method** Lambert-93 for the mainland and Corsica; each overseas territory in a small frame of its own,
at the foot. A dot is full where an initiative is situated precisely, grey elsewhere. Dots are two SVG
paths of zero-length strokes, so that the picture weighs some ten bytes a neighbourhood.
**Limits** An ornament with a text beside it; the map page is where one looks for a place.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from pyproj import Transformer

from observatory.edition import Edition
from quartiers.territories import load
from quartiers.territories.tables import Quartier

WIDTH, HEIGHT, FOOT = 1000, 980, 150
#: Mainland and Corsica, in Lambert-93 metres: west, south, east, north.
MAINLAND = (90_000.0, 6_030_000.0, 1_250_000.0, 7_130_000.0)


@lru_cache(maxsize=4)
def country(edition: Edition) -> dict[str, Any]:
    """Two paths (``found``, ``others``) in a box of ``width`` by ``height``."""
    found = {
        row["qpv_code"]
        for row in edition.rows(
            "SELECT DISTINCT qpv_code FROM initiatives "
            "WHERE digital = 'numerique' AND in_quartiers AND qpv_code IS NOT NULL"
        )
    }
    paths: dict[bool, list[str]] = {True: [], False: []}
    for code, x, y in positions():
        paths[code in found].append(f"M{x:.0f} {y:.0f}h0")
    return {
        "found": "".join(paths[True]),
        "others": "".join(paths[False]),
        "width": WIDTH,
        "height": HEIGHT + FOOT,
    }


@lru_cache(maxsize=1)
def positions() -> list[tuple[str, float, float]]:
    """QPV code, x, y in the picture."""
    mainland: list[Quartier] = []
    overseas: dict[str, list[Quartier]] = defaultdict(list)
    for quarter in load().qpv.values():
        if quarter.departement.startswith(("97", "98")):
            overseas[quarter.departement].append(quarter)
        else:
            mainland.append(quarter)
    placed = list(framed(mainland, MAINLAND, (0, 0, WIDTH, HEIGHT)))
    step = WIDTH / max(len(overseas), 1)
    for rank, (_, quarters) in enumerate(sorted(overseas.items())):
        longitudes = [q.longitude for q in quarters]
        latitudes = [q.latitude for q in quarters]
        span = max(max(longitudes) - min(longitudes), max(latitudes) - min(latitudes), 0.3) / 2
        middle = (max(longitudes) + min(longitudes)) / 2, (max(latitudes) + min(latitudes)) / 2
        for quarter in quarters:
            x = step * (rank + 0.5) + (quarter.longitude - middle[0]) / span * (step / 2 - 20)
            y = HEIGHT + FOOT / 2 - (quarter.latitude - middle[1]) / span * (FOOT / 2 - 20)
            placed.append((quarter.code, x, y))
    return placed


def framed(
    quarters: Iterable[Quartier],
    bounds: tuple[float, float, float, float],
    box: tuple[float, float, float, float],
) -> Iterable[tuple[str, float, float]]:
    """Quarters of the mainland in the picture's own units."""
    project = Transformer.from_crs(4326, 2154, always_xy=True)
    west, south, east, north = bounds
    scale = min((box[2] - box[0]) / (east - west), (box[3] - box[1]) / (north - south))
    for quarter in quarters:
        x, y = project.transform(quarter.longitude, quarter.latitude)
        yield quarter.code, box[0] + (x - west) * scale, box[1] + (north - y) * scale
