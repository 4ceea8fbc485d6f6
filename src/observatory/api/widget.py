"""/widget/?territory=CODE: a territory's figures on somebody else's page.

**Reads** the edition. **Writes** nothing.
**Method** One small page without script, that any site may frame (it alone: its policy says so).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_exempt

from observatory.api.errors import Refusal
from observatory.api.filters import Where, add_territory, territory_code
from observatory.edition import Edition, current
from observatory.names import THEMES, town_of
from quartiers.territories import load

#: Initiatives listed.
SHOWN = 5


@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"]})
def page(request: HttpRequest) -> HttpResponse:
    """A territory, or the whole country."""
    try:
        code = territory_code(request.GET.get("territory") or "FR")
    except Refusal:
        return render(request, "widget.html", {"unknown": True}, status=404)
    response = render(request, "widget.html", figures(current(), code))
    response["Cache-Control"] = "public, max-age=3600"
    return response


@lru_cache(maxsize=256)
def figures(edition: Edition, code: str) -> dict[str, Any]:
    """How many initiatives of the quarters, their themes, a few of them."""
    found = Where()
    found.add("i.digital = 'numerique' AND i.in_quartiers")
    add_territory(found, code)
    counts = {
        row["theme"]: row["n"]
        for row in edition.rows(
            "SELECT t.theme, count(*) AS n FROM initiative_themes t JOIN initiatives i "
            f"ON i.id = t.initiative WHERE {found.sql} GROUP BY 1",
            found.values,
        )
    }
    return {
        "code": code,
        "name": load().label(code),
        "count": edition.value(
            f"SELECT count(*) FROM initiatives i WHERE {found.sql}", found.values
        ),
        "themes": [(slug, counts[slug]) for slug in THEMES if counts.get(slug)],
        "initiatives": [
            dict(row) | {"commune": town_of(row)}
            for row in edition.rows(
                f"SELECT i.id, i.title, i.commune, i.insee_code, i.qpv_nom, max(i.score) AS best "
                f"FROM initiatives i WHERE {found.sql} "
                "GROUP BY i.title, i.insee_code ORDER BY best DESC, i.id LIMIT ?",
                (*found.values, SHOWN),
            )
        ],
    }
