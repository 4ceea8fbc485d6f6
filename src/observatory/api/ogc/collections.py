"""The three collections: what each holds, and its features for a question.

**Reads** the edition, the embedded territories. **Writes** nothing.
**Method** initiatives: those that the method calls digital. places: the relay places, digital or not.
territories: the QPV and the communes that hold one. The published schema of a feature asks for a
geometry: what has no known point is left to the API, and the description says so. What has no date is
in no datetime (/req/core/fc-time-response).
An initiative lasts from its beginning to its end; without a known end, the time of its beginning.
**Limits** Points only: the outlines of the quarters are ANCT's to publish.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext_noop

from observatory.api.errors import Refusal, unknown
from observatory.api.filters import Where, where
from observatory.api.grounds import grounds
from observatory.api.listing import counted
from observatory.api.ogc.parameters import CRS84, EPSG4326, Asked, Box
from observatory.api.rows import initiative, resolve
from observatory.edition import Edition
from quartiers.shapes import THEMES

#: Dates as the sources write them (a year, a month, a day), widened to whole days.
FIRST_DAY = "i.start || substr('0000-01-01', length(i.start) + 1)"
LAST_DAY = (
    'coalesce(i."end", i.start) || substr(\'0000-12-31\', length(coalesce(i."end", i.start)) + 1)'
)


@dataclass(frozen=True)
class Collection:
    """One collection; ``find`` gives (how many match, the features asked)."""

    id: str
    title: str
    description: str
    filters: tuple[str, ...]
    find: Callable[[Edition, Asked], tuple[int, list[dict[str, Any]]]]
    one: Callable[[Edition, str], dict[str, Any]]


def feature(
    identifier: str, longitude: float, latitude: float, properties: dict[str, Any]
) -> dict[str, Any]:
    """A GeoJSON feature (RFC 7946)."""
    geometry = {"type": "Point", "coordinates": [longitude, latitude]}
    return {"type": "Feature", "id": identifier, "geometry": geometry, "properties": properties}


def turned(found: dict[str, Any], crs: str) -> dict[str, Any]:
    """The feature with its axes in the order of the reference system: latitude first in EPSG:4326."""
    if crs == EPSG4326:
        x, y = found["geometry"]["coordinates"]
        return found | {"geometry": {"type": "Point", "coordinates": [y, x]}}
    return found


def as_feature(row: Any) -> dict[str, Any]:
    """A row of ``initiatives`` as a feature; the place as flat properties, as GIS tables like it."""
    told = initiative(row)
    place = told.pop("qpv")
    told |= {f"qpv_{name}": value for name, value in place.items()}
    return feature(told.pop("id"), told.pop("longitude"), told.pop("latitude"), told)


def asked_where(edition: Edition, asked: Asked, *, places: bool) -> Where:
    """The conditions of a question. Raises Refusal."""
    filters = dict(asked.filters)
    if filters.get("theme", THEMES[0]) not in THEMES:
        raise Refusal(400, f"theme : l'un de {', '.join(THEMES)}.", "theme: one of these")
    found = located(edition, filters, places=places)
    if asked.bbox:
        west, south, east, north = asked.bbox
        across = "OR" if west > east else "AND"
        found.add(f"(i.longitude >= ? {across} i.longitude <= ?)", west, east)
        found.add("i.latitude BETWEEN ? AND ?", south, north)
    if asked.since:
        found.add(f"{LAST_DAY} >= ?", asked.since)
    if asked.until:
        found.add(f"{FIRST_DAY} <= ?", asked.until)
    return found


def located(edition: Edition, filters: dict[str, Any], *, places: bool) -> Where:
    """Those that have a point. Raises Refusal."""
    found = where(edition, filters, places=places)
    found.add("i.longitude IS NOT NULL AND i.latitude IS NOT NULL")
    return found


def rows(edition: Edition, asked: Asked, *, places: bool) -> tuple[int, list[dict[str, Any]]]:
    """Initiatives or places for a question, by id."""
    found = asked_where(edition, asked, places=places)
    count = counted(edition, found.sql, tuple(found.values))
    sql = f"SELECT i.* FROM initiatives i WHERE {found.sql} ORDER BY i.id LIMIT ? OFFSET ?"
    told = edition.rows(sql, (*found.values, asked.limit, asked.offset))
    return count, [turned(as_feature(row), asked.crs) for row in told]


def one_row(edition: Edition, identifier: str) -> dict[str, Any]:
    """One initiative or place. Raises Refusal (404, 410)."""
    row = resolve(edition, identifier)
    if row["longitude"] is None or row["latitude"] is None:
        raise unknown(identifier)
    return as_feature(row)


def as_ground(ground: dict[str, Any]) -> dict[str, Any]:
    """A territory as a feature, its box when its extent is known."""
    told = {k: v for k, v in ground.items() if k not in ("longitude", "latitude", "bbox")}
    found = feature(ground["code"], ground["longitude"], ground["latitude"], told)
    return found | {"bbox": list(ground["bbox"])} if ground["bbox"] else found


def in_box(ground: dict[str, Any], bbox: Box) -> bool:
    """Whether the point of a territory is inside a box."""
    west, south, east, north = bbox
    x, y = ground["longitude"], ground["latitude"]
    across = x >= west or x <= east if west > east else west <= x <= east
    return bool(across and south <= y <= north)


def territories(edition: Edition, asked: Asked) -> tuple[int, list[dict[str, Any]]]:
    """Territories for a question, by code; they have no date of their own."""
    level = dict(asked.filters).get("level")
    dated = bool(asked.since or asked.until)
    kept = [
        ground
        for ground in grounds(edition).values()
        if not dated
        and ground["longitude"] is not None
        and (level is None or ground["level"] == level)
        and (asked.bbox is None or in_box(ground, asked.bbox))
    ]
    shown = kept[asked.offset : asked.offset + asked.limit]
    return len(kept), [turned(as_ground(ground), asked.crs) for ground in shown]


def one_ground(edition: Edition, code: str) -> dict[str, Any]:
    """One territory. Raises Refusal (404)."""
    found = grounds(edition).get(code)
    if found is None or found["longitude"] is None:
        raise unknown(code)
    return as_ground(found)


COLLECTIONS = {
    c.id: c
    for c in (
        Collection(
            "initiatives",
            "Initiatives numériques",
            gettext_noop(
                "Initiatives que la méthode dit numériques et dont le point est connu, avec leur "
                "quartier prioritaire, leurs thèmes et leurs sources. Celles dont l'adresse n'est "
                "pas connue sont dans /api/v1/initiatives."
            ),
            ("theme", "territory"),
            lambda edition, asked: rows(edition, asked, places=False),
            one_row,
        ),
        Collection(
            "places",
            "Lieux relais",
            gettext_noop(
                "Médiathèques, centres sociaux, France services, tiers-lieux… numériques ou non."
            ),
            ("theme", "territory"),
            lambda edition, asked: rows(edition, asked, places=True),
            one_row,
        ),
        Collection(
            "territories",
            "Territoires",
            gettext_noop(
                "Quartiers prioritaires de 2024, et les communes qui en ont ; les EPCI, "
                "départements et régions sont dans /api/v1/territories."
            ),
            ("level",),
            territories,
            one_ground,
        ),
    )
}


def collection(identifier: str) -> Collection:
    """A collection by its id. Raises Refusal (404)."""
    if identifier not in COLLECTIONS:
        raise unknown(identifier)
    return COLLECTIONS[identifier]


@lru_cache(maxsize=8)
def extent(edition: Edition, identifier: str) -> dict[str, Any]:
    """The smallest box of the points, and the first and last dates where there are some."""
    if identifier == "territories":
        points = [g for g in grounds(edition).values() if g["longitude"] is not None]
        xs, ys = [g["longitude"] for g in points], [g["latitude"] for g in points]
        return {"spatial": {"bbox": [[min(xs), min(ys), max(xs), max(ys)]], "crs": CRS84}}
    found = located(edition, {}, places=identifier == "places")
    row = edition.row(
        "SELECT min(longitude), min(latitude), max(longitude), max(latitude), "
        f"min({FIRST_DAY}), max({LAST_DAY}) FROM initiatives i WHERE {found.sql}",
        found.values,
    )
    box = list(row or [None] * 6)
    told: dict[str, Any] = {}
    if box[0] is not None:
        told["spatial"] = {"bbox": [box[:4]], "crs": CRS84}
    if box[4] is not None:
        told["temporal"] = {"interval": [[f"{box[4]}T00:00:00Z", f"{box[5]}T23:59:59Z"]]}
    return told
