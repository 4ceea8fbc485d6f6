"""The fields of a linked initiative: which value is shown, what contradicts it, what must not."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa
import pytest

from quartiers.link.fields import OPPOSED, SAME, WINS, Value, all_values, rules, values
from quartiers.link.view import initiatives
from quartiers.shapes import (
    CLASSIFICATION_SCHEMA,
    DETECTION_SCHEMA,
    INITIATIVE_SCHEMA,
    LINK_SCHEMA,
    LOCATION_SCHEMA,
    RECORD_SCHEMA,
    rows_batch,
)
from quartiers.tables import CLAIMS

EMPTY = dict.fromkeys(f.name for f in RECORD_SCHEMA) | {"kind": "lieu", "title": "", "text": ""}


def record(identifier: str, **given: Any) -> dict[str, Any]:
    """A record as linking's view sees it, with its verdicts."""
    source, number = identifier.split(":")
    row = EMPTY | {"id": identifier, "source": source, "source_id": number}
    return row | {"digital": "numerique", "score": 0.9, "place": None} | given


def place(etat: str, code: str | None = None, score: float = 0.9) -> dict[str, Any]:
    return {"etat": etat, "code": code, "score": score, "rank": 0}


def said(field: str, *rows: dict[str, Any]) -> list[tuple[Any, bool]]:
    """The values of a field, the shown one first, and whether each is opposed."""
    return [(value.said, value.opposed) for value in values(field, list(rows))]


def test_every_rule_names_what_exists_and_says_it_in_french() -> None:
    shown = {f.name for f in INITIATIVE_SCHEMA} | {"point", "quarter"}
    for name, rule in rules().items():
        assert name in shown
        assert set(rule.wins) <= set(WINS) and rule.same in SAME and rule.opposed in OPPOSED
        assert rule.says.endswith(".") and rule.label


def test_every_field_that_an_initiative_shows_has_its_rule() -> None:
    derived = {"id", "score", "in_quartiers", "main_theme", "records", "sources", "disagreements"}
    derived |= {"longitude", "latitude"}  # the point
    derived |= {f"qpv_{name}" for name in ("code", "nom", "etat", "distance_m", "methode")}
    assert {f.name for f in INITIATIVE_SCHEMA} - derived == set(rules()) - {"point", "quarter"}


@pytest.mark.parametrize(
    ("field", "first", "second"),
    [
        (
            "title",
            {"title": "Point numérique"},
            {"title": "POINT NUMERIQUE DU CENTRE", "text": "a"},
        ),
        ("text", {"text": "une longue description"}, {"text": "courte"}),
        ("start", {"start": "2019"}, {"start": "2021"}),
        ("end", {"end": "2024-05"}, {"end": "2023"}),
        (
            "siret",
            {"siret": "2", "retrieved_at": "2024-02"},
            {"siret": "1", "retrieved_at": "2023-11-30"},
        ),
        ("url", {"url": "https://a.fr", "retrieved_at": "2024"}, {"url": "https://b.fr"}),
        (
            "address",
            {"address": "2 rue Haute", "place": place("dedans", "QN1")},
            {"address": "1 rue Basse", "place": place("hors"), "retrieved_at": "2025"},
        ),
    ],
)
def test_the_rule_decides_and_not_the_order_of_records(
    field: str, first: dict[str, Any], second: dict[str, Any]
) -> None:
    one, other = record("zz:9", **first), record("aa:1", **second)
    assert values(field, [one, other])[0].said == one[field]
    assert values(field, [other, one])[0].said == one[field]


def test_the_study_wins_then_what_most_records_say() -> None:
    study = record("benchmark:x", carrier="Amis du quartier")
    lists = [record(f"liste:{i}", carrier="Mairie") for i in range(3)]
    assert said("carrier", *lists, study) == [("Amis du quartier", False), ("Mairie", True)]
    assert said("carrier", *lists, record("autre:1", carrier="CCAS"))[0] == ("Mairie", False)


@pytest.mark.parametrize(
    ("field", "one", "other"),
    [
        ("siret", {"siret": "20008474700019"}, {"siret": "26790318500010"}),
        ("start", {"start": "2019-03-01"}, {"start": "2020"}),
        ("carrier", {"carrier": "Emmaüs"}, {"carrier": "Croix-Rouge"}),
        ("commune", {"commune": "Bron"}, {"commune": "Vaulx-en-Velin"}),
        ("insee_code", {"insee_code": "69029"}, {"insee_code": "69256"}),
        ("address", {"address": "12 rue Haute"}, {"address": "14 rue Haute"}),
        ("address", {"address": "12 rue Haute"}, {"address": "3 avenue Jean Jaurès"}),
        ("point", {"longitude": 4.8, "latitude": 45.7}, {"longitude": 4.81, "latitude": 45.7}),
        ("quarter", {"place": place("dedans", "QN1")}, {"place": place("dedans", "QN2")}),
        ("quarter", {"place": place("dedans", "QN1")}, {"place": place("hors")}),
        ("digital", {"digital": "numerique"}, {"digital": "non-numerique"}),
        ("kind", {"kind": "lieu"}, {"kind": "action"}),
    ],
)
def test_what_cannot_both_be_right_is_opposed(
    field: str, one: dict[str, Any], other: dict[str, Any]
) -> None:
    assert [
        opposed for _, opposed in said(field, record("a:1", **one), record("b:1", **other))
    ] == [
        False,
        True,
    ]


