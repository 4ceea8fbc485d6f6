"""The reader of French: folding, stems, what is not language."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quartiers.text import fold, readable, stem, tokens, words


@given(st.text(max_size=300))
def test_folding_keeps_every_character_in_its_place(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(st.text(max_size=200))
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=200))
def test_the_places_of_words_are_those_of_the_words(text: str) -> None:
    folded = fold(text)
    found = tokens(folded)
    assert [word for _, _, word in found] == words(text)
    assert all(folded[start:end] == word for start, end, word in found)


@given(st.text(max_size=200))
def test_a_readable_text_knows_where_each_character_came_from(text: str) -> None:
    clean, places = readable(text)
    if places is None:
        assert len(clean) == len(text)
    else:
        assert len(places) == len(clean) + 1
        assert places == sorted(places)
        assert places[-1] == len(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("L’Écran, c'est l’ŒUVRE", ["l", "ecran", "c", "est", "l", "ouvre"]),
        ("E-ADMINISTRATION à la mairie", ["e", "administration", "a", "la", "mairie"]),
        ("Wi-Fi, 3D & 4G", ["wi", "fi", "3d", "4g"]),
    ],
)
def test_words_lose_case_accents_and_punctuation(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("réseaux", "réseau"),
        ("numériques", "numérique"),
        ("connectées", "connecté"),
        ("journaux", "journal"),
        ("citoyennes", "citoyen"),
        ("écrans", "écran"),
    ],
)
def test_plural_and_singular_are_one_word(one: str, other: str) -> None:
    assert stem(fold(one)) == stem(fold(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [("code", "codage"), ("fibre", "libre"), ("infox", "info"), ("bus", "but")],
)
def test_words_that_differ_stay_apart(one: str, other: str) -> None:
    assert stem(one) != stem(other)


def test_decomposed_accents_are_joined_and_their_places_kept() -> None:
    text = "Cafe\u0301 nume\u0301rique"
    clean, places = readable(text)
    assert clean == "Café numérique"
    assert places is not None
    assert text[places[5] : places[14]] == "nume\u0301rique"


def test_a_known_corruption_is_mended() -> None:
    text = "Matü¾Ž–”¼riel numü¾Ž–”¼rique"
    clean, places = readable(text)
    assert clean == "Matériel numérique"
    assert places is not None
    assert text[places[9] : places[18]] == "numü¾Ž–”¼rique"


@pytest.mark.parametrize(
    "text",
    [
        "Renseignements : accueil@exemple.fr",
        "Voir https://www.exemple.fr/internet",
        "Contact [courriel]",
        'Horaires{{attach file="numerique.pdf"}}',
        "Lieu <b class='internet'>ouvert</b>",
    ],
)
def test_addresses_and_tags_are_not_words(text: str) -> None:
    clean, places = readable(text)
    assert places is None and len(clean) == len(text)
    assert not {"internet", "courriel", "numerique", "exemple"} & set(words(clean))


@pytest.mark.parametrize("text", ["Atelier <3 du numérique", "R&D numérique", "caf.fr et ameli.fr"])
def test_ordinary_signs_blank_nothing(text: str) -> None:
    assert readable(text) == (text, None)


def test_an_at_sign_inside_a_word_is_a_letter_and_an_address_is_not_read() -> None:
    assert fold("Cyb@r-espace") == "cybar espace"
    assert readable("Web@cadémie")[0] == "Web@cadémie"
    assert readable("écrire à contact@exemple.fr vite")[0].split() == ["écrire", "à", "vite"]
