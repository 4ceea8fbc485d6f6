"""Initiatives, records and themes of a few made-up rows: what the tests of compare count by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from quartiers.compare.measuring import measures
from quartiers.shapes import (
    CLASSIFICATION_SCHEMA,
    INITIATIVE_SCHEMA,
    MEASURE_SCHEMA,
    RECORD_SCHEMA,
    rows_batch,
)
from quartiers.territories import load

MINGUETTES, VENISSIEUX, VAULX, LYON = "QN06913M", "69259", "69256", "EPCI200046977"


def one(number: int, **fields: Any) -> dict[str, Any]:
    """An initiative of the quarters, of the kind that a grant list shows."""
    return {
        "id": f"i{number:03}",
        "title": f"Atelier {number}",
        "text": "Un atelier où l'on apprend ensemble à se servir d'un ordinateur, chaque semaine.",
        "kind": "action",
        "digital": "numerique",
        "world": None,
        "in_quartiers": True,
        "main_theme": "formation",
        "themes": ["formation"],
        "infra": [],
        "forms": [],
        "insee_code": VENISSIEUX,
        "commune": "Vénissieux",
        "qpv_etat": "inconnu",
        "place_types": [],
        "services": [],
        "records": [f"essai:{number}"],
        "sources": ["essai"],
    } | fields


def tiny() -> list[dict[str, Any]]:
    """Twelve rows: ten initiatives of the quarters, one in doubt, one outside."""
    inside = {"qpv_code": MINGUETTES, "qpv_nom": "Minguettes - Clochettes", "qpv_etat": "dedans"}
    return [
        one(1, **inside, forms=["mediation"], place_types=["epn"], carrier="Asso A", start="2016"),
        one(2, **inside, themes=["culture"], carrier="Asso A", start="2017-05-01"),
        one(3, themes=["culture", "formation"], carrier="ASSO A", carrier_type="association"),
        one(
            4, carrier="Ville", carrier_type="Collectivité locale", start="2020", amount_eur=1000.0
        ),
        one(5, infra=["donnees"], themes=["citoyennete"], carrier="Ville"),
        one(6, insee_code=VAULX, commune="Vaulx-en-Velin", themes=["insertion"]),
        one(7, insee_code=VAULX, commune="Vaulx-en-Velin", forms=["frugal", "mediation"]),
        one(8, insee_code="69381", commune="Lyon 1er", place_types=["mediatheque"]),
        one(9, insee_code="75118", commune="Paris 18e", themes=[]),
        one(10, insee_code=None, commune=None),
        one(11, digital=None),
        one(12, in_quartiers=False),
    ]


def view(rows: Sequence[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_batches([rows_batch(rows, INITIATIVE_SCHEMA)])


def records(*rows: dict[str, Any]) -> pa.Table:
    base = {"kind": "action", "title": "x", "text": ""}
    kept = [
        base | {"id": f"{r['source']}:{i}", "source_id": str(i)} | r for i, r in enumerate(rows)
    ]
    return pa.Table.from_batches([rows_batch(kept, RECORD_SCHEMA)])


def classified(themes: dict[str, list[str]]) -> pa.Table:
    """Record → its themes."""
    lines = [
        {"about": about, "dimension": "theme", "value": value, "rank": rank, "score": 0.9}
        | {"method": "modele", "because": []}
        for about, values in themes.items()
        for rank, value in enumerate(values)
    ]
    return pa.Table.from_batches([rows_batch(lines, CLASSIFICATION_SCHEMA)])


def measured(rows: Sequence[dict[str, Any]], *seen: dict[str, Any]) -> dict[tuple[Any, ...], Any]:
    table = measures(view(rows), records(*seen), classified({}), load())
    assert table.schema == MEASURE_SCHEMA
    return {(m["territory"], m["indicator"], m["modality"]): m for m in table.to_pylist()}
