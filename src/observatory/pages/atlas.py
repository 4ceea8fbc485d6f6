"""The map: the catalogue's answer, as a list first and as points where a script may draw them.

**Reads** the edition, the territories. **Writes** nothing.
**Method** The page is the list; ``map.js`` adds the map, which asks for three files of ours: the points
of the answer (numbers in columns, a few bytes a point), the quarters (a disc of each one's area) and
the names of what is in view. Points are named by their number in the edition: the edition is part of
the address, so that an answer can be kept for a day and never belongs to another edition.
**Limits** Only what has a point of its own is drawn; how many have none is said.
"""

from __future__ import annotations

import json
import math
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from observatory.catalogue.index import index_of, members
from observatory.catalogue.question import Question, read_question
from observatory.catalogue.results import answer, select
from observatory.catalogue.words import active
from observatory.edition import Edition, current
from observatory.names import town_of
from observatory.pages.catalogue import by_id, result_rows
from quartiers.shapes import THEMES
from quartiers.territories import load

#: Names that one question may ask for.
MOST_NAMES = 60
#: Theme → its shape, drawn around (0, 0) within 8 units: told apart without colour.
SHAPES = {
    "e-administration": "M-6-6H6V6H-6Z",
    "citoyennete": "M0-7A7 7 0 1 1 0 7A7 7 0 1 1 0-7Z",
    "formation": "M0-7.5 7 5.5H-7Z",
    "insertion": "M0-8 8 0 0 8-8 0Z",
    "entrepreneuriat": "M-2.6-7H2.6V-2.6H7V2.6H2.6V7H-2.6V2.6H-7V-2.6H-2.6Z",
    "logement": "M-6 6.5V-1L0-7 6-1V6.5Z",
    "mobilite": "M0 7.5-7-5.5H7Z",
    "culture": "M0-8 2.2-2.6 7.8-2.4 3.4 1.2 4.9 6.6 0 3.5-4.9 6.6-3.4 1.2-7.8-2.4-2.2-2.6Z",
    "": "M0-4.5A4.5 4.5 0 1 1 0 4.5A4.5 4.5 0 1 1 0-4.5Z",
}
#: Where to jump: name, zoom/latitude/longitude.
VIEWS = (
    (_("Métropole"), "6/46.6/2.4"),
    ("Guadeloupe", "10/16.2/-61.5"),
    ("Martinique", "10/14.65/-61"),
    ("Guyane", "7/4.2/-53"),
    ("La Réunion", "10/-21.13/55.53"),
    ("Mayotte", "11/-12.82/45.15"),
)


def page(request: HttpRequest) -> HttpResponse:
    """``/carte/``"""
    edition = current()
    found = answer(edition, read_question(request.GET))
    question = found.question
    drawn = located(edition, question)
    return render(
        request,
        "map.html",
        {
            "question": question,
            "found": found,
            "rows": result_rows(edition, found),
            "filters": active(edition, question),
            "query": question.query(),
            "drawn": len(drawn),
            "missing": found.count - len(drawn),
            "shapes": [(slug, path) for slug, path in SHAPES.items() if slug],
            "no_theme": SHAPES[""],
            "views": VIEWS,
            "credit": settings.TILES_CREDIT,
        },
    )


def points(request: HttpRequest) -> HttpResponse:
    """``/carte/points.json``: the points of an answer, in columns."""
    edition = current()
    text = columns(edition, read_question(request.GET).query())
    return kept_a_day(HttpResponse(text, content_type="application/json"))


def names(request: HttpRequest) -> HttpResponse:
    """``/carte/fiches.json?n=1,2,3``: id, title, commune of these numbers, in their order."""
    edition = current()
    index = index_of(edition)
    asked = [
        int(n)
        for n in request.GET.get("n", "").split(",")
        if n.isascii() and n.isdecimal() and len(n) < 8
    ]
    ids = [index.ids[n] for n in asked[:MOST_NAMES] if n < len(index.ids) and index.ids[n]]
    found = by_id(edition, ids, "id, title, commune, insee_code, main_theme, qpv_nom, qpv_etat")
    rows = [dict(found[i]) | {"commune": town_of(found[i])} for i in ids if i in found]
    return kept_a_day(JsonResponse({"edition": edition.name, "rows": rows}))


def quarters(request: HttpRequest) -> HttpResponse:
    """``/carte/quartiers.json``: each quarter as a disc of its own area."""
    return kept_a_day(HttpResponse(discs(), content_type="application/json"))


def kept_a_day(reply: HttpResponse) -> HttpResponse:
    """A reply whose address names its edition may be kept."""
    reply["Cache-Control"] = "public, max-age=86400"
    return reply


def located(edition: Edition, question: Question) -> list[int]:
    """The numbers of an answer that have a point."""
    index = index_of(edition)
    inside = members(select(edition, question))
    return [
        n for n, mark in enumerate(inside) if mark == "1" and not math.isnan(index.longitude[n])
    ]


@lru_cache(maxsize=8)
def columns(edition: Edition, query: str) -> str:
    """Points as JSON: numbers, longitudes and latitudes (hundred-thousandths), rank of the theme."""
    index = index_of(edition)
    numbers = located(edition, read_question(QueryDict(query)))
    told = {
        "edition": edition.name,
        "themes": [*THEMES, ""],
        "n": numbers,
        "lon": [round(index.longitude[n] * 100_000) for n in numbers],
        "lat": [round(index.latitude[n] * 100_000) for n in numbers],
        "theme": [index.main_theme[n] % (len(THEMES) + 1) for n in numbers],
    }
    return json.dumps(told, separators=(",", ":"))


@lru_cache(maxsize=1)
def discs() -> str:
    """The quarters: code, name, longitude, latitude, radius in metres."""
    rows = [
        [
            q.code,
            q.nom,
            round(q.longitude, 5),
            round(q.latitude, 5),
            round(math.sqrt((q.superficie_ha or 0.0) * 10_000 / math.pi)),
        ]
        for q in load().qpv.values()
    ]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
