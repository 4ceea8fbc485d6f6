"""Relay places around the quarters: the nearest of each type, those within a walk, for how many people.

**Reads** records or initiatives that are places (point, ``place_types``), perimeters when given.
**Writes** nothing.
**Method** Straight line from the quarter's boundary (0 inside), × 1.3 for the detour, at 4.5 km/h: a
quarter of an hour is 865 m as the crow flies. Without perimeters, a quarter is a disc of its area
around its middle. ``hosts`` ties an action to a place: named in it, same SIRET or carrier, or near.
**Limits** «aucun» is said only for a type that a complete list covers (France services); elsewhere
none within the walk is «non-observe»: none that we know of. Rivers and motorways are not seen. Give
places once each (initiatives, not records), or they count twice.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from quartiers.locate.metres import great_circle_m, to_metres, zone_numbers
from quartiers.locate.perimeters import open_perimeters
from quartiers.shapes import Because, record_text
from quartiers.territories import load
from quartiers.text import fold

#: Walking speed and detour: Cerema's usual values for a town.
SPEED_KM_H, DETOUR, WALK_MINUTES = 4.5, 1.3, 15
WALK_M = SPEED_KM_H * 1000 / 60 * WALK_MINUTES / DETOUR
#: Types that a complete national list covers: for these, «aucun» can be said.
COMPLETE = frozenset(("france-services",))
#: An action this near to a place is «near» it.
NEAR_PLACE_M = 50.0


@dataclass(frozen=True, slots=True)
class Cover:
    """One quarter and one type. ``status``: present (within the walk), aucun, non-observe."""

    qpv_code: str
    place_type: str
    status: str
    within_walk: int
    nearest_id: str | None
    nearest_m: float | None
    inhabitants_per_relay: float | None


@dataclass(frozen=True, slots=True)
class Tie:
    """An action and a place. ``kind``: heberge, meme-porteur, proche."""

    action: str
    place: str
    kind: str
    score: float
    because: tuple[Because, ...]


def minutes(metres: float) -> float:
    """A walk's time for a straight line."""
    return metres * DETOUR / (SPEED_KM_H * 1000 / 60)


def shapes_of_quarters(perimeters: Path | None) -> dict[int, tuple[list[str], Any]]:
    """Zone → (codes, shapes in its metres): perimeters, or discs of the same area."""
    if perimeters is not None:
        known = open_perimeters(perimeters)
        return {
            layer.zone: ([known.codes[rank] for rank in layer.ranks], layer.polygons)
            for layer in known.layers
        }
    quarters = [q for q in load().qpv.values() if q.superficie_ha]
    lon = np.array([q.longitude for q in quarters])
    lat = np.array([q.latitude for q in quarters])
    radius = np.array([math.sqrt((q.superficie_ha or 0.0) * 10_000 / math.pi) for q in quarters])
    zones = zone_numbers(lon, lat)
    out: dict[int, tuple[list[str], Any]] = {}
    for zone in sorted({int(z) for z in zones} - {-1}):
        here = np.flatnonzero(zones == zone)
        discs = shapely.buffer(shapely.points(*to_metres(lon[here], lat[here], zone)), radius[here])
        shapely.prepare(discs)
        out[zone] = ([quarters[n].code for n in here], discs)
    return out


def coverage(
    places: Iterable[Mapping[str, Any]],
    perimeters: Path | None = None,
    *,
    types: Sequence[str] | None = None,
    complete: frozenset[str] = COMPLETE,
) -> list[Cover]:
    """Each quarter × each type (those seen, or ``types``), by code then type.

    ``places``: rows with ``id``, ``longitude``, ``latitude``, ``place_types``.
    """
    kept = [p for p in places if p["longitude"] is not None and p["latitude"] is not None]
    by_type: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for place in kept:
        for place_type in place["place_types"] or ():
            by_type[place_type].append(place)
    asked = sorted(by_type) if types is None else list(types)
    quarters = shapes_of_quarters(perimeters)
    out: list[Cover] = []
    for place_type in asked:
        found = around(by_type.get(place_type, []), quarters)
        for code, (nearest_id, nearest_m, count) in found.items():
            out.append(cover(code, place_type, nearest_id, nearest_m, count, complete))
    return sorted(out, key=lambda c: (c.qpv_code, c.place_type))


