"""Meetings worth having: what could come into a territory's quarters, why, and who would bring what.

**Reads** the edition's ``opportunities``, ``renewals`` and ``initiatives``. **Writes** nothing.
**Method** One card a proposition of the table, the best first. Of a wide territory, the best one of each
of its quarters; of an EPCI, a commune or a quarter, all of its own before those of its quarters; on a
topic, all. Nothing is computed here.
**Limits** A phase seen more than two years ago is printed «à vérifier». An edition without the table says
so. It knows nothing of people's wishes or time.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from observatory.edition import Edition, current
from observatory.gazetteer import LONGEST, find, place
from observatory.ground import ground_of, initiatives
from observatory.names import INFRA
from observatory.pages.territory import RECENT_YEARS
from quartiers.compare import reading
from quartiers.values import is_web

PER_PAGE = 12
Key = tuple[str, int]


def page(request: HttpRequest) -> HttpResponse:
    """``/rencontres/``"""
    edition = current()
    wanted = " ".join(request.GET.get("territory", "").replace("\x00", "").split())[:LONGEST]
    topic = request.GET.get("sujet", "")
    topic = topic if topic in INFRA else ""
    places = [place(wanted)] if ground_of(wanted) else find(edition, wanted)
    chosen = places[0] if len(places) == 1 and places[0].quarters else None
    told = has_table(edition)
    asked = told and (chosen or not wanted)
    keys = propositions(edition, chosen.code if chosen else "FR", topic) if asked else ()
    shown = Paginator(keys, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "told": told,
        "wanted": wanted,
        "chosen": chosen,
        "places": [p for p in places if p.quarters] if not chosen else [],
        "topic": topic,
        "topics": INFRA.items(),
        "page": shown,
        "cards": cards(edition, list(shown)),
    }
    return render(request, "opportunities.html", context)


def has_table(edition: Edition) -> bool:
    """Whether the edition was built with propositions."""
    sql = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'opportunities'"
    return edition.value(sql) is not None


@lru_cache(maxsize=64)
def propositions(edition: Edition, code: str, topic: str) -> tuple[Key, ...]:
    """(territory, rank) of a territory's propositions: its own, then those of its quarters."""
    ground = ground_of(code)
    rows = edition.rows(
        "SELECT territory, rank FROM opportunities "
        "WHERE territory IN (SELECT value FROM json_each(?1)) "
        "AND (?2 = topic OR ?2 = '' AND (rank = 1 OR territory = ?3)) "
        "ORDER BY territory = ?3 DESC, score DESC, territory, rank",
        (json.dumps([code, *(ground.quartiers if ground else ())]), topic, code),
    )
    return tuple((row["territory"], row["rank"]) for row in rows)


def cards(edition: Edition, keys: list[Key]) -> list[dict[str, Any]]:
    """Propositions as they are shown: where, why, what each side would bring."""
    rows = [
        row
        for key in keys
        for row in reading.ask(
            edition.connection, "SELECT * FROM opportunities WHERE territory = ? AND rank = ?", key
        )
    ]
    ids = {i for r in rows for i in (*r["relays"], *r["examples"], r["partner"]) if i}
    named = {one["id"]: one for one in initiatives(edition, sorted(ids))}
    return [
        row
        | {
            "key": f"{row['territory']}:{row['topic']}",
            "place": place(row["territory"]),
            "renewal": renewal(edition, row["site"]) if row["site"] else None,
            "relays": [named[i] for i in row["relays"] if i in named],
            "examples": [named[i] for i in row["examples"] if i in named],
            "partner": named.get(row["partner"]),
        }
        for row in rows
    ]


def renewal(edition: Edition, name: str) -> dict[str, Any] | None:
    """The operation that opens the door: when it was seen, whether lately, by whom."""
    row = edition.row("SELECT seen, url, source FROM renewals WHERE name = ? LIMIT 1", (name,))
    if row is None:
        return None
    year = (row["seen"] or "")[:4]
    return {
        "seen": row["seen"],
        "recent": year.isdigit() and edition.built_at.year - int(year) < RECENT_YEARS,
        "url": row["url"] if is_web(row["url"]) else "",
        "source": row["source"],
    }
