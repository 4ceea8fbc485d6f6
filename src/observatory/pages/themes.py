"""The eight themes: what each covers, who carries it, where, since when, in whose words.

**Reads** the edition's initiatives and measures, the thesaurus. **Writes** nothing.
**Method** Counted once an edition. Places with most per inhabitant are ranked by the low end of their
interval, so that a small place with two initiatives does not come first by luck.
**Limits** Years are those of the initiatives that have one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from observatory.edition import Edition, current
from observatory.ground import Row, grounds, held, holdings, measures, some
from quartiers import thesaurus
from quartiers.compare.cards import carrier_kind
from quartiers.compare.cards import relays as relay_types
from quartiers.compare.indicators import year_of
from quartiers.compare.intervals import poisson_limits, wilson
from quartiers.shapes import FORMS, THEMES

#: Under this many initiatives a place is not ranked.
RANKED_MIN = 5
RANKED = 10
LISTED = 8
TREND_FROM = 2010


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
    carriers = [carrier_kind(row["carrier_type"]) for row in part if row["carrier_type"]]
    return {
        "slug": slug,
        "n": len(part),
        "share": measures(edition, "FR")["FR"]["theme"].get(slug, {}),
        "mains": sum(row["main_theme"] == slug for row in part),
        "forms": shares(Counter(f for row in part for f in row["forms"]), len(part), FORMS),
        "carriers": shares(Counter(carriers), len(carriers)),
        "carriers_known": len(carriers),
        "places": shares(
            Counter(p for row in part for p in relay_types() & set(row["place_types"])), len(part)
        )[:8],
        "trend": trend(part),
        "dated": sum(year_of(row) is not None for row in part),
        "ranked": ranked(edition, slug),
        "words": words(slug),
    }


def shares(
    counts: Counter[str], base: int, order: Iterable[str] | None = None
) -> list[dict[str, Any]]:
    """Counts with their share and its interval (Wilson), in ``order`` or the commonest first."""
    names = order or [name for name, _ in sorted(counts.items(), key=lambda i: (-i[1], i[0]))]
    rows = []
    for name in names:
        low, high = wilson(counts[name], base) if base else (None, None)
        rows.append(
            {"value": name, "k": counts[name], "low": low, "high": high}
            | {"share": counts[name] / base if base else None}
        )
    return rows


def trend(part: Sequence[Row]) -> list[dict[str, Any]]:
    """Initiatives by year of start, from :data:`TREND_FROM`, empty years included."""
    counts = Counter(year for row in part if (year := year_of(row)) and year >= TREND_FROM)
    if not counts:
        return []
    top = max(counts.values())
    years = range(min(counts), max(counts) + 1)
    return [
        {"year": year, "n": counts[year], "height": 80 * counts[year] / top, "x": 24 * i}
        | {"y": 100 - 80 * counts[year] / top}
        for i, year in enumerate(years)
    ]


def ranked(edition: Edition, slug: str) -> list[dict[str, Any]]:
    """The intercommunalités with most per inhabitant of their quarters, by the interval's low end."""
    rows: list[dict[str, Any]] = []
    for code, mine in held(edition).items():
        ground = grounds().by_code[code]
        k = sum(slug in row["themes"] for row in mine)
        if ground.level != "EPCI" or not ground.population or k < RANKED_MIN:
            continue
        low, high = poisson_limits(k)
        per = 1000 / ground.population
        rows.append(
            {"code": code, "name": ground.name, "n": k, "population": ground.population}
            | {"rate": k * per, "low": low * per, "high": high * per}
        )
    return sorted(rows, key=lambda r: (-r["low"], r["code"]))[:RANKED]


def words(slug: str) -> list[dict[str, Any]]:
    """The theme's notions in the quarters' words, and what the other world calls them."""
    known = thesaurus.load()
    rows: list[dict[str, Any]] = []
    for concept in known.concepts.values():
        if concept.theme != slug or "quartiers" not in concept.schemes:
            continue
        across = [known.concepts[other] for _, other in known.across(concept.slug)]
        rows.append({"concept": concept, "across": across, "both": len(concept.schemes) > 1})
    return sorted(rows, key=lambda r: (not r["across"], r["concept"].pref.casefold()))[:14]
