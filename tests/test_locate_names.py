"""Quarters named in texts: which must be found, which must be left alone."""

from __future__ import annotations

import csv
import tomllib
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from quartiers.locate.communes import commune_codes, departement_of
from quartiers.locate.fields import field_mentions
from quartiers.locate.mentions import mentions
from quartiers.locate.names import all_names, gazetteer, keys, strength, words
from quartiers.territories import load
from quartiers.territories.tables import FOLDER

CASES: list[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "mentions.toml").read_text("utf-8")
)["case"]


@pytest.mark.parametrize("case", CASES, ids=[c["text"][:50] for c in CASES])
def test_a_text_names_these_quarters_and_no_other(case: dict[str, Any]) -> None:
    communes = frozenset([case["commune"]] if "commune" in case else [])
    found = mentions(case["text"], communes)
    assert {m.code for m in found} == set(case["qpv"])
    for m in found:
        assert case["text"][m.start : m.end] == m.quote


def test_decomposed_accents_are_read_and_quoted_where_they_are() -> None:
    text = unicodedata.normalize("NFD", "Atelier à la Devèze, près de Béziers")
    (found,) = mentions(text, frozenset(["34032"]))
    assert found.code == "QN03403M"
    assert text[found.start : found.end] == found.quote == unicodedata.normalize("NFD", "Devèze")


@pytest.mark.parametrize("text", ["", "\x00", "🙂" * 10, "\ud800 rue", "a " * 100_000])
def test_a_strange_text_names_nothing_and_breaks_nothing(text: str) -> None:
    assert mentions(text, frozenset(["69259"])) == []


def test_the_commune_of_the_text_beats_that_of_the_record() -> None:
    text = "Café numérique dans le quartier Saint-Jean, à Villeurbanne"
    assert [m.code for m in mentions(text, frozenset(["31395"]))] == ["QN06920M"]


def test_a_name_borne_by_several_quarters_is_refused_without_a_commune() -> None:
    assert mentions("Fête de quartier au Chemin-Vert") == []
    assert [m.code for m in mentions("Fête de quartier au Chemin-Vert", frozenset(["14118"]))] == [
        "QN01401M"
    ]


def test_a_well_known_quarter_needs_no_commune_but_yields_to_another_town() -> None:
    assert [m.code for m in mentions("Le marché des Minguettes")] == ["QN06913M"]
    assert mentions("La rue des Minguettes", frozenset(["29019"])) == []


def test_plurals_dashes_doubled_letters_and_capitals_change_nothing() -> None:
    assert keys("Terres-Neuves") == keys("TERRE NEUVE") == keys("terre neuve")
    assert keys("Trois Cités") == keys("3 cités")
    assert keys("St-Éloi") == keys("Saint Eloi")
    assert keys("La Source") != keys("Les Sources du Lac")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Minguettes", "clear"),
        ("Bois du Château", "plain"),
        ("Jean Moulin", "person"),
        ("Saint-Michel", "person"),
        ("Centre Ville", "weak"),
        ("Gare", "weak"),
        ("Europe", "weak"),
    ],
)
def test_a_name_has_the_strength_of_its_words(name: str, expected: str) -> None:
    assert strength(keys(name), words()) == expected


def test_every_alias_is_that_of_a_quarter_that_exists_and_is_said_once() -> None:
    with (FOLDER / "aliases.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    pairs = [(row["code"], keys(row["alias"])) for row in rows]
    assert {code for code, _ in pairs} <= load().qpv.keys()
    assert all(of for _, of in pairs)
    assert len({(row["code"], row["alias"]) for row in rows}) == len(rows)


def test_a_name_that_needs_no_commune_is_borne_by_one_quarter_only() -> None:
    alone = {keys(n.text): n.code for n in all_names(load()) if n.without_commune}
    shared = [k for k in alone if len(gazetteer().codes_of.get(k, frozenset())) > 1]
    assert shared == []


@pytest.mark.parametrize(
    ("written", "commune", "expected"),
    [
        ("Les Aubiers", "33063", ["QN03307M"]),
        ("Pyramide / Minguettes", "69259", ["QN06913M"]),
        ("Pontanézen et Bellevue", "29019", ["QN02907M", "QN02904M"]),
        ("Centre-ville – gare", "78440", ["QN07820M"]),
        ("20e arrondissement", "75056", []),
        ("Part-Dieu", "69123", []),
        ("Belleville", "75056", []),
        ("Saint-Jean", "69266", ["QN06920M"]),
    ],
)
def test_the_quarter_field_is_a_strong_mention(
    written: str, commune: str, expected: list[str]
) -> None:
    assert [m.code for m in field_mentions(written, frozenset([commune]))] == expected


@pytest.mark.parametrize(
    ("insee_code", "commune", "postcode", "expected"),
    [
        ("69259", None, None, {"69259"}),
        ("1053", None, None, {"01053"}),
        (None, "VÉNISSIEUX", None, {"69259"}),
        (None, "St Denis", "97400", {"97411"}),
        (None, "Saint-Denis (La Réunion)", None, {"97411"}),
        (None, "Lyon 8ème", None, {"69123"}),
        (None, "Marseille 15e Arrondissement", None, {"13215"}),
        (None, "Nulle-Part-les-Bains", None, set()),
        (None, None, "69200", set()),
    ],
)
def test_a_commune_is_known_from_its_code_or_name(
    insee_code: str | None, commune: str | None, postcode: str | None, expected: set[str]
) -> None:
    assert commune_codes(insee_code, commune, postcode) == expected


def test_homonyms_that_nothing_parts_are_all_kept() -> None:
    assert {"93066", "97411"} <= commune_codes(None, "Saint-Denis")


def test_a_postcode_gives_its_departement() -> None:
    told = [departement_of(p) for p in ("69200", "1000", "20090", "20200", "97411", "97150", "x")]
    assert told == ["69", "01", "2A", "2B", "974", "978", None]
