"""A record's point: is it one? Then, in which quarters, how far.

**Reads** longitudes and latitudes with the commune when known; the perimeters. **Writes** nothing.
**Method** A point is refused when it is (0, 0), outside France, the point of the commune itself (given
for want of an address), in contradiction with the commune, or rounded to a kilometre; it is turned
round when latitude and longitude were exchanged, and said. Else: inside beyond 20 m of the boundary is
``dedans``, within 20 m ``limite``, up to 300 m ``proche``, beyond ``hors``. The probability comes from
the measured roughness of the perimeters (12 m) and of the coordinates' decimals.
**Limits** A wrong address rightly geocoded is believed. The point of the centre is known for 15,400
communes, a point inside for all; other geocoders' centres pass unseen.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from quartiers.locate.metres import WIDE_DEPARTMENTS, Floats, great_circle_m, zone_numbers
from quartiers.locate.perimeters import Perimeters, open_perimeters
from quartiers.territories import load

#: Metres: the roughness of the shared perimeters (Hausdorff: median 12 m, third quartile 20 m).
ROUGHNESS_M = 12.0
EDGE_M = 20.0
NEAR_M = 300.0
#: A point this near to the commune's own point is that point.
SAME_POINT_M = 3.0
#: Farther than this from the commune's middle, a point is not in it (the widest span is 40 km).
COMMUNE_REACH_M = 35_000.0
#: Around a quarter whose perimeter is reduced to a point, nobody can say.
UNUSABLE_REACH_M = 500.0

OK, SWAPPED, MISSING, ZERO, ABROAD, CENTRE, CONTRADICTION, ROUGH = range(8)
SAYINGS = {
    SWAPPED: "longitude et latitude échangées : remises dans l'ordre",
    MISSING: "pas de coordonnées",
    ZERO: "coordonnées (0, 0) : ce n'est pas un lieu",
    ABROAD: "coordonnées hors de France",
    CENTRE: "le point est celui de la commune, non d'une adresse",
    CONTRADICTION: "le point est trop loin de la commune dite",
    ROUGH: "coordonnées arrondies au kilomètre",
}


@dataclass(slots=True)
class Points:
    """Checked points. ``verdict``: OK, SWAPPED (mended) or why not; ``sigma``: metres of doubt."""

    longitude: Floats
    latitude: Floats
    verdict: npt.NDArray[np.int8]
    sigma: Floats

    @property
    def usable(self) -> npt.NDArray[np.bool_]:
        return self.verdict <= SWAPPED


@cache
def commune_points() -> npt.NDArray[np.int64]:
    """Cells (11 m) of every commune's own points, sorted."""
    lon, lat = [], []
    for c in load().commune.values():
        if c.longitude is not None and c.latitude is not None:
            lon.append(c.longitude)
            lat.append(c.latitude)
        if c.centre is not None:
            lon.append(c.centre[0])
            lat.append(c.centre[1])
    return np.unique(cell(np.array(lon), np.array(lat)))


def cell(longitude: Floats, latitude: Floats) -> npt.NDArray[np.int64]:
    """One number a cell of a ten-thousandth of a degree."""
    x = np.floor((longitude + 180.0) * 10_000.0).astype(np.int64)
    y = np.floor((latitude + 90.0) * 10_000.0).astype(np.int64)
    return np.asarray(x * 10_000_000 + y)


def check_points(longitude: Floats, latitude: Floats, communes: list[str | None]) -> Points:
    """Judge each point; ``communes`` are settled INSEE codes or None."""
    lon, lat = longitude.copy(), latitude.copy()
    verdict = np.full(len(lon), OK, np.int8)
    missing = ~(np.isfinite(lon) & np.isfinite(lat))
    lon[missing], lat[missing] = 0.0, 0.0
    zero = (np.abs(lon) < 0.01) & (np.abs(lat) < 0.01)
    zones = zone_numbers(lon, lat)
    swapped = (zones < 0) & ~zero & (zone_numbers(lat, lon) >= 0)
    lon[swapped], lat[swapped] = lat[swapped], lon[swapped].copy()
    verdict[swapped] = SWAPPED
    verdict[(zones < 0) & ~swapped] = ABROAD
    verdict[zero] = ZERO
    verdict[missing] = MISSING
    sigma = np.full(len(lon), ROUGHNESS_M)
    two, three = few_decimals(lon, lat, 100.0), few_decimals(lon, lat, 1_000.0)
    sigma[three] = 50.0
    verdict[two & (verdict <= SWAPPED)] = ROUGH
    centre = is_commune_point(lon, lat) & (verdict <= SWAPPED)
    verdict[centre] = CENTRE
    for row in far_from_commune(lon, lat, verdict, communes):
        verdict[row] = CONTRADICTION
    return Points(lon, lat, verdict, sigma)


