"""What is like an initiative, what is near it, whom it could meet.

**Reads** the edition. **Writes** nothing.
**Method** Likeness and partners are the bridge's own, remembered for each edition; relay places are
those of the catalogue's grid within a quarter of an hour's walk, one of each type, nearest first.
**Limits** As the crow flies with a usual detour: rivers and motorways are not seen.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

import numpy as np

from observatory.catalogue.index import index_of
from observatory.edition import Edition
from observatory.names import town_of
from quartiers.bridge import Hit, match
from quartiers.bridge.similar import similar
from quartiers.compare.cards import relays
from quartiers.errors import InputError
from quartiers.locate.metres import great_circle_m
from quartiers.locate.relays import WALK_M, minutes

Row = dict[str, Any]
MOST = 4


@lru_cache(maxsize=256)
def alike(edition: Edition, identifier: str) -> list[Row]:
    """Initiatives that resemble it, with the words in common."""
    return with_titles(edition, similar(edition.connection, identifier, MOST))


@lru_cache(maxsize=256)
def partners(edition: Edition, identifier: str) -> list[Row]:
    """Initiatives of the other world worth meeting, with reasons that quote both sides."""
    try:
        return with_titles(edition, match(edition.connection, identifier, MOST))
    except InputError:
        return []


def with_titles(edition: Edition, hits: list[Hit]) -> list[Row]:
    """Hits with what the page says of each."""
    marks = ", ".join("?" * len(hits))
    found = {
        row["id"]: dict(row) | {"commune": town_of(row)}
        for row in edition.rows(
            f"SELECT id, title, commune, insee_code, main_theme, world FROM initiatives WHERE id IN ({marks})",
            [hit.id for hit in hits],
        )
    }
    return [found[hit.id] | {"why": hit.path[:2]} for hit in hits if hit.id in found]


def relays_near(edition: Edition, view: Row) -> list[Row]:
    """The nearest relay place of each type within the walk, the initiative itself left out."""
    if view["longitude"] is None or view["latitude"] is None:
        return []
    index = index_of(edition)
    near = [
        number
        for number in index.around(view["longitude"], view["latitude"], WALK_M)
        if index.ids[number] != view["id"]
    ]
    metres = great_circle_m(
        np.array([view["longitude"]]),
        np.array([view["latitude"]]),
        np.array([index.longitude[number] for number in near]),
        np.array([index.latitude[number] for number in near]),
    )
    away = {index.ids[n]: m for n, m in zip(near, metres.tolist(), strict=True) if m <= WALK_M}
    nearest = sorted(away, key=lambda i: (away[i], i))[:60]
    marks = ", ".join("?" * len(nearest))
    sql = f"SELECT id, title, place_types FROM initiatives WHERE id IN ({marks})"
    rows = {row["id"]: row for row in edition.rows(sql, nearest)}
    found: dict[str, Row] = {}
    for identifier in nearest:
        row = rows[identifier]
        for kind in json.loads(row["place_types"] or "[]"):
            if kind in relays() and kind not in found:
                found[kind] = {
                    "id": identifier,
                    "title": row["title"],
                    "kind": kind,
                    "minutes": max(1, round(minutes(away[identifier]))),
                }
    return list(found.values())[:6]
