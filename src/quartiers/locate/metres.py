"""Metres for every part of France: which zone a point is in, and its legal projection.

**Reads** longitudes and latitudes (WGS84). **Writes** nothing.
**Method** France is nine boxes; each has its official projected system (décret 2019-165: Lambert-93,
RGAF09, RGFG95, RGR92, RGM04…). A point is projected in its own zone, so a distance is a distance.
**Limits** The box of metropolitan France holds parts of its neighbours: a point there is «no QPV»,
which is true. RGAF09, RGM04 and kin are taken as WGS84 (they differ by less than a metre).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
from pyproj import Transformer

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Zone:
    """A part of France: its box in degrees and its projected system (EPSG code)."""

    name: str
    epsg: int
    west: float
    south: float
    east: float
    north: float


ZONES: tuple[Zone, ...] = (
    Zone("France métropolitaine", 2154, -5.5, 41.2, 9.8, 51.3),
    Zone("Antilles", 5490, -63.3, 14.2, -60.6, 18.3),
    Zone("Guyane", 2972, -54.8, 2.0, -51.4, 6.0),
    Zone("La Réunion", 2975, 55.1, -21.5, 56.0, -20.7),
    Zone("Mayotte", 4471, 44.9, -13.2, 45.4, -12.5),
    Zone("Saint-Pierre-et-Miquelon", 4467, -56.6, 46.6, -56.0, 47.3),
    Zone("Îles Sous-le-Vent", 3296, -155.0, -18.0, -150.0, -15.0),
    Zone("Îles du Vent", 3297, -150.0, -18.5, -144.0, -14.0),
    Zone("Nouvelle-Calédonie", 3163, 163.0, -23.2, 168.5, -19.0),
)
#: Departments of which the communes are too large for a distance to their middle to say anything.
WIDE_DEPARTMENTS = ("973", "987", "988")


@cache
def transformer(epsg: int) -> Transformer:
    """WGS84 → the zone's metres, longitude first; one a process."""
    return Transformer.from_crs(4326, epsg, always_xy=True)


def zone_numbers(longitude: Floats, latitude: Floats) -> npt.NDArray[np.int8]:
    """The zone of each point (its rank in :data:`ZONES`), -1 outside France or unknown."""
    numbers = np.full(len(longitude), -1, np.int8)
    for number, zone in enumerate(ZONES):
        inside = (longitude >= zone.west) & (longitude < zone.east)
        inside &= (latitude >= zone.south) & (latitude < zone.north)
        numbers[inside] = number
    return numbers


def to_metres(longitude: Floats, latitude: Floats, zone: int) -> tuple[Floats, Floats]:
    """Points of one zone, in its metres."""
    x, y = transformer(ZONES[zone].epsg).transform(longitude, latitude)
    return np.asarray(x), np.asarray(y)


def to_degrees(x: Any, y: Any, zone: int) -> tuple[Any, Any]:
    """The way back."""
    longitude, latitude = transformer(ZONES[zone].epsg).transform(x, y, direction="INVERSE")
    return longitude, latitude


def great_circle_m(lon1: Floats, lat1: Floats, lon2: Floats, lat2: Floats) -> Floats:
    """Metres along the sphere: for rough checks only (0.5 %)."""
    p1, p2 = np.radians(lat1), np.radians(lat2)
    h = np.sin((p2 - p1) / 2) ** 2
    h = h + np.cos(p1) * np.cos(p2) * np.sin(np.radians(lon2 - lon1) / 2) ** 2
    return np.asarray(12_742_000.0 * np.arcsin(np.sqrt(np.clip(h, 0.0, 1.0))))
