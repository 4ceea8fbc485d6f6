"""The thirteen findings of the 2018 study, asked again of today's data.

**Reads** the edition's findings. **Writes** nothing.
**Method** The verdict, its words, its figures and its limits are those of the edition.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from observatory.edition import Edition, current
from observatory.ground import grounds, some
from observatory.names import VERDICTS
from quartiers.compare import reading

LISTED = 8
#: Evidence looked at to choose the initiatives that are shown.
LOOKED_AT = 400
#: Units written with two decimals; «part» is a percentage, anything else a whole number.
FINE = ("rapport", "distance", "pour 1 000 habitants")


def page(request: HttpRequest) -> HttpResponse:
    """``/enseignements/``"""
    rows = findings(current())
    counts = Counter(row["verdict"] for row in rows)
    sections: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        sections.setdefault(row["section"], []).append(row)
    tally = [(slug, words, counts[slug]) for slug, words in VERDICTS.items()]
    context = {"sections": sections.items(), "tally": tally}
    return render(request, "findings.html", context)


def finding(request: HttpRequest, code: str) -> HttpResponse:
    """``/enseignements/<id>/``"""
    edition = current()
    rows = findings(edition)
    place = next((i for i, row in enumerate(rows) if row["id"] == code), None)
    if place is None:
        raise Http404
    row = rows[place]
    return render(
        request,
        "finding.html",
        {
            "row": row,
            "before": rows[place - 1] if place else None,
            "after": rows[place + 1] if place + 1 < len(rows) else None,
            **evidence(edition, row["id"]),
        },
    )


@lru_cache(maxsize=2)
def findings(edition: Edition) -> list[dict[str, Any]]:
    """The findings in their order, figures as the pages show them."""
    rows = reading.findings(edition.connection)
    for row in rows:
        row["figures"] = [shown(figure) for figure in row["figures"]]
        row["main"] = shown(row)
    return rows


def shown(figure: dict[str, Any]) -> dict[str, Any]:
    """A figure with how its unit is written."""
    keys = ("label", "value", "low", "high", "n", "unit")
    kept = {key: figure.get(key) for key in keys}
    share, value = kept["unit"] == "part", kept["value"]
    tenths = 1 if share and value is not None and 0 < value < 0.1 else 0
    digits = 2 if kept["unit"] in FINE else 0
    chance = (
        value is not None and kept["low"] is not None and not kept["low"] <= value <= kept["high"]
    )
    return kept | {
        "chance": chance,
        "share": share,
        "tenths": tenths,
        "digits": digits,
        "fine": digits or tenths,
    }


@lru_cache(maxsize=32)
def evidence(edition: Edition, code: str) -> dict[str, Any]:
    """Initiatives that the answer rests on, and where most of them are."""
    rows = reading.evidence_of(edition.connection, code, LOOKED_AT)
    places = edition.rows(
        "SELECT h.territory AS code, count(*) AS n FROM finding_evidence e "
        "JOIN holdings h ON h.initiative = e.initiative WHERE e.finding = ? "
        "AND h.territory LIKE 'EPCI%' GROUP BY 1 ORDER BY n DESC, 1 LIMIT ?",
        (code, LISTED),
    )
    return {
        "n": edition.value("SELECT count(*) FROM finding_evidence WHERE finding = ?", (code,)),
        "cases": some(rows, LISTED),
        "places": [
            {"code": row["code"], "name": grounds().by_code[row["code"]].name, "n": row["n"]}
            for row in places
        ],
    }
