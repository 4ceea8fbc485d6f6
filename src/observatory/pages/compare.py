"""Up to six territories side by side: tables first, small drawings, differences only when they are sure.

**Reads** the edition's measures. **Writes** nothing.
**Method** A difference is said when two intervals do not meet (:mod:`observatory.words`); the first
territory is the one that the others are compared to. **Limits** Six at most; a figure under its smallest
base keeps its interval and loses its value, as in the measures table.
"""

from __future__ import annotations

import math
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from observatory.edition import Edition, current
from observatory.gazetteer import LONGEST, Place, find, place
from observatory.ground import Measure, ground_of, measures
from observatory.names import name_of
from observatory.sheets import table, workbook
from observatory.words import against
from quartiers.compare.cards import read_cards
from quartiers.shapes import FORMS, INFRA, THEMES

MOST = 6
#: Indicators without modality shown in the first table; those that are shares.
KEYS = ("initiatives", "trouvees_sur_attendues", "pour_1000_lisse", "quartiers_atteints", "lieu_relais",
        "relais_a_pied", "porteur_isole", "annee_mediane")  # fmt: skip
SHARES = frozenset(
    (
        "trouvees_sur_attendues",
        "quartiers_atteints",
        "lieu_relais",
        "relais_a_pied",
        "porteur_isole",
        "theme",
        "forme",
        "infra",
    )
)
#: Decimals and kinds of figure.
DIGITS = {"pour_1000_lisse": 2, "quotient_theme": 2}
#: Never compared: what depends on the sources that look, a year written as one.
UNCOMPARED = frozenset(("initiatives", "pour_1000_lisse", "annee_mediane"))
PARTS = (("theme", THEMES, "theme"), ("forme", FORMS, "form"), ("infra", INFRA, "infra"))


def page(request: HttpRequest) -> HttpResponse:
    """``/comparer/?t=…&t=…``"""
    edition = current()
    chosen, unknown = asked(edition, request)
    figures = measures(edition, *(p.code for p in chosen)) if chosen else {}
    context = {
        "chosen": chosen,
        "unknown": unknown,
        "full": len(chosen) >= MOST,
        "most": MOST,
        "keys": keys(chosen, figures),
        "parts": [part(name, values, kind, chosen, figures) for name, values, kind in PARTS]
        if chosen
        else [],
        "quotients": quotients(chosen, figures) if chosen else [],
        "query": "&".join(f"t={p.code}" for p in chosen),
    }
    return render(request, "compare.html", context)


def asked(edition: Edition, request: HttpRequest) -> tuple[list[Place], list[dict[str, Any]]]:
    """The territories asked for, six at most, each once; and what was not understood."""
    chosen: dict[str, Place] = {}
    unknown = []
    taken_away = request.GET.get("sans", "")
    for words in request.GET.getlist("t")[: 2 * MOST]:
        wanted = " ".join(words.replace("\x00", "").split())[:LONGEST]
        if not wanted or wanted == taken_away:
            continue
        found = [place(wanted)] if ground_of(wanted) else find(edition, wanted)
        found = [p for p in found if p.quarters]
        if len(found) == 1 and len(chosen) < MOST:
            chosen[found[0].code] = found[0]
        elif len(found) != 1:
            unknown.append({"words": wanted, "found": found[:6]})
    return list(chosen.values()), unknown[:MOST]


def cell(row: Measure, first: Measure | None, name: str) -> dict[str, Any]:
    """A figure beside the first territory's."""
    share = name in SHARES
    said = "" if first is None or name in UNCOMPARED else against(row, first)
    return {
        "value": row.get("value"),
        "low": row.get("low"),
        "high": row.get("high"),
        "n": row.get("n"),
        "status": row.get("status") or "non-observe",
        "share": share,
        "digits": DIGITS.get(name, 0),
        "year": name == "annee_mediane",
        "said": "" if said == "alike" else said,
    }


def keys(chosen: list[Place], figures: dict[str, Any]) -> list[dict[str, Any]]:
    """The main indicators across the territories: those that are measured at their level."""
    rows = []
    for name in KEYS:
        found = [figures[p.code][name].get("", {}) for p in chosen]
        if any(found):
            rows.append(line(label_of(name), name, found, chosen))
    return rows


def label_of(name: str) -> str:
    """An indicator's name, in the page's language."""
    card = read_cards()[name]
    return card.en if get_language() == "en" else card.fr


def line(label: str, name: str, rows: list[Measure], chosen: list[Place]) -> dict[str, Any]:
    """A row of a table, with the sentence of what is sure."""
    cells = [cell(row, rows[0] if i else None, name) for i, row in enumerate(rows)]
    top = max((c["high"] or c["value"] or 0 for c in cells), default=0) or 1
    for one, whose in zip(cells, chosen, strict=True):
        one["place"] = whose.name
        low, high, value = one["low"], one["high"], one["value"]
        one["drawn"] = low is not None and high is not None and math.isfinite(high)
        if one["drawn"]:
            one["x"], one["width"] = 100 * low / top, 100 * (high - low) / top
            one["dot"] = None if value is None else min(100 * value / top, 98.8)
    return {"label": label, "name": name, "cells": cells}


def part(
    name: str, values: Any, kind: str, chosen: list[Place], figures: dict[str, Any]
) -> dict[str, Any]:
    """The values of a dimension across the territories."""
    rows = []
    for value in values:
        found = [figures[p.code][name].get(value, {}) for p in chosen]
        if any(found):
            rows.append(line(name_of(kind, value), name, found, chosen) | {"slug": value})
    return {"name": name, "kind": kind, "rows": rows}


def quotients(chosen: list[Place], figures: dict[str, Any]) -> list[dict[str, Any]]:
    """Location quotients: each theme against the rest of France, when it can be said."""
    rows = []
    for theme in THEMES:
        cells = []
        for one in chosen:
            found = figures[one.code]["quotient_theme"].get(theme, {})
            low, high = found.get("low"), found.get("high")
            known = found.get("status") == "mesure" and high is not None and math.isfinite(high)
            said = "" if not known else "more" if low > 1 else "less" if high < 1 else "alike"
            cells.append({**found, "place": one.name, "known": known, "said": said})
        if any(c["known"] for c in cells):
            rows.append({"slug": theme, "cells": cells})
    return rows


def export(request: HttpRequest, kind: str) -> HttpResponse:
    """``/comparer/export.<csv|xlsx>``: every measure of the territories, long form."""
    if kind not in ("csv", "xlsx"):
        raise Http404
    edition = current()
    chosen, _unknown = asked(edition, request)
    figures = measures(edition, *(p.code for p in chosen)) if chosen else {}
    head = (
        "territoire",
        "nom",
        "indicateur",
        "modalite",
        "valeur",
        "bas",
        "haut",
        "base",
        "statut",
    )
    rows = [
        [
            p.code,
            p.name,
            indicator,
            modality or None,
            row["value"],
            row["low"],
            row["high"],
            row["n"],
            row["status"],
        ]
        for p in chosen
        for indicator, values in figures[p.code].items()
        for modality, row in values.items()
    ]
    if kind == "csv":
        answer = HttpResponse(table(head, rows), content_type="text/csv; charset=utf-8")
    else:
        answer = HttpResponse(
            workbook([(_("comparaison"), head, rows)]),
            content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        )
    answer.headers["Content-Disposition"] = f'attachment; filename="quartiers-comparaison.{kind}"'
    return answer
