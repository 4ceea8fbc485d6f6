"""The website in English: nothing missing, nothing stale, no French of ours left on its pages."""

from __future__ import annotations

import re
import sys
from html.parser import HTMLParser
from typing import Any

import pytest
from babel.messages.mofile import read_mo
from django.utils.translation import gettext, override

from conftest import ROOT
from observatory.edition import current
from observatory.names import CARRIERS, PLACES, name_of
from observatory.templatetags.site import interval, percent
from quartiers.compare.cards import sheet

sys.path.insert(0, str(ROOT / "scripts"))
import write_messages

pytestmark = pytest.mark.django_db
#: What must come through a translation untouched: holes and markup.
KEPT = re.compile(r"%\(\w+\)s|%%|</?\w[^>]*>|https?://\S*")
#: Words that a French sentence has, and names of places have not.
FRENCH = re.compile(
    r"(?<![-\w])(une|dans|pour|est|sont|avec|aucune?|vous|nous|leur|données|thèmes|voir|toutes?)(?![-\w])"
)
PAGES = (
    "/en/",
    "/en/initiatives/",
    "/en/initiatives/?q=zzzzzz",
    "/en/carte/",
    "/en/territoires/",
    "/en/territoires/FR/",
    "/en/themes/",
    "/en/themes/logement/",
    "/en/enseignements/",
    "/en/glossaire/",
    "/en/rencontres/",
    "/en/comparer/",
    "/en/donnees/",
    "/en/qualite/",
    "/en/mentions-legales/",
    "/en/vie-privee/",
    "/en/accessibilite/",
    "/en/contribuer/",
    "/en/contribuer/initiative/",
    "/en/connexion/",
    "/en/api/",
)
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
LABELS = ("title", "aria-label", "alt", "placeholder")


class English(HTMLParser):
    """The words of a page that it says are English: text and labels outside ``lang="fr"``."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = [("", "")]
        self.words: list[str] = []
        self.feed(page)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if (said.get("lang") or self.open[-1][1]) == "en":
            self.words.extend(said[name] or "" for name in LABELS if name in said)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_startendtag(tag, attrs)
        if tag not in VOID:
            self.open.append((tag, dict(attrs).get("lang") or self.open[-1][1]))

    def handle_endtag(self, tag: str) -> None:
        names = [name for name, _tongue in self.open]
        if tag in names:
            del self.open[len(names) - 1 - names[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        tag, tongue = self.open[-1]
        if tongue == "en" and tag not in {"script", "style", "code", "pre"} and data.strip():
            self.words.append(" ".join(data.split()))


def read(client: Any, address: str) -> list[str]:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return English(answer.content.decode()).words


def test_every_marked_sentence_is_in_the_catalogue_and_no_other() -> None:
    now, kept = (
        {(message.id, message.context) for message in catalogue if message.id}
        for catalogue in (write_messages.marked(), write_messages.translated())
    )
    assert now == kept, "run scripts/write_messages.py"


def test_french_marks_are_held_to_their_words_and_nothing_else_changes() -> None:
    words = write_messages.marked()
    kept = (write_messages.SITE / write_messages.SPACES).read_bytes()
    assert kept == write_messages.spaces(words), "run scripts/write_messages.py"
    for message in words:
        for said in write_messages.forms(message)[0] if message.id else ():
            given = write_messages.spaced(said)
            assert given.replace("\u00a0", " ").replace("\u202f", " ") == said
            assert not re.search(r" [:;!?»]|« ", given)
    with override("fr"):
        assert gettext("Source :") == "Source\u00a0:"


def test_the_compiled_catalogue_is_the_one_written() -> None:
    with (write_messages.SITE / write_messages.WORDS).with_suffix(".mo").open("rb") as file:
        compiled = read_mo(file)
    now, kept = (
        dict(write_messages.forms(message) for message in catalogue if message.id)
        for catalogue in (compiled, write_messages.translated())
    )
    assert now == kept, "run scripts/write_messages.py"


def test_no_sentence_is_left_in_french_or_guessed() -> None:
    catalogue = write_messages.translated()
    assert write_messages.missing(catalogue) == []
    assert [message.id for message in catalogue if message.id and message.fuzzy] == []


def test_holes_markup_and_addresses_come_through_the_translation() -> None:
    for message in write_messages.translated():
        if message.id:
            for said, given in zip(*write_messages.forms(message), strict=True):
                assert sorted(KEPT.findall(said)) == sorted(KEPT.findall(given)), said
                # French puts a space before a colon, English none.
                assert said.strip() in ":;" or said[:1].isspace() == given[:1].isspace(), said
                assert said[-1:].isspace() == given[-1:].isspace(), said


def test_english_sentences_are_set_as_english_is() -> None:
    for message in write_messages.translated():
        for given in write_messages.forms(message)[1] if message.id else ():
            assert not re.search(r"\s[:;?!]|\d %", given), given


def test_french_stays_the_text_that_was_written() -> None:
    with override("fr"):
        assert gettext("Rencontres possibles") == "Rencontres possibles"
    with override("en"):
        assert gettext("Rencontres possibles") == "Possible meetings"


def test_figures_are_written_as_each_language_does() -> None:
    with override("en"):
        assert percent(0.4512, 1) == "45.1%"
        assert interval(0.4, 0.5, True) == "40 to 50%"
    with override("fr"):
        assert percent(0.4512, 1) == "45,1\u202f%"
        assert interval(0.4, 0.5, True) == "entre 40 et 50\u202f%"


@pytest.mark.parametrize("address", PAGES)
def test_an_english_page_shows_no_french_that_it_does_not_mark(client: Any, address: str) -> None:
    assert [words for words in read(client, address) if FRENCH.search(words)] == []


def test_a_record_a_finding_a_notion_keep_their_french_and_say_so(client: Any) -> None:
    rows = current().rows
    one = rows("SELECT id, title FROM initiatives WHERE length(title) > 20 ORDER BY id LIMIT 1")[0]
    finding = rows("SELECT id FROM findings ORDER BY id LIMIT 1")[0]["id"]
    for address in (f"/en/initiatives/{one['id']}/", f"/en/enseignements/{finding}/"):
        page = client.get(address).content.decode()
        assert 'lang="fr"' in page
        assert [words for words in English(page).words if FRENCH.search(words)] == []
    assert one["title"] not in " ".join(read(client, f"/en/initiatives/{one['id']}/")[1:])


def test_menus_and_buttons_speak_the_language_of_the_page(client: Any) -> None:
    english, french = read(client, "/en/initiatives/"), client.get("/initiatives/").content.decode()
    for said, given in (("Chercher", "Search"), ("Vie privée", "Privacy"), ("Filtrer", "Filter")):
        assert said in french
        assert given in english


def test_kinds_of_places_and_of_organisations_are_the_study_s() -> None:
    with override("fr"):
        for slug, said in sheet()["libelles"]["lieu"].items():
            assert name_of("place", slug) == said
        for kind in sheet()["porteur"]:
            assert name_of("carrier", kind["type"]) == kind["type"]
    assert set(PLACES) == set(sheet()["libelles"]["lieu"])
    assert {kind["type"] for kind in sheet()["porteur"]} | {"Autre"} == set(CARRIERS)


def test_a_notion_goes_by_its_english_name_and_keeps_the_french_one(client: Any) -> None:
    page = client.get("/en/glossaire/mediation-numerique/").content.decode()
    words = English(page).words
    assert "Digital mediation" in words
    assert '<span lang="fr">médiation numérique</span>' in page
    assert (
        "<h1>Médiation numérique</h1>"
        in client.get("/glossaire/mediation-numerique/").content.decode()
    )
