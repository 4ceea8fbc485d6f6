"""The catalogue: look for initiatives, narrow down, take the list away.

**Reads** the edition. **Writes** nothing.
**Method** The whole state is in the address (a GET form): it works without a script, can be kept and
sent. An address that says the same in more words is answered by its short form.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from observatory.catalogue.exports import LARGEST_WORKBOOK, export
from observatory.catalogue.index import index_of
from observatory.catalogue.notions import notion_named
from observatory.catalogue.question import SORTS, Question, namesakes, read_question
from observatory.catalogue.results import Answer, answer, counts, select, told
from observatory.catalogue.words import LEGENDS, active, value_label
from observatory.edition import Edition, current
from observatory.gazetteer import named
from observatory.names import town_of
from observatory.templatetags.site import clipped, grouped
from observatory.turns import RETRY_AFTER, Busy
from quartiers.territories import load

#: What each file is for.
FILES = {
    "xlsx": _("Tableur (XLSX)"),
    "csv": _("Texte (CSV)"),
    "geojson": _("Carte (GeoJSON)"),
    "jsonl": _("Programmes (JSONL)"),
}
#: Values of a facet shown before «les autres».
SHOWN = 8
#: Kind of territory → its level, as ``names`` has it.
LEVELS = {"region": "REG", "departement": "DEP", "epci": "EPCI", "commune": "COM", "qpv": "QPV"}
COLUMNS = (
    "id, title, text, digital, main_theme, themes, forms, place_types, carrier, commune, insee_code, "
    "qpv_code, qpv_nom, qpv_etat, in_quartiers, start"
)


def page(request: HttpRequest) -> HttpResponse:
    """``/initiatives/``"""
    edition = current()
    question = read_question(request.GET)
    short = question.query(page=True)
    if request.GET and len(short) < len(request.GET.urlencode()) and is_wordy(request):
        return HttpResponseRedirect(f"{request.path}?{short}" if short else request.path)
    found = answer(edition, question)
    return render(request, "catalogue.html", context(edition, found))


def is_wordy(request: HttpRequest) -> bool:
    """An address with empty or repeated parameters, as a form sends it."""
    pairs = [(name, value) for name, values in request.GET.lists() for value in values]
    return len(set(pairs)) < len(pairs) or any(
        not value or (name == "ponts" and value == "oui") for name, value in pairs
    )


def export_page(request: HttpRequest, extension: str) -> HttpResponseBase:
    """``/initiatives/export.<csv|xlsx|geojson|jsonl>``: what the catalogue shows, all its pages."""
    edition = current()
    question = read_question(request.GET)
    try:
        return export(edition, answer(edition, question), extension)
    except Busy:
        told = {"query": question.query()}
        busy = render(request, "catalogue/busy.html", told, status=503)
        busy.headers["Retry-After"] = RETRY_AFTER
        return busy


def context(edition: Edition, found: Answer) -> dict[str, Any]:
    """What the page says."""
    question = found.question
    filters = active(edition, question)
    return {
        "question": question,
        "found": found,
        "rows": result_rows(edition, found),
        "filters": filters,
        "named": notion_named(question.words) if question.words else None,
        "portraits": named(question.words) if question.words else [],
        "facets": facets(edition, found),
        "places": places(found),
        "sorts": [(s, name) for s, name in SORTS.items() if s != "pertinence" or question.words],
        "query": question.query(),
        "previous": page_query(question, -1, found.pages),
        "next": page_query(question, 1, found.pages),
        "namesakes": [(LEVELS[one.kind], one) for one in namesakes(question.place)]
        if question.place and question.territory is None
        else [],
        "ways_out": ways_out(edition, question, filters) if not found.count else [],
        "formats": {f: FILES[f] for f in FILES if f != "xlsx" or found.count <= LARGEST_WORKBOOK},
        "total": index_of(edition).all.bit_count(),
    }


def page_query(question: Question, step: int, pages: int) -> str:
    """The address of the page before or after; empty when there is none."""
    number = question.page + step
    return (
        replace(question, page=number).query(page=True) or "page=1" if 1 <= number <= pages else ""
    )


def result_rows(edition: Edition, found: Answer) -> list[dict[str, Any]]:
    """The initiatives of the page, in order."""
    rows = by_id(edition, found.ids, COLUMNS)
    question = found.question
    why = (
        told(edition, question.words, question.bridges, tuple(found.numbers))
        if question.words
        else {}
    )
    return [
        read_row(rows[found.index.ids[number]]) | {"why": why.get(number, "")}
        for number in found.numbers
    ]


def by_id(edition: Edition, ids: list[str], columns: str) -> dict[str, Any]:
    """id → its row."""
    marks = ", ".join("?" * len(ids))
    sql = f"SELECT {columns} FROM initiatives WHERE id IN ({marks})"
    return {row["id"]: row for row in edition.rows(sql, ids)}


def read_row(row: Any) -> dict[str, Any]:
    """A row for the page: lists read, the text cut, the département named."""
    known = load()
    commune = known.commune.get(row["insee_code"] or "")
    departement = known.departement.get(commune.departement) if commune else None
    text = row["text"]
    return dict(row) | {
        "commune": town_of(row),
        "themes": json.loads(row["themes"] or "[]"),
        "forms": json.loads(row["forms"] or "[]"),
        "place_types": json.loads(row["place_types"] or "[]"),
        "excerpt": clipped(text, 220),
        "departement": departement.nom if departement else "",
        "year": (row["start"] or "")[:4],
    }


def facets(edition: Edition, found: Answer) -> list[dict[str, Any]]:
    """Each facet, its values, how many each would give."""
    question = found.question
    counted = counts(edition, question, found.found)
    told_facets = []
    for name, legend in LEGENDS.items():
        asked = question.facets.get(name, ())
        values = [
            {
                "value": value,
                "label": value_label(edition, name, value),
                "said": grouped(count),
                "checked": value in asked,
            }
            for value, count in counted[name].items()
            if count or value in asked
        ]
        values.sort(key=lambda v: not v["checked"] and len(values) > SHOWN)
        told_facets.append(
            {
                "name": name,
                "legend": legend,
                "values": values,
                "shown": SHOWN,
                "more": max(0, len(values) - SHOWN),
                "asked": len(asked),
            }
        )
    return told_facets


def places(found: Answer) -> list[dict[str, Any]]:
    """The territories one step below the one asked for, the fullest first."""
    question = found.question
    known = load()
    code = question.territory.code if question.territory else "FR"
    kind = question.territory.kind if question.territory else "pays"
    if kind == "qpv" or (question.place and question.territory is None):
        return []
    below: list[tuple[str, str]] = []
    if kind == "pays":
        below = [(f"REG{r.code}", r.nom) for r in known.region.values()]
    elif kind == "region":
        below = [
            (f"DEP{d.code}", d.nom) for d in known.departement.values() if f"REG{d.parent}" == code
        ]
    elif kind == "departement":
        below = [(f"EPCI{e.code}", e.nom) for e in known.epci.values() if f"DEP{e.parent}" == code]
    elif kind == "epci":
        below = [(f"COM{c.code}", c.nom) for c in known.commune.values() if f"EPCI{c.epci}" == code]
    elif kind == "commune":
        below = [(q, known.qpv[q].nom) for q in known.quartiers_of(code)]
    rows = []
    for below_code, name in below:
        count = (found.found & found.index.territory(below_code)).bit_count()
        if count:
            there = replace(question, place=below_code, territory=None, page=1)
            rows.append(
                (-count, name, {"name": name, "said": grouped(count), "query": there.query()})
            )
    return [row for _, _, row in sorted(rows, key=lambda r: r[:2])[:40]]


def ways_out(
    edition: Edition, question: Question, filters: list[dict[str, str]]
) -> list[dict[str, Any]]:
    """When nothing is found: each filter whose removal finds something, and how many."""
    ways = []
    for one in filters:
        count = select(edition, question.without(one["name"], one["value"])).bit_count()
        if count:
            ways.append(one | {"count": count})
    if question.words and not question.bridges:
        wider = replace(question, bridges=True)
        if count := select(edition, wider).bit_count():
            ways.append({"said": "", "query": wider.query(), "count": count})
    return sorted(ways, key=lambda way: -int(way["count"]))