def few_decimals(lon: Floats, lat: Floats, factor: float) -> npt.NDArray[np.bool_]:
    """Are both coordinates whole once multiplied?"""
    both = (np.abs(v * factor - np.round(v * factor)) < 1e-6 for v in (lon, lat))
    return np.logical_and(*both)


def is_commune_point(lon: Floats, lat: Floats) -> npt.NDArray[np.bool_]:
    """Is this point, to some three metres, the own point of a commune?"""
    known, step = commune_points(), 3e-5
    near = np.zeros(len(lon), np.bool_)
    for dx in (-step, step):
        for dy in (-step, step):
            near |= np.isin(cell(lon + dx, lat + dy), known)
    rows = np.flatnonzero(near)
    if len(rows):
        exact = np.zeros(len(rows), np.bool_)
        xs, ys = exact_points()
        for n, row in enumerate(rows):
            low, high = np.searchsorted(xs, (lon[row] - step * 2, lon[row] + step * 2))
            metres = great_circle_m(lon[row], lat[row], xs[low:high], ys[low:high])
            exact[n] = bool((metres <= SAME_POINT_M).any())
        near[rows] = exact
    return near


@cache
def exact_points() -> tuple[Floats, Floats]:
    """The communes' own points, by longitude."""
    pairs = []
    for c in load().commune.values():
        if c.longitude is not None and c.latitude is not None:
            pairs.append((c.longitude, c.latitude))
        if c.centre is not None:
            pairs.append(c.centre)
    table = np.array(sorted(pairs))
    return table[:, 0], table[:, 1]


def far_from_commune(
    lon: Floats, lat: Floats, verdict: npt.NDArray[np.int8], communes: list[str | None]
) -> list[int]:
    """Rows whose point cannot be in the commune that the record says."""
    table, far = load().commune, []
    for row, code in enumerate(communes):
        c = table.get(code) if code and verdict[row] <= SWAPPED else None
        if c is None or c.longitude is None or c.latitude is None:
            continue
        if c.departement in WIDE_DEPARTMENTS:
            continue
        if abs(lon[row] - c.longitude) < 0.2 and abs(lat[row] - c.latitude) < 0.2:
            continue
        here, there = (lon[row], lat[row]), (c.longitude, c.latitude)
        metres = great_circle_m(*(np.array([v]) for v in (*here, *there)))
        if metres[0] > COMMUNE_REACH_M:
            far.append(row)
    return far


def state(distance_m: float) -> str:
    """dedans, limite or proche, from the signed distance."""
    if distance_m < -EDGE_M:
        return "dedans"
    return "limite" if distance_m <= EDGE_M else "proche"


def probability(distance_m: float, sigma: float) -> float:
    """That the answer holds: inside for ``dedans`` and ``limite``, outside for ``proche``."""
    inside = 0.5 * math.erfc(distance_m / (sigma * math.sqrt(2.0)))
    value = inside if distance_m <= EDGE_M else 1.0 - inside
    return round(min(max(value, 0.01), 0.99), 3)


def unusable_near(perimeters: Perimeters, longitude: float, latitude: float) -> list[int]:
    """Quarters without a usable perimeter around a point."""
    return [
        rank
        for rank, (lon, lat) in perimeters.unusable.items()
        if abs(lon - longitude) < 0.01
        and great_circle_m(*(np.array([v]) for v in (longitude, latitude, lon, lat)))[0]
        <= UNUSABLE_REACH_M
    ]


POINT_SCHEMA = pa.schema(
    [
        pa.field("row", pa.int64(), nullable=False),
        pa.field("code", pa.string(), nullable=False),
        pa.field("distance_m", pa.float64(), nullable=False),
        pa.field("etat", pa.string(), nullable=False),
    ]
)


def points_batch(batch: pa.RecordBatch, perimeters: str, near_m: float = NEAR_M) -> pa.RecordBatch:
    """The bare kernel, for millions: ``longitude``, ``latitude`` → pairs up to ``near_m`` metres.

    ``row`` is the rank in the batch; rows near no quarter give none. No check of the points' sense.
    """
    from pathlib import Path

    known = open_perimeters(Path(perimeters))
    lon = batch["longitude"].to_numpy(zero_copy_only=False)
    lat = batch["latitude"].to_numpy(zero_copy_only=False)
    at, quarter, metres = known.near(lon, lat, near_m)
    states = np.where(metres < -EDGE_M, 0, np.where(metres <= EDGE_M, 1, 2)).astype(np.int8)
    codes = pa.DictionaryArray.from_arrays(pa.array(quarter, pa.int32()), pa.array(known.codes))
    etats = pa.DictionaryArray.from_arrays(
        pa.array(states), pa.array(["dedans", "limite", "proche"])
    )
    return pa.RecordBatch.from_arrays(
        [pa.array(at), codes.cast(pa.string()), pa.array(metres), etats.cast(pa.string())],
        schema=POINT_SCHEMA,
    )