def around(
    places: list[Mapping[str, Any]], quarters: dict[int, tuple[list[str], Any]]
) -> dict[str, tuple[str | None, float | None, int]]:
    """Per quarter: the nearest place, its distance, how many within the walk."""
    lon = np.array([p["longitude"] for p in places], np.float64)
    lat = np.array([p["latitude"] for p in places], np.float64)
    zones = zone_numbers(lon, lat)
    out: dict[str, tuple[str | None, float | None, int]] = {}
    for zone, (codes, shapes) in quarters.items():
        here = np.flatnonzero(zones == zone)
        if not len(here):
            out |= dict.fromkeys(codes, (None, None, 0))
            continue
        points = shapely.points(*to_metres(lon[here], lat[here], zone))
        tree = shapely.STRtree(points)
        at, _ = tree.query(shapes, predicate="dwithin", distance=WALK_M)
        counts = np.bincount(at, minlength=len(codes))
        (rank, nearest), metres = tree.query_nearest(
            shapes, return_distance=True, all_matches=False
        )
        for r, n, m in zip(rank, nearest, metres, strict=True):
            out[codes[r]] = (str(places[here[n]]["id"]), float(m), int(counts[r]))
    return out


def cover(
    code: str,
    place_type: str,
    nearest_id: str | None,
    nearest_m: float | None,
    count: int,
    complete: frozenset[str],
) -> Cover:
    """One line, with its status."""
    people = load().qpv[code].population if code in load().qpv else None
    status = "present" if count else "aucun" if place_type in complete else "non-observe"
    return Cover(
        qpv_code=code,
        place_type=place_type,
        status=status,
        within_walk=count,
        nearest_id=nearest_id,
        nearest_m=None if nearest_m is None else round(nearest_m, 1),
        inhabitants_per_relay=round(people / count, 1) if people and count else None,
    )


def hosts(actions: Sequence[Mapping[str, Any]], places: Sequence[Mapping[str, Any]]) -> list[Tie]:
    """Actions tied to the places that host or carry them, or that stand beside; best first.

    Rows need ``id``, ``title``, ``text``, ``carrier``, ``siret`` (where known), ``insee_code``,
    ``longitude``, ``latitude``.
    """
    by_commune: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for place in places:
        if place.get("insee_code"):
            by_commune[load().city(place["insee_code"])].append(place)
    out = []
    for action in actions:
        city = load().city(action["insee_code"]) if action.get("insee_code") else None
        for place in by_commune.get(city or "", ()):
            tie = tie_of(action, place)
            if tie is not None:
                out.append(tie)
    return sorted(out, key=lambda t: (t.action, -t.score, t.place))


def tie_of(action: Mapping[str, Any], place: Mapping[str, Any]) -> Tie | None:
    """The strongest tie of an action and a place of one commune."""
    text = record_text(action["title"] or "", action["text"] or "")
    name = " ".join(fold(place["title"] or "").split())
    if len(name) > 8 and " " in name:
        start = fold(text).find(name)
        if start >= 0:
            quote = text[start : start + len(name)]
            reason = Because(
                quote, start, start + len(name), note=f"nomme le lieu « {place['title']} »"
            )
            return Tie(action["id"], place["id"], "heberge", 0.9, (reason,))
    if action.get("siret") and action["siret"] == place.get("siret"):
        reason = Because(note=f"même SIRET : {action['siret']}")
        return Tie(action["id"], place["id"], "meme-porteur", 0.95, (reason,))
    carrier = " ".join(fold(action.get("carrier") or "").split())
    if len(carrier) > 8 and carrier in (name, " ".join(fold(place.get("carrier") or "").split())):
        reason = Because(note=f"même porteur : {action['carrier']}")
        return Tie(action["id"], place["id"], "meme-porteur", 0.8, (reason,))
    spots = [r[k] for r in (action, place) for k in ("longitude", "latitude")]
    if all(v is not None for v in spots):
        metres = float(great_circle_m(*(np.array([v]) for v in spots))[0])
        if metres <= NEAR_PLACE_M:
            reason = Because(note=f"à {metres:.0f} m du lieu")
            return Tie(action["id"], place["id"], "proche", 0.5, (reason,))
    return None
