"""A territory: what was found there, what silence means, who resembles it and what they do.

**Reads** the edition's measures and initiatives, the embedded territories. **Writes** nothing.
**Method** One function a section. Under five initiatives nothing is a percentage: the count is shown.
**Limits** «Absent» is said only where the sources that look should have found something.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from observatory.edition import Edition, current
from observatory.gazetteer import find, in_use, place
from observatory.ground import (
    Measure,
    Row,
    count,
    ground_of,
    grounds,
    holdings,
    initiatives,
    lacks,
    measured,
    measures,
    peers,
    some,
    territories,
    walks,
)
from observatory.names import DOORS
from observatory.words import against
from quartiers.compare.cards import relays as relay_types
from quartiers.compare.holdings import STANDS, Ground
from quartiers.compare.reading import FEW, source_of
from quartiers.shapes import FORMS, THEMES
from quartiers.territories.tables import Renewal
from quartiers.values import is_web

LISTED = 8
#: What is expected, as a figure without doubt.
AS_ELSEWHERE = {"low": 1.0, "high": 1.0}
AROUND = 8
#: A phase seen more years ago than this is to be checked.
RECENT_YEARS = 2


def page(request: HttpRequest, code: str) -> HttpResponse:
    """``/territoires/<code>/``"""
    edition = current()
    ground = ground_of(code)
    if ground is None:
        return elsewhere(request, edition, code)
    return render(request, "territory.html", portrait(edition, ground.code))


def elsewhere(request: HttpRequest, edition: Edition, code: str) -> HttpResponse:
    """The territory under its own code, or a page that proposes those that may be meant."""
    found = find(edition, code)
    if len(found) == 1 and found[0].quarters and found[0].code != code:
        return redirect("territory", found[0].code)
    without = found.pop() if len(found) == 1 and not found[0].quarters else None
    if without is not None:
        above = territories().parents(without.code.removeprefix("COM"))
        codes = [f"{kind}{above[kind]}" for kind in ("EPCI", "DEP") if kind in above]
        found = [place(code) for code in codes if ground_of(code)]
    context = {"wanted": code[:40], "without": without, "found": found}
    return render(request, "territory_unknown.html", context, status=404)


@lru_cache(maxsize=32)
def portrait(edition: Edition, code: str) -> dict[str, Any]:
    """Everything that the page shows."""
    ground = grounds().by_code[code]
    mine = holdings(edition, code)
    figures = measures(edition, code, "FR")
    known = {row["name"] for row in edition.rows("SELECT name FROM sources")}
    here, nation = figures[code], figures["FR"]
    return {
        "ground": ground,
        "crumbs": crumbs(ground),
        "facts": facts(ground),
        "in_use": in_use().get(code, []),
        "counted": here["initiatives"].get("", {}),
        "expected": here["attendues"].get("", {}),
        "chance": here["chance_de_zero"].get("", {}).get("value"),
        "rate": here["pour_1000_lisse"].get("") or here["pour_1000"].get(""),
        "nation_rate": nation["pour_1000"].get("", {}),
        "ratio": (ratio := here["trouvees_sur_attendues"].get("", {})),
        "against": against(ratio, AS_ELSEWHERE),
        "reached": here["quartiers_atteints"].get("", {}),
        "relay": here["lieu_relais"].get("", {}),
        "n": len(mine),
        "few": len(mine) < FEW,
        "sources": len({source_of(s, known) for row in mine for s in row["sources"]}),
        "themes": theme_rows(mine, here, nation, ground.code == "FR"),
        "forms": form_rows(mine, here, nation),
        "places": place_counts(mine),
        "walks": walks(edition, code) if ground.level == "QPV" else [],
        "peers": peer_rows(edition, ground),
        "lacks": lacks(edition, code),
        "renewals": [renewal(s, edition) for s in renewals_of(ground)],
        "quarters": quarter_rows(edition, ground),
        "inside": inside(edition, ground),
        "around": around(edition, ground),
        "cases": some(mine, LISTED),
        "near": near(edition, ground) if ground.level == "QPV" and len(mine) < LISTED else [],
    }


def crumbs(ground: Ground) -> list[tuple[str, str]]:
    """The territories that hold it, widest first: (code, name)."""
    if ground.level == "FR":
        return []
    known = territories()
    if ground.level in ("REG", "DEP", "EPCI"):
        above = {} if ground.level == "REG" else {"REG": known.qpv[ground.quartiers[0]].region}
        if ground.level == "EPCI":
            above["DEP"] = known.qpv[ground.quartiers[0]].departement
    else:
        commune = (
            ground.code.removeprefix("COM")
            if ground.level == "COM"
            else known.qpv[ground.code].communes[0]
        )
        above = known.parents(commune)
        if ground.level == "COM":
            above.pop("COM", None)
    codes = [f"{kind}{above[kind]}" for kind in ("REG", "DEP", "EPCI", "COM") if kind in above]
    found = {grounds().by_code[c].name: c for c in codes if ground_of(c)}
    found.pop(ground.name, None)  # Paris is a département and a commune
    return [("FR", "France"), *((code, name) for name, code in found.items())]


def facts(ground: Ground) -> dict[str, Any]:
    """Who lives there, and what is known of the quarters."""
    quarters = [territories().qpv[code] for code in ground.quartiers]
    poor = [q for q in quarters if q.taux_pauvrete is not None and q.population]
    people = sum(q.population or 0 for q in poor)
    first = quarters[0]
    return {
        "quarters": len(quarters),
        "population": ground.population,
        "poverty": sum((q.population or 0) * (q.taux_pauvrete or 0) for q in poor) / people / 100
        if people
        else None,
        "renewed": sum(q.in_renewal for q in quarters),
        "communes": ", ".join(first.communes_noms) if ground.level == "QPV" else "",
        "departement": first.departement_nom if ground.level == "QPV" else "",
        "generation": first.generation if ground.level == "QPV" else "",
        "area": first.superficie_ha if ground.level == "QPV" else None,
        "source": first.indicateurs_source,
        "date": first.indicateurs_date,
    }


def theme_rows(
    mine: Sequence[Row],
    here: dict[str, dict[str, Measure]],
    nation: dict[str, dict[str, Measure]],
    whole: bool,
) -> list[dict[str, Any]]:
    """The eight themes: counts, share with its interval, France, and the difference in words."""
    counts = Counter(theme for row in mine for theme in row["themes"])
    most = max(counts.values(), default=1)
    rows = []
    for theme in THEMES:
        share = here["theme"].get(theme, {})
        quotient = here["quotient_theme"].get(theme, {})
        rows.append(
            {
                "slug": theme,
                "n": counts[theme],
                "bar": 100 * counts[theme] / most,
                "share": share if share.get("status") == "mesure" and len(mine) >= FEW else {},
                "status": share.get("status") or ("non-observe" if not counts[theme] else ""),
                "nation": nation["theme"].get(theme, {}).get("value"),
                "quotient": {} if whole else quotient,
                "said": "" if whole or not counts[theme] else said_of_quotient(quotient),
            }
        )
    return rows


def said_of_quotient(quotient: Measure) -> str:
    """more, less, alike (no sure difference) or nothing, by the interval alone."""
    low, high = quotient.get("low"), quotient.get("high")
    if low is None or high is None or quotient.get("status") != "mesure":
        return ""
    if not math.isfinite(high):
        return "alike"
    return "more" if low > 1 else "less" if high < 1 else "alike"


def form_rows(
    mine: Sequence[Row], here: dict[str, dict[str, Measure]], nation: dict[str, dict[str, Measure]]
) -> list[dict[str, Any]]:
    """The four forms."""
    counts = Counter(form for row in mine for form in row["forms"])
    return [
        {
            "slug": form,
            "n": counts[form],
            "share": here["forme"].get(form, {}) if len(mine) >= FEW else {},
            "nation": nation["forme"].get(form, {}).get("value"),
        }
        for form in FORMS
    ]


def place_counts(mine: Sequence[Row]) -> list[tuple[str, int]]:
    """The relay places that the initiatives rest on, commonest first."""
    counts = Counter(p for row in mine for p in relay_types() & set(row["place_types"]))
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def peer_rows(edition: Edition, ground: Ground) -> list[dict[str, Any]]:
    """The territory and its peers, side by side."""
    alike = peers(edition, ground.code)
    if not alike:
        return []
    codes = [ground.code, *(peer["code"] for peer in alike)]
    rates = measured(edition, "pour_1000_lisse", codes)
    ratios = measured(edition, "trouvees_sur_attendues", codes)
    counted = measured(edition, "initiatives", codes)
    top = max(ratios.get(code, {}).get("high") or 0 for code in codes) or 1
    distances = {peer["code"]: peer["distance"] for peer in alike}
    rows = []
    for code in codes:
        other, ratio = grounds().by_code[code], ratios.get(code, {})
        quartier = territories().qpv[other.quartiers[0]]
        town = f"{quartier.communes_noms[0]}, " if other.level == "QPV" else ""
        low, high = ratio.get("low") or 0, ratio.get("high") or 0
        rows.append(
            {
                "code": code,
                "name": other.name,
                "where": town + quartier.region_nom,
                "population": other.population,
                "distance": distances.get(code),
                "n": counted.get(code, {}).get("value"),
                "status": counted.get(code, {}).get("status") or "non-observe",
                "rate": rates.get(code, {}),
                "ratio": ratio,
                "x": 100 * low / top,
                "width": 100 * (high - low) / top,
                "dot": 100 * (ratio.get("value") or 0) / top,
                "self": code == ground.code,
            }
        )
    return rows


def renewals_of(ground: Ground) -> list[Renewal]:
    """The renewal sites of its quarters, once each; a few for a wide territory."""
    if ground.level in ("FR", "REG"):
        return []
    return sites_by_quarter(tuple(ground.quartiers))


def sites_by_quarter(codes: tuple[str, ...]) -> list[Renewal]:
    """The renewal sites tied to some quarters."""
    wanted = set(codes)
    return [site for site in territories().renewal.values() if wanted & set(site.qpv)]


def renewal(site: Renewal, edition: Edition) -> dict[str, Any]:
    """A renewal site: its phase, when it was seen, what can still be brought in."""
    seen = (site.phase_as_of or "")[:4]
    recent = seen.isdigit() and edition.built_at.year - int(seen) < RECENT_YEARS
    phase = territories().phase.get(site.phase_code or "")
    doors = territories().doors_of(site)
    return {
        "site": site,
        "seen": site.phase_as_of,
        "recent": bool(site.phase_code) and recent,
        "phase": phase,
        "doors": by_door(doors),
        "url": site.source_url if is_web(site.source_url) else "",
    }


def by_door(doors: dict[str, str]) -> list[tuple[str, list[str]]]:
    """Subject → door, as (door, names of the subjects), the best door first."""
    found = [
        (door, [territories().subjects[s] for s, d in doors.items() if d == door]) for door in DOORS
    ]
    return [(door, subjects) for door, subjects in found if subjects]


def quarter_rows(edition: Edition, ground: Ground) -> list[dict[str, Any]]:
    """Its quarters (not for a région or the nation: too many to read)."""
    if ground.level in ("QPV", "FR", "REG"):
        return []
    expected = measured(edition, "attendues", ground.quartiers)
    ratios = measured(edition, "trouvees_sur_attendues", ground.quartiers)
    counted = measured(edition, "initiatives", ground.quartiers)
    rows = []
    for code in ground.quartiers:
        quartier = territories().qpv[code]
        rows.append(
            {
                "code": code,
                "name": quartier.nom,
                "communes": ", ".join(quartier.communes_noms),
                "population": quartier.population,
                "n": count(edition, code),
                "found": ratios.get(code, {}).get("n") or 0,
                "expected": expected.get(code, {}).get("value"),
                "status": counted.get(code, {}).get("status") or "non-observe",
                "renewal": quartier.in_renewal,
            }
        )
    return sorted(rows, key=lambda r: (-r["n"], -(r["population"] or 0), r["code"]))


#: What is listed inside a territory of a level.
INSIDE = {"FR": ("REG",), "REG": ("DEP", "EPCI"), "DEP": ("EPCI", "COM"), "EPCI": ("COM",)}


def inside(edition: Edition, ground: Ground) -> list[dict[str, Any]]:
    """The smaller territories that it holds, with what was found in each."""
    wanted = INSIDE.get(ground.level, ())
    own = set(ground.quartiers)
    return [
        {
            "level": level,
            "rows": sorted(
                (
                    {"code": g.code, "name": g.name, "n": count(edition, g.code)}
                    | {"quarters": len(g.quartiers)}
                    for g in grounds().by_code.values()
                    if g.level == level and g.quartiers and own.issuperset(g.quartiers)
                ),
                key=lambda row: (-int(str(row["n"])), str(row["name"])),
            ),
        }
        for level in wanted
    ]


def around(edition: Edition, ground: Ground) -> list[dict[str, Any]]:
    """The territories of its level that are near: by the middle of their quarters."""
    if ground.level == "FR":
        return []
    x, y = middle(ground)
    stretch = math.cos(math.radians(y))
    found = []
    for other in grounds().by_code.values():
        if other.level != ground.level or other is ground or not other.quartiers:
            continue
        u, v = middle(other)
        found.append((math.hypot((u - x) * stretch, v - y) * 111.2, other))
    found.sort(key=lambda pair: (pair[0], pair[1].code))
    return [
        {"code": g.code, "name": g.name, "km": km, "n": count(edition, g.code)}
        for km, g in found[:AROUND]
    ]


def middle(ground: Ground) -> tuple[float, float]:
    """The mean longitude and latitude of its quarters."""
    quarters = [territories().qpv[code] for code in ground.quartiers]
    return (
        sum(q.longitude for q in quarters) / len(quarters),
        sum(q.latitude for q in quarters) / len(quarters),
    )


def near(edition: Edition, ground: Ground) -> list[Row]:
    """For a quarter of which little is known: what is close, or in its commune without a quarter."""
    close = edition.rows(
        "SELECT id FROM initiatives WHERE qpv_code = ? AND qpv_etat = 'proche' "
        "AND digital = 'numerique' LIMIT 40",
        (ground.code,),
    )
    kept = initiatives(edition, [row["id"] for row in close])
    for commune in territories().qpv[ground.code].communes:
        for row in holdings(edition, f"COM{territories().city(commune)}"):
            if row["qpv_etat"] not in STANDS:
                kept.append(dict(row))
    return some(list({row["id"]: row for row in kept}.values()), LISTED)
