"""Find a territory: a box that understands names, postcodes and codes, and the list of the country.

**Reads** the embedded territories, the measures. **Writes** nothing.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from observatory.edition import Edition, current
from observatory.gazetteer import LONGEST, find
from observatory.ground import count, ground_of, grounds, territories


def page(request: HttpRequest) -> HttpResponse:
    """``/territoires/``"""
    edition = current()
    wanted = request.GET.get("q", "").replace("\x00", "").strip()
    found = find(edition, wanted)
    if len(found) == 1 and found[0].quarters:
        return redirect("territory", found[0].code)
    context = {"wanted": wanted[:LONGEST], "found": found, "regions": country(edition)}
    return render(request, "territories.html", context)


@lru_cache(maxsize=2)
def country(edition: Edition) -> list[dict[str, Any]]:
    """The régions and their départements: quarters, and initiatives found in them."""
    regions: dict[str, dict[str, Any]] = {}
    for code, area in territories().departement.items():
        ground = ground_of(f"DEP{code}")
        above = ground_of(f"REG{area.parent}")
        if ground is None or above is None:
            continue
        region = regions.setdefault(above.code, line(edition, above.code) | {"departements": []})
        region["departements"].append(line(edition, ground.code) | {"number": code})
    return sorted(regions.values(), key=lambda r: (-r["quarters"], r["name"]))


def line(edition: Edition, code: str) -> dict[str, Any]:
    """A territory in a list."""
    ground = grounds().by_code[code]
    return {
        "code": code,
        "name": ground.name,
        "quarters": len(ground.quartiers),
        "n": count(edition, code),
    }
