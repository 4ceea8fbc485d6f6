"""The thesaurus is sound, fresh, wide enough; the crosswalks are whole; wrong Turtle is refused."""

from __future__ import annotations

import csv
import json
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rdflib import Graph
from rdflib.namespace import SKOS

from conftest import ROOT, run_quartiers
from quartiers import lexicon, thesaurus
from quartiers.errors import StudyError
from quartiers.shapes import FORMS, INFRA, THEMES, Record
from quartiers.text import words
from quartiers.thesaurus import checks, crosswalks, glossary, turtle
from quartiers.thesaurus.linked import write_linked
from quartiers.thesaurus.usage import sentence, usage

CONCEPTS = thesaurus.load().concepts
LISTS = tomllib.loads((Path(__file__).parent / "vocabularies" / "lists.toml").read_text("utf-8"))
HEAD = (
    "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
    "@prefix qt: <urn:quartiers:> .\n@prefix c: <urn:quartiers:concept:> .\n"
)
ONE = (
    "c:x a skos:Concept ; skos:inScheme qt:quartiers ; "
    'skos:prefLabel "x un"@fr, "x one"@en ; skos:definition "d"@fr ; '
)


def written(folder: Path, *bodies: str) -> Path:
    for number, body in enumerate(bodies, 1):
        (folder / f"{number:02}-chapter.ttl").write_text(HEAD + body, "utf-8")
    return folder


def found(text: str) -> set[tuple[str, str]]:
    hits = lexicon.load().find(words(text), text)
    return {(hit.entry.slug, hit.entry.strength) for hit in hits}


def test_the_thesaurus_breaks_none_of_its_rules() -> None:
    assert checks.check(thesaurus.load()) == []


def test_the_compiled_form_is_fresh() -> None:
    compiled = json.loads((thesaurus.folder() / "thesaurus.json").read_text("utf-8"))
    assert compiled["digest"] == thesaurus.digest(thesaurus.chapters()), (
        "run: quartiers thesaurus compile"
    )
    assert compiled["concepts"] == turtle.parse(thesaurus.chapters())


def test_there_are_enough_concepts_of_both_worlds_each_defined() -> None:
    assert len(CONCEPTS) >= 400
    for world in thesaurus.WORLDS:
        assert sum(c.schemes == (world,) for c in CONCEPTS.values()) >= 90
    assert all(len(c.definition) > 20 for c in CONCEPTS.values())
    assert sum(bool(c.false_friends) for c in CONCEPTS.values()) >= 60
    assert sum(bool(c.no_equivalent) for c in CONCEPTS.values()) >= 25


def test_every_theme_topic_and_form_has_its_words() -> None:
    assert {c.theme for c in CONCEPTS.values()} == {*THEMES, None}
    assert {c.infra for c in CONCEPTS.values()} == {*INFRA, None}
    assert {c.form for c in CONCEPTS.values()} == {*FORMS, None}


def test_no_definition_repeats_another() -> None:
    assert len({c.definition for c in CONCEPTS.values()}) == len(CONCEPTS)


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Achat de TNI pour l'école", "tableau-interactif"),
        ("ateliers informatiques du mardi", "atelier-numerique"),
        ("VIDEO-PROTECTION DU CENTRE BOURG", "videosurveillance"),
        ("une web radio des habitants", "web-radio"),
        ("imprimantes 3D et découpe laser", "impression-3d"),
        ("permanence du conseiller numérique", "conseiller-numerique"),
        ("déploiement de la fibre", "fibre"),
        ("Bornes wifi au marché", "wifi-public"),
        ("compteurs Linky", "compteur-communicant"),
        ("un coffre-fort électronique solidaire", "coffre-fort-numerique"),
        ("initiation à Scratch", "code-informatique"),
        ("ordinateurs reconditionnés", "reconditionnement"),
    ],
)
def test_field_words_lead_to_their_concept(text: str, slug: str) -> None:
    assert (slug, "decisive") in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "réseau d'eaux pluviales",
        "plateforme linguistique pour les mères",
        "plateforme logistique de l'épicerie",
        "leçons de code de la route",
        "un appareil photo numérique",
        "programmation culturelle du festival",
        "réseau d'acteurs de l'insertion",
        "pose d'une borne incendie",
        "cartographie des acteurs",
        "tablette de chocolat",
        "robot de cuisine",
        "mise en application du règlement",
        "capteurs solaires sur le toit",
        "roller en ligne",
    ],
)
def test_false_friends_announce_nothing_digital(text: str) -> None:
    assert {slug for slug, strength in found(text) if strength == "decisive"} == set()


