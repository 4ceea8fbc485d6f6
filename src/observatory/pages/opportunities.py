"""Meetings worth having: an urban-renewal operation, what can still enter it, and who could meet.

**Reads** the embedded renewal sites, the edition's initiatives. **Writes** nothing.
**Method** A site at a known phase leaves doors open to some subjects (the study's own judgement). Beside
each: relay places of its quarters, what is already done there, programmes of the smart city on the same
subject. One card a site, the recently seen first.
**Limits** A phase seen more than two years ago is printed «à vérifier». A subject has no programme
shown when the corpus holds none. It knows nothing of people's wishes or time.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import Any
from zlib import crc32

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from observatory.edition import Edition, current
from observatory.gazetteer import LONGEST, Place, find, place
from observatory.ground import Row, ground_of, holdings, some, territories, walks
from observatory.pages.territory import by_door, renewal, sites_by_quarter
from quartiers.compare import reading
from quartiers.territories.tables import Renewal

PER_PAGE = 12
#: Doors worth a meeting, the best first.
OPEN = ("ideale", "possible")
#: Subject of a renewal operation → infrastructure topics of the programmes that know it.
TOPICS: dict[str, tuple[str, ...]] = {
    "fourreaux": ("reseaux",),
    "eclairage": ("energie", "capteurs"),
    "immeuble": ("reseaux", "energie"),
    "donnees": ("donnees",),
    "gestion": ("capteurs", "donnees"),
}
#: Subject → themes and forms of the neighbourhoods' initiatives that know it.
THEMES: dict[str, tuple[str, ...]] = {
    "consultation": ("citoyennete",),
    "lieu": ("formation", "culture"),
    "transitoire": ("culture",),
    "mediation": ("e-administration", "formation"),
    "gestion": ("logement", "citoyennete"),
    "donnees": ("citoyennete",),
    "immeuble": ("logement",),
    "eclairage": ("logement",),
    "fourreaux": ("formation",),
}
WALK = 15


def page(request: HttpRequest) -> HttpResponse:
    """``/rencontres/``"""
    edition = current()
    wanted = " ".join(request.GET.get("territory", "").replace("\x00", "").split())[:LONGEST]
    subject = request.GET.get("sujet", "")
    subject = subject if subject in territories().subjects else ""
    places = [place(wanted)] if ground_of(wanted) else find(edition, wanted)
    chosen = places[0] if len(places) == 1 and places[0].quarters else None
    rows = sites(edition, chosen.code if chosen else "FR", subject) if chosen or not wanted else []
    shown = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "wanted": wanted,
        "chosen": chosen,
        "places": [p for p in places if p.quarters] if not chosen else [],
        "subject": subject,
        "subjects": territories().subjects.items(),
        "page": shown,
        "cards": [card(edition, site.site_id, subject) for site in shown],
        "unknown": unknown(chosen),
    }
    return render(request, "opportunities.html", context)


def sites(edition: Edition, code: str, subject: str) -> list[Renewal]:
    """The sites of a territory where a door is open (to the subject, when one is asked)."""
    ground = ground_of(code)
    near = sites_by_quarter(tuple(ground.quartiers)) if ground else []
    open_ = [s for s in near if doors(s, subject)]
    return sorted(
        open_,
        key=lambda s: (
            "ideale" not in doors(s, subject).values(),
            s.phase_as_of is None,
            [-ord(c) for c in s.phase_as_of or ""],
            s.site_id,
        ),
    )


def doors(site: Renewal, subject: str) -> dict[str, str]:
    """Subject → door, for the doors that are open."""
    found = territories().doors_of(site)
    kept = {s: door for s, door in found.items() if door in OPEN and subject in ("", s)}
    best = [s for s, door in kept.items() if door == "ideale"]
    return {s: kept[s] for s in best} if best and not subject else kept


@lru_cache(maxsize=1024)
def card(edition: Edition, site_id: str, subject: str) -> dict[str, Any]:
    """A site as it is proposed: doors, places, who does what here and elsewhere."""
    site = territories().renewal[site_id]
    open_ = doors(site, subject)
    codes = [code for code in site.qpv if ground_of(code)]
    mine = [row for code in codes for row in holdings(edition, code)]
    relays = {
        line["nearest"]: line
        for code in codes
        for line in walks(edition, code)
        if line["minutes"] <= WALK and line["nearest"]
    }
    themes = Counter(theme for s in open_ for theme in THEMES.get(s, ()))
    fitting = [row for row in mine if themes.keys() & set(row["themes"])]
    return {
        **renewal(site, edition),
        "doors": by_door(open_),
        "quarters": [place(code) for code in codes],
        "relays": sorted(relays.values(), key=lambda line: line["minutes"])[:3],
        "here": some(list({row["title"]: row for row in fitting or mine}.values()), 2),
        "programmes": turned(programmes(edition, tuple(open_)), site_id)[:2],
    }


def turned(rows: list[Row], key: str) -> list[Row]:
    """The same rows from another start for another key: two cards do not show the same examples."""
    start = crc32(key.encode()) % len(rows) if rows else 0
    return rows[start:] + rows[:start]


@lru_cache(maxsize=64)
def programmes(edition: Edition, subjects: tuple[str, ...]) -> list[Row]:
    """Programmes of the smart city that touch the subjects' topics, from different cities."""
    topics = sorted({topic for s in subjects for topic in TOPICS.get(s, ())})
    marks = ", ".join("?" * len(topics))
    rows = reading.ask(
        edition.connection,
        f"SELECT * FROM initiatives WHERE world = 'ville-intelligente' AND id IN "
        f"(SELECT initiative FROM initiative_infra WHERE topic IN ({marks}))",
        topics,
    )
    return some(rows, 12)


def unknown(chosen: Place | None) -> int:
    """Sites whose phase nobody has published: they are not proposed, and counted."""
    ground = ground_of(chosen.code if chosen else "FR")
    near = sites_by_quarter(tuple(ground.quartiers)) if ground else []
    return sum(not territories().doors_of(site) for site in near)
