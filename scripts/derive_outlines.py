"""Draw the départements, lightly, from the middles of their communes.

**Reads** ``study/territories/communes.csv.gz``. **Writes**
``src/observatory/static/site/departements.json``: département → rings of longitudes and latitudes in
thousandths of a degree.
**Method** Each commune is the part of the land that is nearer to its middle than to any other's
(Voronoi); those of a département are put together, the coast is where middles become far (ten
kilometres, more in Guyane), and shared borders are simplified together.
**Limits** A background to find one's way by, right to a few kilometres: not a map of borders.
"""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import numpy as np
import shapely

from quartiers.territories import load

OUTPUT = Path(__file__).parents[1] / "src/observatory/static/site/departements.json"
#: How far land goes beyond a middle, and what is then taken back, in degrees of latitude.
REACH, BACK = 0.10, 0.055
WIDE = {"973": (0.9, 0.55)}
#: Width of the details left out, in degrees.
DETAIL = 0.02


def main() -> None:
    """Write the outlines; print their weight."""
    known = load()
    middles = [
        (c.departement, c.longitude, c.latitude)
        for c in known.commune.values()
        if not c.parent and c.longitude is not None and c.latitude is not None
    ]
    outlines: dict[str, list[list[int]]] = {}
    for part in parts(middles):
        for departement, shape in drawn(part).items():
            outlines.setdefault(departement, []).extend(rings(shape))
    text = json.dumps(dict(sorted(outlines.items())), separators=(",", ":"))
    OUTPUT.write_text(text + "\n", "utf-8")
    print(f"{OUTPUT.name}: {len(outlines)} départements, {len(text) / 1000:.0f} kB")


def parts(middles: list[tuple[str, float, float]]) -> list[list[tuple[str, float, float]]]:
    """The mainland and Corsica together; each overseas département by itself."""
    found = defaultdict(list)
    for middle in middles:
        found["" if len(middle[0]) == 2 else middle[0]].append(middle)
    return list(found.values())


def drawn(middles: list[tuple[str, float, float]]) -> dict[str, shapely.Geometry]:
    """Département → its shape in degrees."""
    points = np.array([(lon, lat) for _, lon, lat in middles])
    squeeze = float(np.cos(np.radians(points[:, 1].mean())))
    flat = shapely.points(points[:, 0] * squeeze, points[:, 1])
    reach, back = WIDE.get(middles[0][0], (REACH, BACK))
    land = shapely.buffer(shapely.union_all(shapely.buffer(flat, reach)), -back)
    cells = shapely.get_parts(
        shapely.voronoi_polygons(
            shapely.multipoints(flat), extend_to=shapely.box(*land.bounds), ordered=True
        )
    )
    by_departement = defaultdict(list)
    for (departement, _, _), cell in zip(middles, cells, strict=True):
        by_departement[departement].append(cell)
    names = sorted(by_departement)
    whole = [shapely.intersection(shapely.union_all(by_departement[n]), land) for n in names]
    simple = shapely.coverage_simplify(np.array(whole), DETAIL)
    back_to_degrees = [
        shapely.transform(shape, lambda xy: xy / np.array([squeeze, 1.0])) for shape in simple
    ]
    return dict(zip(names, back_to_degrees, strict=True))


def rings(shape: shapely.Geometry) -> list[list[int]]:
    """Outer rings, flat: longitude, latitude, longitude…"""
    return [
        [round(1000 * value) for pair in polygon.exterior.coords[:-1] for value in pair]
        for polygon in shapely.get_parts(shape)
        if polygon.geom_type == "Polygon" and polygon.area > DETAIL**2
    ]


if __name__ == "__main__":
    main()