def test_a_word_of_one_world_reaches_the_words_of_the_other() -> None:
    reached = {slug for _, slug in thesaurus.load().across("civic-tech")}
    assert {
        "conseil-citoyen-en-ligne",
        "budget-participatif-en-ligne",
        "signalement-citoyen",
    } <= reached
    assert ("close", "civic-tech") in thesaurus.load().across("participation-en-ligne")
    assert ("broad", "civic-tech") in thesaurus.load().across("signalement-citoyen")


def test_an_edited_chapter_is_read_even_before_it_is_compiled(tmp_path: Path) -> None:
    written(tmp_path, ONE + 'qt:digital "none" ; qt:noEquivalent "r"@fr .')
    turtle.compile_to(tmp_path / "thesaurus.json", thesaurus.chapters(tmp_path))
    before = thesaurus.load(tmp_path)
    written(tmp_path, ONE + 'qt:digital "decisive" ; qt:noEquivalent "r"@fr .')
    thesaurus.load.cache_clear()
    after = thesaurus.load(tmp_path)
    assert (before.concepts["x"].digital, after.concepts["x"].digital) == ("none", "decisive")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (ONE + 'qt:thème "culture" .', "does not know"),
        (ONE + 'skos:prefLabel "deux"@fr .', "two pref"),
        (ONE + 'qt:theme "culture", "logement" .', "two theme"),
        ("c:x a skos:Concept ; .. .", "not Turtle"),
        (ONE + 'skos:altLabel "sans langue" .', "no language"),
    ],
)
def test_turtle_that_cannot_be_read_whole_is_refused_in_a_sentence(
    tmp_path: Path, body: str, said: str
) -> None:
    with pytest.raises(StudyError, match=said) as caught:
        turtle.parse(thesaurus.chapters(written(tmp_path, body)))
    assert "01-chapter.ttl" in str(caught.value)


def test_one_slug_in_two_chapters_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="already in 01-chapter"):
        turtle.parse(
            thesaurus.chapters(
                written(tmp_path, ONE + "a skos:Concept .", ONE + "a skos:Concept .")
            )
        )


def test_a_folder_without_chapters_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="no chapter"):
        thesaurus.chapters(tmp_path)


GOOD = CONCEPTS["blog-quartier"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"definition": " "}, "no definition"),
        ({"pref_en": ""}, "no English label"),
        ({"false_friends": (), "false_friend_note": None}, "says nothing of false friends"),
        ({"false_friends": (" ",)}, "empty false friend"),
        ({"theme": "sport"}, "not one of"),
        ({"infra": "eau"}, "not one of"),
        ({"form": "neuf"}, "not one of"),
        ({"place_type": "gare"}, "not one of"),
        ({"digital": "peut-être"}, "qt:digital"),
        ({"schemes": ("ailleurs",)}, "no known world"),
        ({"alt": ("les", "blog")}, "mere stopword"),
        ({"alt": ("Podcasts",)}, "both claim"),
        ({"alt": ("blogs du quartier",)}, "one and the same"),
        ({"false_friends": ("podcast",)}, "would silence it"),
        ({"pref_en": "Podcast"}, "same English label"),
        ({"broader": ("nulle-part",)}, "does not exist"),
        ({"related": ("blog-quartier",)}, "points at itself"),
        ({"broader": ("blog-quartier",)}, "broader than itself"),
        ({"related": ("media-quartier",)}, "both under"),
        ({"related": ("podcast",)}, "not the other way round"),
        ({"broader": ("civic-tech",)}, "different worlds"),
        ({"mappings": {"close": ("media-quartier",)}}, "stays inside one world"),
        ({"mappings": {"exact": ("open-data",)}}, "not answered"),
        ({"mappings": {"exact": ("civic-tech",), "related": ("civic-tech",)}}, "is both"),
        ({"mappings": {}, "no_equivalent": None}, "has no mapping"),
        ({"mappings": {"close": ("civic-tech",)}, "no_equivalent": "r"}, "says that there is none"),
    ],
)
def test_each_rule_catches_its_breach(change: dict[str, Any], said: str) -> None:
    broken = {**CONCEPTS, "blog-quartier": replace(GOOD, **change)}
    problems = checks.check(thesaurus.Thesaurus(broken, ""))
    assert any(said in problem and "blog-quartier" in problem for problem in problems), problems