@pytest.mark.parametrize(
    ("field", "one", "other"),
    [
        ("title", {"title": "Le Palabre"}, {"title": "Centre social"}),
        ("start", {"start": "2019"}, {"start": "2019-03-01"}),
        ("carrier", {"carrier": "CCAS"}, {"carrier": "CCAS de Bron"}),
        ("commune", {"commune": "Saint-Denis"}, {"commune": "ST DENIS"}),
        ("insee_code", {"insee_code": "69123"}, {"insee_code": "69383"}),
        ("address", {"address": "12 rue Haute"}, {"address": "rue haute, bât. B"}),
        ("address", {"address": "12 av. Jean Jaurès"}, {"address": "12 avenue Jean-Jaurès"}),
        ("point", {"longitude": 4.8, "latitude": 45.7}, {"longitude": 4.801, "latitude": 45.7}),
        ("quarter", {"place": place("limite", "QN1")}, {"place": place("dedans", "QN1")}),
        ("quarter", {"place": place("dedans", "QN1")}, {"place": place("inconnu")}),
        ("digital", {"digital": "numerique"}, {"digital": None}),
        ("amount_eur", {"amount_eur": 1500.0}, {"amount_eur": 3000.0}),
        ("url", {"url": "http://www.a.fr/"}, {"url": "https://a.fr"}),
        ("siret", {"siret": "20008474700019"}, {"siret": None}),
    ],
)
def test_what_may_both_be_right_is_left_alone(
    field: str, one: dict[str, Any], other: dict[str, Any]
) -> None:
    told = values(field, [record("a:1", **one), record("b:1", **other)])
    assert not any(value.opposed for value in told)


def test_the_place_is_one_records_from_its_street_to_its_quarter() -> None:
    inside = record("z:1", address="1 rue A", postcode="69200", place=place("dedans", "QN1"))
    outside = record("a:1", address="9 rue B", postcode="69500", place=place("hors", None, 0.99))
    told = all_values([outside, inside])
    assert [told[name][0].records[0]["id"] for name in ("quarter", "address", "postcode")] == [
        "z:1",
        "z:1",
        "z:1",
    ]


def test_every_value_is_kept_with_its_source_and_date() -> None:
    records: list[dict[str, Any]] = [
        {"id": "a:1", "source": "a", "title": "Espace", "siret": "1", "retrieved_at": "2023"},
        {"id": "b:1", "source": "b", "title": "Espace", "siret": "2", "retrieved_at": "2024"},
        {"id": "c:1", "source": "c", "title": "Espace", "siret": "2", "retrieved_at": None},
    ]
    rows = [EMPTY | row | {"source_id": "1"} for row in records]
    ids = [row["id"] for row in rows]
    detections = [{"about": i, "value": "numerique", "score": 1.0, "method": "modele"} for i in ids]
    links = [{"entity_id": "q1", "about": i, "score": 1.0} for i in ids]
    view, claims = initiatives(
        *(
            pa.Table.from_batches([rows_batch(of, schema)])
            for of, schema in (
                (rows, RECORD_SCHEMA),
                (detections, DETECTION_SCHEMA),
                ([], CLASSIFICATION_SCHEMA),
                ([], LOCATION_SCHEMA),
                (links, LINK_SCHEMA),
            )
        )
    )
    assert claims.schema.names == CLAIMS.names
    told = [tuple(row.values()) for row in claims.to_pylist()]
    assert told == [
        ("q1", "siret", 0, "2", False, "b:1", "b", "2024"),
        ("q1", "siret", 0, "2", False, "c:1", "c", None),
        ("q1", "siret", 1, "1", True, "a:1", "a", "2023"),
    ]
    one = view.to_pylist()[0]
    assert one["siret"] == "2" and one["qpv_etat"] == "inconnu" and not one["in_quartiers"]
    assert json.loads(one["disagreements"]) == {"siret": {"2": ["b:1", "c:1"], "1": ["a:1"]}}


def test_one_record_alone_contradicts_nobody() -> None:
    told = all_values([record("a:1", title="Seul", siret="1")])
    assert told["siret"] == [Value("1", [told["siret"][0].records[0]])]
    assert told["url"] == []
