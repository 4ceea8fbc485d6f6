"""Perimeters of QPV: read, repaired, indexed; which are near a point, and how far.

**Reads** a GeoJSON (or ``.gz``) of quarters (``code_qp``/``CODE_QP``, ``lib_qp``/``NOM_QP``). **Writes** nothing.
**Method** Polygons are projected to their zone's metres and made valid (only their polygonal part is
kept). A point first meets a grid in degrees that says whether any quarter can be near, then an
R-tree of boxes, then the polygon itself (prepared). Distances are to the boundary, negative inside;
holes are outside. One index a worker process, kept by path.
**Limits** The shared national perimeters are simplified (measured: 12 m median, 20 m third quartile),
hence the ``limite`` band of the answer. A perimeter collapsed to a point has no inside: it is kept
apart, as unusable. Overseas points are judged in their own zone only.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from quartiers.errors import InputError
from quartiers.locate.metres import Floats, to_metres, zone_numbers
from quartiers.shapes import Issue

Ints = npt.NDArray[np.int64]

#: Where the national perimeters are, under a data folder.
NATIONAL = Path("qpv-2024") / "qpv2024_simplifie_national.geojson.gz"
#: Cells of the grid, in degrees: about 450 m.
CELL_LON, CELL_LAT = 0.006, 0.004
#: A polygon smaller than this (m²) is a collapsed one: no real QPV is under a hectare.
SMALLEST_M2 = 1_000.0


@dataclass(slots=True)
class Grid:
    """Cells (degrees) that a quarter may reach within a distance."""

    west: float
    south: float
    cells: npt.NDArray[np.bool_]

    def keep(self, longitude: Floats, latitude: Floats) -> Ints:
        """Ranks of the points that lie in an occupied cell."""
        column = ((longitude - self.west) / CELL_LON).astype(np.int32)
        row = ((latitude - self.south) / CELL_LAT).astype(np.int32)
        inside = (longitude >= self.west) & (latitude >= self.south)
        inside &= (column < self.cells.shape[1]) & (row < self.cells.shape[0])
        kept = np.flatnonzero(inside)
        return kept[self.cells[row[kept], column[kept]]]


@dataclass(slots=True)
class Layer:
    """The quarters of one zone, in its metres."""

    zone: int
    ranks: Ints  # into Perimeters.codes
    polygons: npt.NDArray[np.object_]
    boundaries: npt.NDArray[np.object_]
    degrees: Floats  # west, south, east, north of each, in degrees
    indexes: dict[float, tuple[Grid, Any]] = field(default_factory=dict)

    def index(self, near_m: float) -> tuple[Grid, Any]:
        """The grid and the R-tree for questions up to ``near_m`` metres."""
        if near_m not in self.indexes:
            boxes = shapely.bounds(self.polygons) + np.array([-near_m, -near_m, near_m, near_m])
            tree = shapely.STRtree(shapely.box(*boxes.T))
            self.indexes[near_m] = (self.grid(near_m), tree)
        return self.indexes[near_m]

    def grid(self, near_m: float) -> Grid:
        """Every cell under a quarter's box, widened by ``near_m``."""
        d_lat = (near_m + 5.0) / 110_000.0
        cosine = np.cos(np.radians(np.abs(self.degrees[:, [1, 3]]).max(axis=1)))
        d_lon = (near_m + 5.0) / (110_000.0 * cosine)
        west, south = self.degrees[:, 0] - d_lon, self.degrees[:, 1] - d_lat
        east, north = self.degrees[:, 2] + d_lon, self.degrees[:, 3] + d_lat
        x0, y0 = float(west.min()), float(south.min())
        shape = (
            int((north.max() - y0) / CELL_LAT) + 2,
            int((east.max() - x0) / CELL_LON) + 2,
        )
        cells = np.zeros(shape, np.bool_)
        for w, s, e, n in zip(west, south, east, north, strict=True):
            rows = slice(int((s - y0) / CELL_LAT), int((n - y0) / CELL_LAT) + 1)
            cells[rows, int((w - x0) / CELL_LON) : int((e - x0) / CELL_LON) + 1] = True
        return Grid(x0, y0, cells)


@dataclass(slots=True)
class Perimeters:
    """All quarters of a file. ``unusable``: rank → (longitude, latitude) of the collapsed ones."""

    codes: list[str]
    names: list[str]
    properties: list[dict[str, Any]]
    layers: list[Layer]
    unusable: dict[int, tuple[float, float]]

    def near(
        self, longitude: Floats, latitude: Floats, near_m: float = 300.0
    ) -> tuple[Ints, Ints, Floats]:
        """Pairs (rank of the point, rank of the quarter, signed metres) up to ``near_m``.

        With ``near_m`` 0: only the quarters that hold the point, boundary included, distance 0.
        """
        numbers = zone_numbers(longitude, latitude)
        found: list[tuple[Ints, Ints, Floats]] = []
        for layer in self.layers:
            here = np.flatnonzero(numbers == layer.zone)
            if not len(here):
                continue
            grid, tree = layer.index(near_m)
            kept = here[grid.keep(longitude[here], latitude[here])]
            if not len(kept):
                continue
            x, y = to_metres(longitude[kept], latitude[kept], layer.zone)
            points = shapely.points(x, y)
            at, quarter = tree.query(points)
            inside = shapely.intersects_xy(layer.polygons[quarter], x[at], y[at])
            if near_m <= 0:
                hit, metres = inside, np.zeros(len(at))
            else:
                metres = shapely.distance(layer.boundaries[quarter], points[at])
                hit = inside | (metres <= near_m)
                metres = np.where(inside, -metres, metres)
            at, quarter = at[hit], quarter[hit]
            found.append((kept[at], layer.ranks[quarter], metres[hit]))
        if not found:
            empty = np.zeros(0, np.int64)
            return empty, empty, np.zeros(0)
        at, quarter, metres = (np.concatenate(part) for part in zip(*found, strict=True))
        order = np.lexsort((metres, at))
        return at[order], quarter[order], metres[order]