def test_a_long_circle_of_broader_concepts_is_caught() -> None:
    broken = {
        **CONCEPTS,
        "media-quartier": replace(CONCEPTS["media-quartier"], broader=("blog-quartier",)),
    }
    assert any("circle" in said for said in checks.check(thesaurus.Thesaurus(broken, "")))


def test_the_command_says_that_all_is_well() -> None:
    assert "no problems" in run_quartiers("thesaurus", "check").stdout


def test_the_exports_hold_every_concept() -> None:
    graph = Graph()
    graph.parse(data=run_quartiers("thesaurus", "export").stdout, format="turtle")
    assert len(set(graph.subjects(predicate=SKOS.definition))) == len(CONCEPTS)
    nodes = json.loads(run_quartiers("thesaurus", "export", "--format", "json-ld").stdout)["@graph"]
    assert {n["@id"] for n in nodes if n["@type"] == "skos:Concept"} == {
        f"c:{slug}" for slug in CONCEPTS
    }
    rows = list(
        csv.DictReader(run_quartiers("thesaurus", "export", "--format", "csv").stdout.splitlines())
    )
    assert {row["slug"] for row in rows} == set(CONCEPTS)


def test_the_written_turtle_is_one_file_that_parses(tmp_path: Path) -> None:
    thesaurus.write_turtle(tmp_path / "all.ttl")
    graph = Graph()
    graph.parse(tmp_path / "all.ttl", format="turtle")
    assert len(set(graph.subjects(predicate=SKOS.definition))) == len(CONCEPTS)


@pytest.mark.parametrize("name", sorted(LISTS))
def test_a_crosswalk_holds_every_value_of_its_list(name: str) -> None:
    assert set(LISTS[name]) <= set(crosswalks.crosswalk(name))


@pytest.mark.parametrize("name", crosswalks.LISTS)
def test_crossings_lead_to_what_exists_and_say_why(name: str) -> None:
    for crossing in crosswalks.crossings(name):
        assert crossing.relation in crosswalks.RELATIONS
        assert (crossing.relation == "null") == (crossing.concept is None), crossing
        assert crossing.concept is None or crossing.concept in CONCEPTS, crossing
        assert crossing.theme is None or crossing.theme in THEMES, crossing
        assert crossing.infra is None or crossing.infra in INFRA, crossing
        assert crossing.reason


def test_every_national_service_has_a_concept_and_some_theme_has_no_service() -> None:
    services = crosswalks.crosswalk("mednum_services").values()
    assert all(c.concept for c in services)
    assert {"logement", "mobilite"} & {c.theme for c in services} == set()


def test_an_unknown_list_is_refused() -> None:
    with pytest.raises(StudyError, match="no such list"):
        crosswalks.crossings("ailleurs")


