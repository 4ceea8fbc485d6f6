"""The eight themes: what each covers, who carries it, where, since when, in whose words.

**Reads** the edition's initiatives and measures, the thesaurus. **Writes** nothing.
**Method** Counted once an edition. Places with most per inhabitant are ranked by the low end of their
interval, so that a small place with two initiatives does not come first by luck.
**Limits** Years are those of the initiatives that have one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from observatory.edition import Edition, current
from observatory.ground import Row, grounds, holdings, measures, some
from observatory.templatetags.site import notion
from quartiers import thesaurus
from quartiers.compare import reading
from quartiers.shapes import THEMES

#: Under this many initiatives a place is not ranked.
RANKED_MIN = 5
RANKED = 10
LISTED = 8
TREND_FROM = 2010
DIMENSIONS = ("forme", "lieu", "porteur")


def page(request: HttpRequest) -> HttpResponse:
    """``/themes/``"""
    edition = current()
    shares = measures(edition, "FR")["FR"]["theme"]
    counts = Counter(theme for row in holdings(edition, "FR") for theme in row["themes"])
    most = max(counts.values(), default=1)
    rows = [
        {
            "slug": slug,
            "bar": 100 * counts[slug] / most,
            "n": counts[slug],
            "share": shares.get(slug, {}),
            "cases": cases(edition, slug),
        }
        for slug in THEMES
    ]
    return render(request, "themes.html", {"rows": rows, "total": len(holdings(edition, "FR"))})


@lru_cache(maxsize=32)
def cases(edition: Edition, slug: str) -> list[Row]:
    """The best documented initiatives of a theme; those of which it is the main one first."""
    part = [row for row in holdings(edition, "FR") if slug in row["themes"]]
    mains = [row for row in part if row["main_theme"] == slug]
    return some(mains if len(mains) >= LISTED else part, LISTED)


def theme(request: HttpRequest, slug: str) -> HttpResponse:
    """``/themes/<slug>/``"""
    if slug not in THEMES:
        raise Http404
    edition = current()
    return render(request, "theme.html", profile(edition, slug) | {"cases": cases(edition, slug)})


@lru_cache(maxsize=16)
def profile(edition: Edition, slug: str) -> dict[str, Any]:
    """The figures of a theme."""
    part = [row for row in holdings(edition, "FR") if slug in row["themes"]]
    profiles = reading.ask(
        edition.connection,
        "SELECT dimension, value, k, n, share, low, high FROM profiles WHERE theme = ? "
        "AND value <> 'un-relais' ORDER BY k DESC, value",
        (slug,),
    )
    shares = {d: [row for row in profiles if row["dimension"] == d] for d in DIMENSIONS}
    years = [row for row in reading.years_of(edition.connection, "FR") if row["theme"] == slug]
    return {
        "slug": slug,
        "n": len(part),
        "share": measures(edition, "FR")["FR"]["theme"].get(slug, {}),
        "mains": sum(row["main_theme"] == slug for row in part),
        "forms": shares["forme"],
        "carriers": shares["porteur"],
        "carriers_known": shares["porteur"][0]["n"] if shares["porteur"] else 0,
        "places": [row for row in shares["lieu"] if row["k"]][:8],
        "trend": trend({row["year"]: row["n"] for row in years}),
        "dated": sum(row["n"] for row in years),
        "ranked": ranked(edition, slug),
        "words": words(slug),
    }


def trend(counts: Mapping[int, int]) -> list[dict[str, Any]]:
    """Initiatives by year of start, from :data:`TREND_FROM`, empty years included."""
    kept = {year: n for year, n in counts.items() if year >= TREND_FROM}
    if not kept:
        return []
    top = max(kept.values())
    return [
        {"year": year, "n": kept.get(year, 0), "height": 80 * kept.get(year, 0) / top}
        | {"y": 100 - 80 * kept.get(year, 0) / top}
        for year in range(min(kept), max(kept) + 1)
    ]


def ranked(edition: Edition, slug: str) -> list[dict[str, Any]]:
    """The intercommunalités with most per inhabitant of their quarters, by the interval's low end."""
    rows = edition.rows(
        "SELECT territory AS code, value AS rate, low, high, round(value * n / 1000) AS found "
        "FROM measures WHERE indicator = 'pour_1000_theme' AND modality = ? "
        "AND territory LIKE 'EPCI%' AND found >= ? ORDER BY low DESC, code LIMIT ?",
        (slug, RANKED_MIN, RANKED),
    )
    return [dict(row) | {"name": grounds().by_code[row["code"]].name} for row in rows]


def words(slug: str) -> list[dict[str, Any]]:
    """The theme's notions in the quarters' words, and what the other world calls them."""
    known = thesaurus.load()
    rows: list[dict[str, Any]] = []
    for concept in known.concepts.values():
        if concept.theme != slug or "quartiers" not in concept.schemes:
            continue
        across = [known.concepts[other] for _, other in known.across(concept.slug)]
        rows.append({"concept": concept, "across": across, "both": len(concept.schemes) > 1})
    return sorted(rows, key=lambda r: (not r["across"], notion(r["concept"]).casefold()))[:14]
