"""/api/v1/: territories and their measures, themes, findings, concepts, indicators.

**Reads** the edition, the embedded territories, the thesaurus. **Writes** nothing.
"""

from __future__ import annotations

from dataclasses import asdict
from functools import lru_cache
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router

from observatory.api import cursors, shapes
from observatory.api.errors import REFUSALS, unknown
from observatory.api.filters import territory_code
from observatory.api.grounds import grounds
from observatory.api.listing import following
from observatory.api.routes_initiatives import Paging
from observatory.api.rows import finding
from observatory.edition import Edition, current
from observatory.names import THEMES, THEMES_COVER
from quartiers import thesaurus
from quartiers.compare.cards import read_cards
from quartiers.territories import plain

router = Router(tags=["Territories and findings"])


def sliced(
    request: HttpRequest, edition: Edition, keys: list[str], paging: Paging
) -> tuple[list[str], dict[str, Any]]:
    """The keys of one page of a sorted list, and what the page says of itself."""
    after = cursors.read(edition, paging.cursor)
    left = [key for key in keys if key > after]
    shown = left[: paging.limit]
    more = len(left) > paging.limit
    address = following(request, cursors.write(edition, shown[-1])) if more else None
    return shown, {"edition": edition.name, "count": len(keys), "next": address}


@router.get("/territories", response={200: shapes.TerritoriesPage, REFUSALS: shapes.Problem})
def territories(
    request: HttpRequest,
    paging: Query[Paging],
    level: Annotated[shapes.Level | None, Query(description="The kind of territory")] = None,
    parent: Annotated[
        str | None, Query(max_length=100, description="The territory that holds them")
    ] = None,
    q: Annotated[str | None, Query(max_length=100, description="Part of the name")] = None,
) -> Any:
    """Territories that the edition has figures on: QPV and what holds them."""
    edition = current()
    known = grounds(edition)
    above = territory_code(parent) if parent else None
    words = plain(q) if q else ""
    keys = [
        code
        for code, ground in known.items()
        if (level is None or ground["level"] == level)
        and (above is None or above in ground["parents"])
        and (not words or words in plain(ground["nom"]))
    ]
    shown, page = sliced(request, edition, keys, paging)
    return page | {"items": [known[code] for code in shown]}


@router.get("/territories/{code}", response={200: shapes.TerritoryShape, REFUSALS: shapes.Problem})
def territory(request: HttpRequest, code: str) -> Any:
    """One territory, by its code (QN06913M, 69259, EPCI200046977) or its name."""
    found = grounds(current()).get(territory_code(code))
    if found is None:
        raise unknown(code)
    return found


@router.get(
    "/territories/{code}/measures", response={200: shapes.Measures, REFUSALS: shapes.Problem}
)
def measures(
    request: HttpRequest,
    code: str,
    indicator: Annotated[
        str | None, Query(max_length=60, description="One of /indicators; all without it")
    ] = None,
) -> Any:
    """The figures of a territory, with their interval and base."""
    edition, territory = current(), territory_code(code)
    sql = (
        "SELECT indicator, modality, value, low, high, n, status FROM measures WHERE territory = ?"
    )
    values = [territory]
    if indicator:
        sql, values = sql + " AND indicator = ?", [territory, indicator]
    rows = [dict(row) for row in edition.rows(sql, values)]
    return {"edition": edition.name, "territory": territory, "items": rows}


@router.get("/indicators", response={200: shapes.Indicators, 429: shapes.Problem})
def indicators(request: HttpRequest) -> Any:
    """What each indicator measures, and what it does not say."""
    rows = [{"id": name} | asdict(card) for name, card in read_cards().items()]
    return {"edition": current().name, "items": rows}


@router.get("/themes", response={200: shapes.Themes, 429: shapes.Problem})
def themes(request: HttpRequest) -> Any:
    """The study's eight themes, and how many digital initiatives of the quarters each has."""
    edition = current()
    return {"edition": edition.name, "items": theme_counts(edition)}


@lru_cache(maxsize=2)
def theme_counts(edition: Edition) -> list[dict[str, Any]]:
    """Theme → initiatives of the quarters that have it."""
    counts = dict(
        tuple(row)
        for row in edition.rows(
            "SELECT t.theme, count(*) FROM initiative_themes t JOIN initiatives i "
            "ON i.id = t.initiative WHERE i.digital = 'numerique' AND i.in_quartiers GROUP BY 1"
        )
    )
    return [
        {
            "id": slug,
            "label": str(label),
            "covers": str(THEMES_COVER[slug]),
            "initiatives": counts.get(slug, 0),
        }
        for slug, label in THEMES.items()
    ]


@router.get("/findings", response={200: shapes.Findings, 429: shapes.Problem})
def findings(request: HttpRequest) -> Any:
    """The study's questions asked again of this edition."""
    edition = current()
    rows = [finding(row) for row in edition.rows("SELECT * FROM findings")]
    return {"edition": edition.name, "items": rows}


@router.get("/findings/{identifier}", response={200: shapes.Finding, REFUSALS: shapes.Problem})
def one_finding(request: HttpRequest, identifier: str) -> Any:
    """One finding, by its number (C1)."""
    row = current().row("SELECT * FROM findings WHERE id = ?", (identifier[:20].upper(),))
    if row is None:
        raise unknown(identifier)
    return finding(row)


def concept(slug: str) -> dict[str, Any]:
    """One concept of the thesaurus."""
    found = thesaurus.load().concepts[slug]
    return {
        "id": slug,
        "iri": found.iri,
        "label": found.pref,
        "label_en": found.pref_en,
        "alt": list(found.alt),
        "definition": found.definition,
        "worlds": list(found.schemes),
        "theme": found.theme,
        "infra": found.infra,
        "form": found.form,
        "broader": list(found.broader),
        "narrower": list(found.narrower),
        "related": list(found.related),
        "mappings": {relation: list(slugs) for relation, slugs in found.mappings.items()},
        "no_equivalent": found.no_equivalent,
        "page": f"/glossaire/{slug}/",
    }


@router.get("/concepts", response={200: shapes.Concepts, REFUSALS: shapes.Problem})
def concepts(
    request: HttpRequest,
    paging: Query[Paging],
    world: Annotated[shapes.World | None, Query(description=shapes.WORLD)] = None,
    theme: Annotated[shapes.Theme | None, Query(description=shapes.THEME)] = None,
    q: Annotated[str | None, Query(max_length=100, description="Part of a label")] = None,
) -> Any:
    """The common thesaurus: two worlds, one vocabulary."""
    words = plain(q) if q else ""
    keys = sorted(
        slug
        for slug, found in thesaurus.load().concepts.items()
        if (world is None or world in found.schemes)
        and (theme is None or found.theme == theme)
        and (not words or any(words in plain(w) for w in (found.pref, found.pref_en, *found.alt)))
    )
    shown, page = sliced(request, current(), keys, paging)
    return page | {"items": [concept(slug) for slug in shown]}


@router.get("/concepts/{slug}", response={200: shapes.ConceptShape, REFUSALS: shapes.Problem})
def one_concept(request: HttpRequest, slug: str) -> Any:
    """One concept, by its slug."""
    if slug not in thesaurus.load().concepts:
        raise unknown(slug)
    return concept(slug)