@pytest.mark.data
def test_crosswalks_hold_the_values_published_today(data: Path) -> None:
    published = {
        "data-inclusion_v1_thematiques.csv": (",", "value", "data_inclusion_thematiques"),
        "data-inclusion_v0_thematiques.csv": (",", "value", "data_inclusion_thematiques"),
        "aides-territoires_mots-cles.csv": (";", "terme", "aides_territoires_mots_cles"),
    }
    for file, (delimiter, column, name) in published.items():
        rows = csv.DictReader(
            (data / "vocab" / file).read_text("utf-8").splitlines(), delimiter=delimiter
        )
        assert {row[column] for row in rows} <= set(crosswalks.crosswalk(name)), file


def test_usage_counts_records_not_repeats_and_quotes_them() -> None:
    def record(number: str, world: str | None, text: str) -> Record:
        return Record("t", number, "action", "Un titre", text, world=world)

    records = [
        record("1", "quartiers", "Un blog. Encore un blog, et des blogs !"),
        record("2", "quartiers", "Une appli sans internet."),
        record("3", "ville-intelligente", "Un blog de la métropole."),
        record("4", None, "Un blog de personne."),
    ]
    uses, totals = usage(records)
    assert totals == {"ville-intelligente": 1, "quartiers": 2}
    assert uses["blog-quartier"].records == {"ville-intelligente": 1, "quartiers": 1}
    assert "internet" not in uses
    for quote, about in (q for use in uses.values() for q in use.quotes.values()):
        number = int(about.split(":")[1]) - 1
        assert quote in f"{records[number].title} — {records[number].text}"


def test_a_quote_is_verbatim_and_short() -> None:
    text = "Avant. " + "mot " * 100 + "wifi " + "mot " * 100 + ". Après."
    at = text.index("wifi")
    quote = sentence(text, at, at + 4)
    assert quote in text and "wifi" in quote and len(quote) < 250


def test_usage_of_the_embedded_study_is_counted_and_quoted() -> None:
    counted = json.loads(run_quartiers("thesaurus", "usage", "--json").stdout)
    assert counted["records"]["quartiers"] > 300
    by_slug = {use["slug"]: use for use in counted["concepts"]}
    smart = by_slug["donnees-urbaines"]["records"]
    assert smart["ville-intelligente"] / 56 > smart["quartiers"] / 393
    for use in counted["concepts"]:
        assert set(use["quotes"]) == {w for w, n in use["records"].items() if n}, use["slug"]


def test_the_glossary_page_is_fresh() -> None:
    assert (ROOT / "docs" / "glossary.md").read_text("utf-8") == glossary.page(thesaurus.load()), (
        "run: quartiers thesaurus glossary > docs/glossary.md"
    )


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # rdflib's own parser
def test_the_json_ld_says_what_the_turtle_says(tmp_path: Path) -> None:
    write_linked(tmp_path)
    linked = Graph().parse(tmp_path / "thesaurus.jsonld", format="json-ld")
    written = Graph().parse(data=turtle.joined(thesaurus.chapters()), format="turtle")
    for predicate in (SKOS.prefLabel, SKOS.definition, SKOS.hiddenLabel, SKOS.closeMatch):
        assert set(linked.subject_objects(predicate)) == {
            (s, o)
            for s, o in written.subject_objects(predicate)
            if str(s).startswith(thesaurus.CONCEPT)
        }
    assert "0.2.0" in (tmp_path / "thesaurus-changelog.md").read_text("utf-8")


def test_words_that_tell_a_concept_are_heard_by_search_and_not_by_the_reader() -> None:
    told = "suivre sa résolution"
    assert told in CONCEPTS["signalement-citoyen"].told
    assert "signalement-citoyen" not in {slug for slug, _ in found(told)}
    heard = lexicon.load(told=True).find(words(told), told)
    assert "signalement-citoyen" in {hit.entry.slug for hit in heard}


def test_words_of_those_who_search_are_never_heard_in_a_record() -> None:
    only_asked = "scanner mes papiers"
    assert only_asked in CONCEPTS["coffre-fort-numerique"].asked
    assert "coffre-fort-numerique" not in {slug for slug, _ in found(only_asked)}
