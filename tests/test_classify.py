"""Themes, infrastructure topics and forms, with their reasons."""

from __future__ import annotations

import pytest

from quartiers.classify import classify_batch, classify_text
from quartiers.reading import model as reading
from quartiers.shapes import (
    CLASSIFICATION_SCHEMA,
    DIMENSIONS,
    THEMES,
    Record,
    record_text,
    records_batch,
)
from quartiers.text import fold


def values(text: str, dimension: str = "theme") -> list[str]:
    return [t.value for t in classify_text(text) if t.dimension == dimension]


@pytest.mark.parametrize(
    ("text", "theme"),
    [
        ("Aide aux démarches en ligne sur le site de la CAF", "e-administration"),
        ("Maison France services du quartier", "e-administration"),
        ("Web radio participative des habitants", "citoyennete"),
        ("Plateforme de concertation en ligne", "citoyennete"),
        ("Cours de tablette pour les seniors", "formation"),
        ("Tableaux numériques pour l'école", "formation"),
        ("Formation de développeur web pour demandeurs d'emploi", "insertion"),
        ("CV vidéo avec la mission locale", "insertion"),
        ("Vente en ligne pour les commerçants du quartier", "entrepreneuriat"),
        ("Extranet locataires du bailleur social", "logement"),
        ("Covoiturage par application mobile", "mobilite"),
        ("Atelier de jeux vidéo et d'arts numériques", "culture"),
    ],
)
def test_each_theme_is_found_first_in_its_own_words(text: str, theme: str) -> None:
    assert values(text)[:1] == [theme]


@pytest.mark.parametrize(
    ("text", "theme"),
    [
        ("Association de retraités : initiation à l'ordinateur", "citoyennete"),
        ("Salon du jeu vidéo — ASSOCIATION JOYSTICK", "citoyennete"),
        ("Borne internet dans le hall de la mairie", "logement"),
        ("Bus informatique itinérant", "mobilite"),
        ("Entreprise d'insertion aux métiers du numérique", "entrepreneuriat"),
    ],
)
def test_a_word_of_a_theme_that_names_who_or_where_does_not_give_it(text: str, theme: str) -> None:
    assert theme not in values(text)


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("Vidéoprotection du centre-bourg", "securite"),
        ("Raccordement à la fibre optique", "reseaux"),
        ("Capteurs de remplissage des bennes", "capteurs"),
        ("Portail open data de la métropole", "donnees"),
        ("Smart grid du quartier", "energie"),
    ],
)
def test_infrastructure_topics_are_found(text: str, topic: str) -> None:
    assert topic in values(text, "infra")


@pytest.mark.parametrize(
    "text",
    ["Vidéoprotection du centre-bourg", "Cours de tablette pour les seniors", "EPN"],
)
def test_a_theme_foreign_to_the_text_is_not_given(text: str) -> None:
    assert not {"logement", "mobilite", "entrepreneuriat"} & set(values(text))


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("Atelier numérique avec un conseiller numérique", "mediation"),
        ("Ordinateurs reconditionnés par des bénévoles", "frugal"),
        ("Éclairage intelligent et connecté", "declared"),
        ("Fablab d'insertion : se remobiliser par la fabrication numérique", "hybride"),
    ],
)
def test_forms_are_found(text: str, form: str) -> None:
    assert form in values(text, "form")


def test_equipment_alone_is_not_mediation() -> None:
    assert "mediation" not in values("Achat d'ordinateurs pour l'école", "form")


def test_every_value_quotes_the_text() -> None:
    text = "Espace public numérique : aide aux démarches en ligne, fablab et recherche d'emploi"
    topics = classify_text(text)
    assert len(topics) >= 3
    for topic in topics:
        assert topic.because
        for reason in topic.because:
            assert reason.quote == text[reason.start : reason.end]


def test_a_batch_ranks_the_values_of_each_dimension_from_zero() -> None:
    records = [
        Record("essai", "1", "action", "EPN", "Cours de tablette et démarches en ligne"),
        Record("essai", "2", "action", "Fibre optique", ""),
    ]
    out = classify_batch(records_batch(records))
    assert out.schema == CLASSIFICATION_SCHEMA
    rows = out.to_pylist()
    for record in records:
        for dimension in DIMENSIONS:
            ranked = [r for r in rows if r["about"] == record.id and r["dimension"] == dimension]
            assert [r["rank"] for r in ranked] == list(range(len(ranked)))
            scores = [r["score"] for r in ranked]
            assert scores == sorted(scores, reverse=True)
    text = record_text(records[0].title, records[0].text)
    for row in rows:
        if row["about"] == records[0].id:
            assert all(b["quote"] == text[b["start"] : b["end"]] for b in row["because"])


def test_the_expert_s_themes_come_in_the_expert_s_order() -> None:
    record = Record(
        "benchmark", "emmaus-connect-bordeaux-aubiers", "action", "Cours de tablette", ""
    )
    rows = classify_batch(records_batch([record])).to_pylist()
    themes = [r["value"] for r in rows if r["dimension"] == "theme"]
    assert themes == ["e-administration", "formation"]
    assert {r["method"] for r in rows if r["dimension"] == "theme"} == {"expert"}


def test_a_theme_is_given_for_want_of_any_other_only_when_likely() -> None:
    scores = [0.0] * len(reading.TOPICS)
    scores[THEMES.index("formation")] = 0.3
    limits = [0.5] * len(scores)
    assert reading.given(scores, limits) == [("theme", "formation", 0.3)]
    scores[THEMES.index("formation")] = 0.1
    assert reading.given(scores, limits) == []


def told(text: str, value: str) -> list[str]:
    topics = {topic.value: topic for topic in classify_text(text)}
    return [reason.quote or "" for reason in topics[value].because]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Ateliers numériques : aide individuelle", "mediation"),
        ("Ordinateurs reconditionnés par des bénévoles", "frugal"),
        ("Maison France services : démarches administratives en ligne", "e-administration"),
        ("Smart city : innovation et expérimentation d'objets connectés", "declared"),
        ("Insertion professionnelle par le numérique, insertion des jeunes", "insertion"),
    ],
)
def test_no_word_is_a_reason_twice(text: str, value: str) -> None:
    said = [fold(quote).split() for quote in told(text, value)]
    assert said
    assert len({word for words in said for word in words}) == sum(map(len, said))


def test_a_place_inside_another_notion_is_no_word_of_context() -> None:
    assert told("Étape numérique en bureau de poste", "formation") == ["numérique"]


def test_what_nothing_carries_is_explained_by_its_digital_words() -> None:
    text = "Mardi et mercredi 9h-12h : ordinateurs"
    assert told(text, "formation") == ["ordinateurs"]


def test_words_of_context_still_add_what_the_concepts_do_not_say() -> None:
    text = "Acquisition de matériel informatique pour l'école"
    assert told(text, "formation") == ["Acquisition de matériel informatique", "école"]
