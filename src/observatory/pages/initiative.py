"""An initiative's page: facts, place, themes, reasons, what is like it, how to correct it.

**Reads** the edition. **Writes** nothing.
**Method** An id that is no more leads to what replaced it (301; a page of choices after a split); a
record's own id («benchmark:…») leads to its initiative.
**Limits** What detect rejected has its page too, which says so.
"""

from __future__ import annotations

import json
from contextlib import suppress
from functools import lru_cache
from itertools import chain
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString, mark_safe

from observatory.edition import Edition, current
from observatory.initiative.facts import facts, only_source, records_of
from observatory.initiative.kin import alike, partners, relays_near
from observatory.initiative.reasons import (
    TOLD_IN_FULL,
    doubtful_twins,
    journeys,
    place_words,
    told_links,
)
from observatory.names import town_of
from quartiers.chapters import subjects
from quartiers.territories import load
from quartiers.thesaurus import load as load_thesaurus
from quartiers.values import is_web

Row = dict[str, Any]


def page(request: HttpRequest, identifier: str) -> HttpResponse:
    """``/initiatives/<id>/``"""
    edition = current()
    row = edition.row("SELECT * FROM initiatives WHERE id = ?", (identifier,))
    if row is None:
        return elsewhere(request, edition, identifier)
    view = read_view(dict(row))
    records = records_of(edition, identifier)
    return render(request, "initiative.html", context(request, edition, view, records))


def elsewhere(request: HttpRequest, edition: Edition, identifier: str) -> HttpResponse:
    """What became of an id that names no initiative of this edition. Raises Http404."""
    linked = edition.value("SELECT entity_id FROM links WHERE about = ?", (identifier,))
    if linked is not None:
        return HttpResponseRedirect(reverse("initiative", args=[linked]))
    found = edition.value("SELECT replaced_by FROM identities WHERE entity_id = ?", (identifier,))
    if found is None:
        if len(identifier) > 200:
            raise Http404
        return render(request, "initiative/unknown.html", {"identifier": identifier}, status=404)
    replaced: list[str] = json.loads(found)
    if len(replaced) == 1:
        return redirect("initiative", replaced[0], permanent=True)
    marks = ", ".join("?" * len(replaced))
    rows = edition.rows(
        f"SELECT id, title, commune, insee_code FROM initiatives WHERE id IN ({marks})",
        replaced,
    )
    told = {
        "identifier": identifier,
        "rows": [dict(row) | {"commune": town_of(row)} for row in rows],
    }
    return render(request, "initiative/replaced.html", told, status=300 if rows else 410)


def read_view(row: Row) -> Row:
    """The initiative, lists read, its commune by its name."""
    for name in ("themes", "infra", "forms", "place_types", "services", "records", "sources"):
        row[name] = json.loads(row[name] or "[]")
    row["commune"] = town_of(row)
    filed = (subjects().get(record, ()) for record in row["records"])
    row["subjects"] = list(dict.fromkeys(chain.from_iterable(filed)))
    row["english"] = english().intersection(row["subjects"])
    return row


@lru_cache(maxsize=1)
def english() -> frozenset[str]:
    """The words that the glossary knows as English ones, and in no French label."""
    notions = load_thesaurus().concepts.values()
    said = {w for n in notions for w in (n.pref_en, *n.alt_en, *n.asked_en)}
    return frozenset(said.difference(w for n in notions for w in (n.pref, *n.alt)))


def context(request: HttpRequest, edition: Edition, view: Row, records: list[Row]) -> Row:
    """What the page says."""
    identifier = view["id"]
    told = journeys(edition, records)
    said = facts(edition, identifier, records)
    address = request.build_absolute_uri(reverse("initiative", args=[identifier]))
    return {
        "view": view,
        "facts": said,
        "only": only_source(said),
        "contested": [fact.label for fact in said if fact.disagree],
        "certainty": certainty(edition, identifier),
        "place": where(view),
        "parents": parents(view["insee_code"]),
        "relays": relays_near(edition, view),
        "journeys": told,
        "silent": records[TOLD_IN_FULL:],
        "links": told_links(records),
        "twins": doubtful_twins(edition, records, identifier),
        "alike": alike(edition, identifier),
        "partners": partners(edition, identifier),
        "permalink": address,
        "contribute": contribution_links(identifier),
        "structured": structured(view, address),
    }


def certainty(edition: Edition, identifier: str) -> dict[str, list[Row]]:
    """Dimension → its values, each with the best probability over the records."""
    rows = edition.rows(
        "SELECT c.dimension, c.value, max(c.score) AS score, max(c.method = 'expert') AS expert, "
        "min(c.rank) AS rank FROM links l JOIN classifications c ON c.about = l.about "
        "WHERE l.entity_id = ? GROUP BY c.dimension, c.value ORDER BY rank, score DESC",
        (identifier,),
    )
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["dimension"], []).append(dict(row))
    return found


def where(view: Row) -> str:
    """The place in one sentence."""
    return place_words(
        {
            "nom": view["qpv_nom"],
            "etat": view["qpv_etat"],
            "distance_m": view["qpv_distance_m"],
            "methode": view["qpv_methode"],
        }
    )


def parents(insee_code: str | None) -> list[Row]:
    """The commune and what it is in, with their codes."""
    known = load()
    codes = [f"{kind}{code}" for kind, code in known.parents(insee_code).items()]
    return [{"code": code, "name": known.label(code)} for code in codes]


def contribution_links(identifier: str) -> dict[str, str]:
    """Address of each way to contribute to this page, of those that the site has."""
    ways = {"error": "contribute_correct", "mine": "contribute_claim"}
    found = {}
    for way, name in ways.items():
        with suppress(NoReverseMatch):
            found[way] = reverse(name, args=[identifier])
    return found


def structured(view: Row, address: str) -> SafeString:
    """schema.org, for search engines: a block of data that no browser runs."""
    is_place = view["kind"] == "lieu"
    told: Row = {
        "@context": "https://schema.org",
        "@type": "CivicStructure" if is_place else "Project",
        "@id": address,
        "url": address,
        "name": view["title"],
        "description": view["text"][:500] or None,
        "identifier": view["id"],
        "keywords": ", ".join(view["subjects"]) or None,
        "sameAs": view["url"] if is_web(view["url"]) else None,
    }
    postal = {
        "streetAddress": view["address"],
        "postalCode": view["postcode"],
        "addressLocality": view["commune"],
        "addressCountry": "FR",
    }
    location: Row = {"address": {"@type": "PostalAddress"} | {k: v for k, v in postal.items() if v}}
    if view["longitude"] is not None and view["latitude"] is not None:
        location["geo"] = {
            "@type": "GeoCoordinates",
            "longitude": view["longitude"],
            "latitude": view["latitude"],
        }
    told |= location if is_place else {"location": {"@type": "Place"} | location}
    if view["carrier"] and not is_place:
        told["parentOrganization"] = {"@type": "Organization", "name": view["carrier"]}
    if view["start"] and not is_place:
        told["foundingDate"] = view["start"]
    text = json.dumps({k: v for k, v in told.items() if v is not None}, ensure_ascii=False)
    for sign, escaped in (("<", "\\u003C"), (">", "\\u003E"), ("&", "\\u0026")):
        text = text.replace(sign, escaped)
    return mark_safe(text)
