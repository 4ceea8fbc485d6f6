"""Maps as SVG: the country as dots, a theme's dots, a territory with the perimeters of its quarters.

**Reads** points and GeoJSON geometries. **Writes** SVG markup with a title and a description.
**Method** A local plate carrée: a degree of longitude is shortened by the latitude's cosine. Where an
edition has no perimeters, a quarter is a disc of its own area around its middle, and the caption says
so. A scale bar in kilometres.
**Limits** No streets beneath: a picture of where things are, for a page, not a map to walk with.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from quartiers.publish.charts import BLUE, svg

#: The boxes of the dot map: name → (west, south, east, north), (x, y, width).
METROPOLE = ((-5.2, 41.3, 9.7, 51.2), (0.0, 0.0, 520.0))
OVERSEAS: dict[str, tuple[tuple[float, float, float, float], tuple[float, float, float]]] = {
    "Guadeloupe": ((-61.85, 15.8, -60.95, 16.55), (560.0, 20.0, 90.0)),
    "Martinique": ((-61.25, 14.35, -60.75, 14.92), (560.0, 130.0, 70.0)),
    "Guyane": ((-54.6, 2.1, -51.6, 5.9), (560.0, 245.0, 80.0)),
    "La Réunion": ((55.2, -21.42, 55.87, -20.85), (560.0, 380.0, 90.0)),
    "Mayotte": ((44.98, -13.05, 45.32, -12.6), (690.0, 380.0, 55.0)),
}
GREY, FILL, BRICK, SOFT = "#bfc4c0", "#e7ede9", "#96401f", "#4d575e"
#: Metres in a degree of latitude.
DEGREE_M = 111_320.0
#: More quarters than this on one map are not named.
NAMED = 14


@dataclass(frozen=True, slots=True)
class Spot:
    """A quarter on a territory's map: its shape in degrees, or a disc where there is none."""

    code: str
    name: str
    longitude: float
    latitude: float
    hectares: float | None
    count: int
    geometry: Mapping[str, Any] | None = None


def dot_map(
    points: Sequence[tuple[float, float, bool]], title: str, text: str, *, small: bool = False
) -> str:
    """One dot a quarter (longitude, latitude, reached): reached ones dark, on top.

    ``small``: the hexagon and Corsica only, in whole pixels, no two grey dots on one pixel.
    """
    boxes = (METROPOLE,) if small else (METROPOLE, *OVERSEAS.values())
    body = []
    for kind in (False, True):
        digits = 0 if small and not kind else 1
        spots = dict.fromkeys(
            f"M{x:.{digits}f} {y:.{digits}f}h.01"
            for longitude, latitude, reached in points
            if reached is kind
            for x, y in place(longitude, latitude, boxes)
        )
        size = (5.2 if kind else 3.4) * (1.7 if small else 1)
        body.append(
            f'<path fill="none" stroke-linecap="round" stroke="{BLUE if kind else GREY}" '
            f'stroke-width="{size:.1f}" d="{"".join(spots)}"/>'
        )
    if small:
        return svg(524, 520, title, text, "".join(body))
    for name, (_, (x, y, _)) in OVERSEAS.items():
        body.append(
            f'<text class="small" font-size="12" fill="{SOFT}" x="{x:g}" y="{y - 4:g}">{name}</text>'
        )
    return svg(780, 520, title, text, "".join(body))


def place(longitude: float, latitude: float, boxes: Iterable[Any]) -> list[tuple[float, float]]:
    """Where a point falls on the dot map: nowhere, when no box holds it (Polynésie, Saint-Martin)."""
    for (west, south, east, north), (x0, y0, width) in boxes:
        if west <= longitude <= east and south <= latitude <= north:
            stretch = math.cos(math.radians((south + north) / 2))
            scale = width / ((east - west) * stretch)
            return [
                (x0 + (longitude - west) * stretch * scale, y0 + 10 + (north - latitude) * scale)
            ]
    return []


def territory_map(
    spots: Sequence[Spot], points: Sequence[tuple[float, float]], title: str, text: str
) -> str:
    """The quarters of a territory (dark where something is located), and points of initiatives."""
    if not spots:
        return ""
    width, most = 680.0, 560.0
    west, south, east, north = frame(spots)
    stretch = math.cos(math.radians((south + north) / 2))
    scale = min(width / ((east - west) * stretch), most / (north - south))
    height = (north - south) * scale + 26
    across = (width - (east - west) * stretch * scale) / 2

    def at(longitude: float, latitude: float) -> tuple[float, float]:
        return across + (longitude - west) * stretch * scale, (north - latitude) * scale

    body = []
    for spot in sorted(spots, key=lambda s: (s.count > 0, s.code)):
        look = (
            f'fill="#a9c4cf" stroke="{BLUE}"' if spot.count else f'fill="{FILL}" stroke="#8b968f"'
        )
        body.append(f'<path {look} stroke-width="1.1" d="{outline(spot, at, scale)}"/>')
    for longitude, latitude in sorted(set(points)):
        if west <= longitude <= east and south <= latitude <= north:
            x, y = at(longitude, latitude)
            body.append(
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.6" fill="{BRICK}" stroke="#fff" stroke-width="1"/>'
            )
    body += names(spots, at, width)
    body.append(scale_bar(scale / DEGREE_M, height))
    return svg(width, height, title, text, "".join(body))


