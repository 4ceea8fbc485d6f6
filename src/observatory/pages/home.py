"""The home page: what this is, three doors, today's figures.

**Reads** the edition's initiatives and measures. **Writes** nothing.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from observatory.dots import country
from observatory.edition import Edition, current
from observatory.names import THEMES


def page(request: HttpRequest) -> HttpResponse:
    """``/``"""
    return render(request, "home.html", figures(current()))


@lru_cache(maxsize=4)
def figures(edition: Edition) -> dict[str, Any]:
    """Today's figures: each with its interval and base where the method gives one."""
    measured = {
        row["indicator"]: dict(row)
        for row in edition.rows(
            "SELECT indicator, value, low, high, n FROM measures "
            "WHERE territory = 'FR' AND modality IS NULL"
        )
    }
    by_theme = {
        row["theme"]: row["n"]
        for row in edition.rows(
            "SELECT t.theme, count(*) AS n FROM initiative_themes t "
            "JOIN initiatives i ON i.id = t.initiative "
            "WHERE i.digital = 'numerique' AND i.in_quartiers GROUP BY t.theme"
        )
    }
    return {
        "country": country(edition),
        "measured": measured,
        "themes": [(slug, by_theme.get(slug, 0)) for slug in THEMES],
        "most": max(by_theme.values(), default=1),
        "quarters": edition.value(
            "SELECT count(DISTINCT qpv_code) FROM initiatives "
            "WHERE digital = 'numerique' AND in_quartiers AND qpv_code IS NOT NULL"
        ),
        "sources": edition.value("SELECT count(*) FROM sources WHERE records > 0"),
    }
