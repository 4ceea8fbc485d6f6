"""The parameters of ``items``: limit, offset, bbox, datetime, crs.

**Reads** a query string. **Writes** nothing.
**Method** Every parameter is checked; one that is unknown, or wrong, is a 400
(/req/core/query-param-unknown, /req/core/query-param-invalid).
**Limits** Times are taken to the day: that is how finely initiatives are dated.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from django.http import QueryDict

from observatory.api.errors import Refusal

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
EPSG4326 = "http://www.opengis.net/def/crs/EPSG/0/4326"
CRS = (CRS84, EPSG4326)
DEFAULT_LIMIT, MOST = 100, 1_000
MOST_OFFSET = 10_000_000
_DAY = re.compile(
    r"(\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))"
    r"([Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d))?"
)

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Asked:
    """A question on the items of a collection. ``since``, ``until``: days, «» for open."""

    limit: int = DEFAULT_LIMIT
    offset: int = 0
    bbox: Box | None = None
    since: str = ""
    until: str = ""
    crs: str = CRS84
    filters: tuple[tuple[str, str], ...] = ()


def wrong(name: str, french: str, english: str) -> Refusal:
    """400, naming the parameter."""
    return Refusal(400, f"{name} : {french}", f"{name}: {english}")


def only(query: QueryDict, known: tuple[str, ...]) -> None:
    """Refuse a parameter that the API definition does not name, or that is said twice."""
    for name in query:
        if name not in known:
            said = ", ".join(known) or "—"
            raise wrong(
                name[:40], f"paramètre inconnu ; connus : {said}", f"unknown; known: {said}"
            )
        if len(query.getlist(name)) > 1:
            raise wrong(name, "donné plusieurs fois", "given more than once")


def read(query: QueryDict, filters: tuple[str, ...]) -> Asked:
    """The question. Raises Refusal (400)."""
    only(query, ("limit", "offset", "bbox", "bbox-crs", "datetime", "crs", *filters))
    since, until = days(query["datetime"]) if "datetime" in query else ("", "")
    swapped = reference(query, "bbox-crs") == EPSG4326
    return Asked(
        limit=min(whole(query, "limit", DEFAULT_LIMIT, 1), MOST),
        offset=whole(query, "offset", 0, 0),
        bbox=box(query["bbox"], swapped) if "bbox" in query else None,
        since=since,
        until=until,
        crs=reference(query, "crs"),
        filters=tuple((name, query[name]) for name in filters if query.get(name)),
    )


def whole(query: QueryDict, name: str, default: int, least: int) -> int:
    """A whole number (/req/core/fc-limit-definition)."""
    if name not in query:
        return default
    text = query[name]
    if not re.fullmatch(r"[0-9]{1,9}", text) or int(text) < least or int(text) > MOST_OFFSET:
        raise wrong(name, f"un entier d'au moins {least}", f"a whole number, at least {least}")
    return int(text)


def reference(query: QueryDict, name: str) -> str:
    """A coordinate reference system that we speak (18-058r1, /req/crs/fc-crs-valid-value)."""
    asked = query.get(name, CRS84)
    if asked not in CRS:
        raise wrong(name, f"l'un de {', '.join(CRS)}", f"one of {', '.join(CRS)}")
    return str(asked)


def box(text: str, swapped: bool) -> Box:
    """Four numbers, or six with heights, which are left aside (/req/core/fc-bbox-definition)."""
    try:
        numbers = [float(part) for part in text[:200].split(",")]
    except ValueError:
        numbers = []
    if len(numbers) == 6:
        numbers = [*numbers[:2], *numbers[3:5]]
    if len(numbers) != 4 or not all(math.isfinite(number) for number in numbers):
        raise wrong(
            "bbox", "quatre nombres : ouest,sud,est,nord", "four numbers: west,south,east,north"
        )
    west, south, east, north = numbers
    if swapped:
        south, west, north, east = numbers
    inside = all(-180 <= x <= 180 for x in (west, east)) and -90 <= south <= north <= 90
    if not inside:
        raise wrong(
            "bbox", "hors des degrés WGS 84, ou à l'envers", "outside WGS 84 degrees, or reversed"
        )
    return west, south, east, north


def days(text: str) -> tuple[str, str]:
    """An instant or an interval, «..» or nothing for open ends (/req/core/fc-time-definition)."""
    ends = text[:120].split("/")
    refusal = wrong(
        "datetime",
        "une date, une heure RFC 3339, ou un intervalle a/b, a/.., ../b",
        "a date, an RFC 3339 time, or an interval a/b, a/.., ../b",
    )
    if len(ends) > 2 or (len(ends) == 1 and ends[0] in ("", "..")):
        raise refusal
    found = []
    for end in ends:
        match = _DAY.fullmatch(end)
        if match is None and end not in ("", ".."):
            raise refusal
        found.append(match[1] if match else "")
    since, until = found[0], found[-1]
    if since and until and since > until:
        raise refusal
    return since, until