def frame(spots: Sequence[Spot]) -> tuple[float, float, float, float]:
    """The box that holds every quarter, with room around it and never narrower than a kilometre."""
    west = min(x for s in spots for x, _ in ring_points(s))
    east = max(x for s in spots for x, _ in ring_points(s))
    south = min(y for s in spots for _, y in ring_points(s))
    north = max(y for s in spots for _, y in ring_points(s))
    room = max((north - south) * 0.08, 0.002)
    wide = room / math.cos(math.radians(north))
    return west - wide, south - room, east + wide, north + room


def rings(spot: Spot) -> list[list[Sequence[float]]]:
    """The rings of its polygons; none for a disc."""
    geometry = spot.geometry
    if not geometry:
        return []
    polygons = geometry["coordinates"]
    if geometry["type"] == "Polygon":
        polygons = [polygons]
    return [ring for polygon in polygons for ring in polygon]


def radius_deg(spot: Spot) -> float:
    """The radius of the disc of its area, in degrees of latitude."""
    return math.sqrt((spot.hectares or 20.0) * 10_000 / math.pi) / DEGREE_M


def ring_points(spot: Spot) -> list[tuple[float, float]]:
    """Points that bound it."""
    if found := [(p[0], p[1]) for ring in rings(spot) for p in ring]:
        return found
    r = radius_deg(spot)
    wide = r / math.cos(math.radians(spot.latitude))
    return [
        (spot.longitude - wide, spot.latitude - r),
        (spot.longitude + wide, spot.latitude + r),
    ]


def outline(spot: Spot, at: Any, scale: float) -> str:
    """The path of a quarter: its rings, or a disc."""
    if parts := rings(spot):
        path = ""
        for ring in parts:
            dots = list(dict.fromkeys(f"{x:.1f} {y:.1f}" for x, y in (at(*p[:2]) for p in ring)))
            path += "M" + "L".join(dots) + "Z"
        return path
    x, y = at(spot.longitude, spot.latitude)
    r = max(radius_deg(spot) * scale, 3.0)
    return f"M{x - r:.1f} {y:.1f}a{r:.1f} {r:.1f} 0 1 0 {2 * r:.1f} 0a{r:.1f} {r:.1f} 0 1 0 {-2 * r:.1f} 0Z"


def names(spots: Sequence[Spot], at: Any, width: float) -> list[str]:
    """The names of the quarters where most is located, where they do not touch one another."""
    kept: list[tuple[float, float, float]] = []
    body = []
    order = sorted(spots, key=lambda s: (-s.count, s.code))
    for spot in order if len(spots) <= NAMED else [s for s in order if s.count][:NAMED]:
        top = max(y for _, y in ring_points(spot))
        x, y = at(spot.longitude, top)
        long = 7.0 * len(spot.name)
        x, y = min(max(x, long / 2), width - long / 2), max(y - 5, 12)
        if all(abs(y - b) > 13 or abs(x - a) > (long + c) / 2 + 4 for a, b, c in kept):
            kept.append((x, y, long))
            spot_at = f'class="small" font-size="12" x="{x:.1f}" y="{y:.1f}" text-anchor="middle"'
            halo = 'stroke="#fffefb" stroke-width="3" stroke-linejoin="round"'
            word = escape(spot.name)
            body.append(f"<text {spot_at} {halo}>{word}</text><text {spot_at}>{word}</text>")
    return body


def scale_bar(pixels_a_metre: float, height: float) -> str:
    """A bar of a round number of metres, about a sixth of the map."""
    metres = next(
        (m for m in (20_000, 10_000, 5_000, 2_000, 1_000, 500, 200) if m * pixels_a_metre <= 130),
        100,
    )
    long = metres * pixels_a_metre
    word = f"{metres // 1000} km" if metres >= 1000 else f"{metres} m"
    y = height - 8
    return (
        f'<path fill="none" stroke="{SOFT}" d="M1 {y - 5:.1f}v5h{long:.1f}v-5"/>'
        f'<text class="small" font-size="12" fill="{SOFT}" x="{long + 8:.1f}" y="{y:.1f}">{word}</text>'
    )
