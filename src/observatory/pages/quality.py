"""What we do not know, measured: accuracy, sources, losses, doubts, what escapes.

**Reads** the edition's tables, the cards of estimates, ``evaluation/reading.json``. **Writes** nothing.
**Method** Counts of the edition, once an edition; accuracy as ``quartiers evaluate`` wrote it, with the
split it was measured on. **Limits** An installation without the ``evaluation`` folder says so.
"""

from __future__ import annotations

import json
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from observatory.edition import Edition, current
from observatory.pages.findings import findings
from quartiers.compare.reading import unseen_of
from quartiers.link.unseen import card
from quartiers.shapes import THEMES
from quartiers.territories import load as load_territories
from quartiers.values import is_web

EVALUATION = Path(__file__).parents[3] / "evaluation" / "reading.json"
#: What a record may leave unsaid.
GAPS = {
    "undated": _("sans date de début"),
    "carrierless": _("sans porteur connu"),
    "linkless": _("sans lien à suivre"),
    "priceless": _("sans montant connu"),
    "short": _("décrites en quelques mots seulement"),
}
#: Splits as the evaluation names them, the least flattering first.
SPLITS = ("dev", "source laissée de côté", "validation croisée")


def page(request: HttpRequest) -> HttpResponse:
    """``/qualite/``"""
    edition = current()
    return render(
        request,
        "quality.html",
        {
            **counts(edition),
            "accuracy": accuracy(),
            "each": each_theme(),
            "escaping": escaping(edition),
            "unseen_methods": list(card()["methods"].values()),
            "gap_rows": [(GAPS[k], n) for k, n in counts(edition)["gaps"].items() if n],
        },
    )


@lru_cache(maxsize=2)
def counts(edition: Edition) -> dict[str, Any]:
    """Everything that the edition itself says of its own gaps."""
    first = next((row for row in findings(edition) if row["id"] == "C1"), None)
    unseen = [f for f in first["figures"] if "non vues" in (f["label"] or "")] if first else []
    states = {
        row["etat"]: row["n"]
        for row in edition.rows(
            "SELECT qpv_etat AS etat, count(*) AS n FROM initiatives "
            "WHERE digital = 'numerique' AND in_quartiers GROUP BY 1"
        )
    }
    silent = {
        row["status"]: row["n"]
        for row in edition.rows(
            "SELECT status, count(*) AS n FROM measures "
            "WHERE indicator = 'initiatives' AND territory LIKE 'QN%' GROUP BY 1"
        )
    }
    total = sum(states.values())
    gaps = edition.row(
        "SELECT sum(start IS NULL) AS undated, sum(carrier IS NULL) AS carrierless, "
        "sum(url IS NULL) AS linkless, sum(amount_eur IS NULL) AS priceless, "
        "sum(length(text) < 60) AS short "
        "FROM initiatives WHERE digital = 'numerique' AND in_quartiers"
    )
    return {
        "total": total,
        "unseen": unseen[0] if unseen else None,
        "unplaced": states.get("inconnu", 0),
        "silent": {
            "not_observed": silent.get("non-observe", 0),
            "absent": silent.get("absent", 0),
        },
        "quarters": sum(silent.values()),
        "gaps": dict(gaps) if gaps and total else {},
        "doubts": edition.value("SELECT count(*) FROM detections WHERE value IS NULL"),
        "pairs": edition.value("SELECT count(*) FROM pairs WHERE decision = 'doute'"),
        "disagreements": edition.value(
            "SELECT count(*) FROM initiatives WHERE disagreements IS NOT NULL "
            "AND disagreements NOT IN ('[]', '{}', '')"
        ),
        "sources": [source(row) for row in edition.rows("SELECT * FROM sources ORDER BY title")],
        "issues": [
            dict(row)
            for row in edition.rows(
                "SELECT stage, what, severity, count(*) AS n, min(expected) AS expected, "
                "min(remedy) AS remedy, group_concat(DISTINCT source) AS sources "
                "FROM issues GROUP BY stage, what, severity ORDER BY n DESC LIMIT 60"
            )
        ],
    }


@lru_cache(maxsize=2)
def escaping(edition: Edition) -> list[dict[str, Any]]:
    """The estimates of what no list knows, the nation first; empty when nothing can be estimated."""
    rows = unseen_of(edition.connection) if edition.has("unseen") else []
    known = load_territories()
    for row in rows:
        row["label"] = "" if row["theme"] else known.label(row["territory"])
    said = any(row[scope]["least"] for row in rows for scope in ("quarters", "everywhere"))
    return rows if said else []


def source(row: Any) -> dict[str, Any]:
    """A source's identity card."""
    found = dict(row)
    return found | {"url": found["url"] if is_web(found["url"]) else ""}


@cache
def evaluation() -> dict[str, Any]:
    """What ``quartiers evaluate`` measured; empty when it is not there."""
    try:
        found: dict[str, Any] = json.loads(EVALUATION.read_text("utf-8"))["sets"]
    except OSError:
        return {}
    return found


def accuracy() -> list[dict[str, Any]]:
    """Accuracy of the reading, on each split."""
    rows = []
    for name in SPLITS:
        ours = evaluation().get(name, {}).get("quartiers")
        if ours is None:
            continue
        rows.append(
            {
                "split": name,
                "texts": ours["texts"],
                "digital": ours["digital"],
                "parts": [
                    {"name": part, **ours[part]["micro"], "macro": ours[part]["macro"]}
                    for part in ("theme", "infra", "form")
                ],
                "ece": ours["calibration"]["ece"],
            }
        )
    return rows


def each_theme() -> list[dict[str, Any]]:
    """Accuracy theme by theme, on the split that comes nearest to an unknown source."""
    ours = evaluation().get("source laissée de côté", {}).get("quartiers")
    if ours is None:
        return []
    each = ours["theme"]["each"]
    return [
        {"slug": slug, **each[slug], "n": each[slug]["right"] + each[slug]["missed"]}
        for slug in THEMES
        if slug in each
    ]