def polygonal(shape: Any) -> Any:
    """The valid polygonal part of a geometry (an empty polygon when it has none)."""
    if shape is None or shapely.is_empty(shape):
        return shapely.Polygon()
    made = shape if shapely.is_valid(shape) else shapely.make_valid(shape)
    parts = shapely.get_parts(shapely.get_parts(made))
    areas = [part for part in parts if shapely.get_type_id(part) == 3 and part.area > 0]
    if not areas:
        return shapely.Polygon()
    return areas[0] if len(areas) == 1 else shapely.union_all(areas)


def read_features(path: Path) -> list[dict[str, Any]]:
    """The features of a GeoJSON file, gzipped or not."""
    try:
        raw = path.read_bytes()
        content = json.loads(gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw)
        features = content["features"]
        if not all(
            isinstance(f, dict) and isinstance(f.get("properties") or {}, dict) for f in features
        ):
            raise TypeError("its features are no objects")
    except (OSError, EOFError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise InputError(
            f"{path}: not a readable GeoJSON of perimeters ({error}); give the national file "
            "of QPV perimeters with --perimeters."
        ) from error
    assert isinstance(features, list)
    return features


def read_perimeters(path: Path) -> Perimeters:
    """Read, repair and project every quarter of ``path``."""
    codes: list[str] = []
    names: list[str] = []
    properties: list[dict[str, Any]] = []
    shapes: list[Any] = []
    unusable: dict[int, tuple[float, float]] = {}
    for feature in read_features(path):
        row = {key.lower(): value for key, value in (feature.get("properties") or {}).items()}
        code = row.get("code_qp")
        if not code or not feature.get("geometry"):
            continue
        raw = shapely.from_geojson(json.dumps(feature["geometry"]), on_invalid="ignore")
        if raw is None:
            continue
        shape = polygonal(raw)
        first = shapely.get_coordinates(raw)
        if shapely.is_empty(shape) or shape.area * 7.5e9 < SMALLEST_M2:
            if len(first):
                unusable[len(codes)] = (float(first[0][0]), float(first[0][1]))
            shape = shapely.Polygon()
        codes.append(str(code))
        names.append(str(row.get("lib_qp") or row.get("nom_qp") or code))
        properties.append(row)
        shapes.append(shape)
    return Perimeters(codes, names, properties, project(shapes), unusable)


def project(shapes: list[Any]) -> list[Layer]:
    """One layer a zone, in metres, prepared."""
    polygons = np.array(shapes, dtype=object)
    usable = np.flatnonzero(~shapely.is_empty(polygons))
    middle = shapely.get_coordinates(shapely.point_on_surface(polygons[usable]))
    numbers = zone_numbers(middle[:, 0], middle[:, 1])
    layers = []
    for zone in sorted({int(n) for n in numbers} - {-1}):
        ranks = usable[numbers == zone]
        flat = shapely.transform(
            polygons[ranks],
            lambda c, zone=zone: np.column_stack(to_metres(c[:, 0], c[:, 1], zone)),
        )
        flat = np.array([polygonal(shape) for shape in flat], dtype=object)
        boundaries = shapely.boundary(flat)
        shapely.prepare(flat)
        shapely.prepare(boundaries)
        layers.append(Layer(zone, ranks, flat, boundaries, shapely.bounds(polygons[ranks])))
    return layers


@lru_cache(maxsize=4)
def _open(path: str, stamp: int) -> Perimeters:
    return read_perimeters(Path(path))


def open_perimeters(path: Path) -> Perimeters:
    """The perimeters of ``path``, read once a process (again when the file changes)."""
    try:
        stamp = path.stat().st_mtime_ns
    except OSError as error:
        raise InputError(
            f"{path}: no such file of perimeters; give the national file of QPV perimeters "
            "with --perimeters, or leave it out to use declared codes and names only."
        ) from error
    return _open(str(path), stamp)


def perimeter_issues(path: Path) -> list[Issue]:
    """The quarters of ``path`` whose perimeter cannot be used, for the edition's issues."""
    perimeters = open_perimeters(path)
    return [
        Issue(
            stage="locate",
            source=path.name,
            record=perimeters.codes[rank],
            what="périmètre inutilisable : réduit à un point",
            expected="un polygone",
            found=f"un point ({lon}, {lat})",
            remedy="reprendre le périmètre officiel non simplifié",
            severity="alerte",
        )
        for rank, (lon, lat) in perimeters.unusable.items()
    ]


def read_perimeters_wgs84(path: Path) -> dict[str, Any]:
    """QPV code → its repaired shape in degrees, for drawing; those reduced to a point left out."""
    shapes: dict[str, Any] = {}
    for feature in read_features(path):
        row = {key.lower(): value for key, value in (feature.get("properties") or {}).items()}
        if not row.get("code_qp") or not feature.get("geometry"):
            continue
        raw = shapely.from_geojson(json.dumps(feature["geometry"]), on_invalid="ignore")
        shape = polygonal(raw) if raw is not None else shapely.Polygon()
        if not shapely.is_empty(shape):
            shapes[str(row["code_qp"])] = shape
    return shapes
