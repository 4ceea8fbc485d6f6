"""The catalogue finds, narrows, counts and gives away exactly what it shows."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from observatory import turns
from observatory.catalogue import exports
from observatory.catalogue.index import index_of
from observatory.edition import current
from observatory.names import town_of

pytestmark = pytest.mark.django_db
EVIL = '=0+HYPERLINK("x")<script>alert(1)</script>'


def shown(client: Any, query: str) -> list[str]:
    """The ids of every page of results, in order."""
    ids: list[str] = []
    page = 1
    while True:
        told = client.get(f"/initiatives/?{query}&page={page}", follow=True).content.decode()
        ids += re.findall(r'<h3><a href="/initiatives/([^/"]+)/"', told)
        if 'rel="next"' not in told:
            return ids
        page += 1


def count_told(told: str) -> int:
    """The number in «12 initiatives»."""
    found = re.search(r'id="resultats">([\d\u202f]+) initiatives?<', told)
    return int(found[1].replace("\u202f", "")) if found else 0


@pytest.fixture
def spoilt(served: Path, settings: Any, tmp_path: Path) -> Iterator[str]:
    """A copy of the edition where one initiative has a hostile name; gives its id."""
    copy = tmp_path / "spoilt"
    shutil.copytree(served, copy)
    with sqlite3.connect(copy / "quartiers.sqlite") as connection:
        identifier: str = connection.execute("SELECT id FROM initiatives LIMIT 1").fetchone()[0]
        connection.execute(
            "UPDATE initiatives SET title = ?, url = 'javascript:alert(1)', carrier = '@SUM(A1)' "
            "WHERE id = ?",
            (EVIL, identifier),
        )
    settings.EDITION = copy
    yield identifier


def test_without_a_question_everything_that_is_digital_or_in_doubt_is_shown(client: Any) -> None:
    told = client.get("/initiatives/").content.decode()
    known = current().value("SELECT count(*) FROM initiatives WHERE digital IS NOT 'non-numerique'")
    assert count_told(told) == known


def test_what_detect_rejected_is_neither_listed_nor_found(
    client: Any, served: Path, settings: Any, tmp_path: Path
) -> None:
    copy = tmp_path / "rejected"
    shutil.copytree(served, copy)
    with sqlite3.connect(copy / "quartiers.sqlite") as connection:
        connection.execute(
            "UPDATE initiatives SET digital = 'non-numerique' WHERE title LIKE '%fablab%'"
        )
    settings.EDITION = copy
    all_told = client.get("/initiatives/?tri=titre").content.decode()
    left = current().value("SELECT count(*) FROM initiatives WHERE digital IS NOT 'non-numerique'")
    assert count_told(all_told) == left < current().value("SELECT count(*) FROM initiatives")
    rejected = current().rows("SELECT id FROM initiatives WHERE digital = 'non-numerique'")
    assert not {row["id"] for row in rejected} & set(shown(client, "q=fablab"))
    page = client.get(f"/initiatives/{rejected[0]['id']}/").content.decode()
    assert "Écartée du catalogue" in page


def test_a_search_finds_what_says_it_in_other_words(client: Any) -> None:
    bridged = client.get("/initiatives/?q=civic+tech").content.decode()
    alone = client.get("/initiatives/?q=civic+tech&ponts=non").content.decode()
    assert count_told(bridged) > count_told(alone)
    assert "participation des habitants en ligne" in bridged


def test_the_count_beside_a_value_is_what_choosing_it_gives(client: Any) -> None:
    told = client.get("/initiatives/?forme=mediation").content.decode()
    found = re.search(r'value="logement">.*?class="count">([\d\u202f]+)<', told)
    assert found
    narrowed = client.get("/initiatives/?forme=mediation&theme=logement").content.decode()
    assert count_told(narrowed) == int(found[1].replace("\u202f", ""))


def test_values_of_one_facet_add_up_and_facets_restrict_each_other(client: Any) -> None:
    def count(query: str) -> int:
        return count_told(client.get(f"/initiatives/?{query}").content.decode())

    assert count("theme=logement&theme=culture") >= max(
        count("theme=logement"), count("theme=culture")
    )
    assert count("theme=logement&forme=mediation") <= count("theme=logement")


@pytest.mark.parametrize("said", ["REG84", "Lyon", "69123", "Roubaix", "QN05971M", "Rhône"])
def test_a_territory_is_found_by_name_or_code(client: Any, said: str) -> None:
    told = client.get("/initiatives/", {"territoire": said}).content.decode()
    assert "Retirer le filtre" in told


def test_a_name_that_several_territories_bear_is_asked_about(client: Any) -> None:
    told = client.get("/initiatives/?territoire=Saint-Denis+Saint").content.decode()
    assert "Rien ne correspond" in told
    told = client.get("/initiatives/?territoire=sainte").content.decode()
    assert "Lequel\u202f?" in told
    assert "territoire=COM" in told


def test_nothing_found_says_which_filter_to_remove_and_what_it_would_give(client: Any) -> None:
    told = client.get("/initiatives/?q=zzzzqqqq&theme=logement").content.decode()
    assert "Rien ne correspond" in told
    assert 'href="?theme=logement">retirer «\u00a0zzzzqqqq\u00a0»</a>' in told


def test_the_address_of_a_form_is_answered_by_its_short_form(client: Any) -> None:
    answer = client.get("/initiatives/?q=wifi&ponts=non&ponts=oui&territoire=&tri=pertinence")
    assert answer.status_code == 302
    assert answer["Location"] == "/initiatives/?q=wifi&tri=pertinence"


def test_pages_follow_each_other_without_losing_or_repeating_anything(client: Any) -> None:
    ids = shown(client, "theme=culture&tri=titre")
    assert len(ids) == len(set(ids)) > 20


@pytest.mark.parametrize("query", ["theme=culture&tri=titre", "q=fablab", "territoire=REG84"])
@pytest.mark.parametrize("extension", ["csv", "jsonl", "geojson", "xlsx"])
def test_an_export_holds_what_is_shown_in_the_same_order(
    client: Any, query: str, extension: str
) -> None:
    answer = client.get(f"/initiatives/export.{extension}?{query}")
    raw = b"".join(answer.streaming_content)
    if extension == "csv":
        ids = [row["id"] for row in csv.DictReader(io.StringIO(raw.decode("utf-8-sig")))]
    elif extension == "jsonl":
        ids = [json.loads(line)["id"] for line in raw.decode().splitlines()]
    elif extension == "geojson":
        ids = [feature["id"] for feature in json.loads(raw)["features"]]
    else:
        rows = load_workbook(io.BytesIO(raw))["initiatives"].iter_rows(values_only=True)
        ids = [str(row[0]) for row in rows][1:]
    assert ids == shown(client, query)


def test_a_workbook_holds_every_row_however_many(client: Any) -> None:
    raw = b"".join(client.get("/initiatives/export.xlsx").streaming_content)
    book = load_workbook(io.BytesIO(raw))
    assert book["initiatives"].max_row == 1 + index_of(current()).all.bit_count()


def test_large_workbooks_are_made_one_by_one_and_small_ones_at_once(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with turns.alone("workbooks"):
        assert client.get("/initiatives/export.xlsx?theme=logement").status_code == 200
        monkeypatch.setattr(exports, "QUICK", 3)
        answer = client.get("/initiatives/export.xlsx?theme=logement")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == turns.RETRY_AFTER
    assert "/initiatives/export.csv?theme=logement" in answer.content.decode()


def test_a_commune_is_called_by_its_name_however_a_source_spells_it(client: Any) -> None:
    shouted = {"commune": "MONTÉLIMAR", "insee_code": "26198"}
    assert town_of(shouted) == "Montélimar"
    assert town_of(shouted | {"insee_code": None}) == "MONTÉLIMAR"
    assert town_of({"commune": None, "insee_code": None}) is None


@pytest.mark.parametrize(
    ("search", "said"),
    [
        ("capteurs", ">capteur</a>"),
        ("Civic tech", ">concertation numérique</a>"),
        ("wifi public", ">Wi-Fi public</a>"),
        ("open data", "/rencontres/?sujet=donnees"),
    ],
)
def test_a_search_that_names_a_notion_leads_to_its_words_in_the_other_world(
    client: Any, search: str, said: str
) -> None:
    told = client.get("/initiatives/", {"q": search}, follow=True).content.decode()
    assert said in told.split('class="named"')[1].split("</div>")[0]


@pytest.mark.parametrize("search", ["capteurs de Vénissieux", "zzz", "", "-"])
def test_a_search_that_names_no_notion_is_told_none(client: Any, search: str) -> None:
    told = client.get("/initiatives/", {"q": search}, follow=True).content.decode()
    assert 'class="named"' not in told


def test_the_name_of_an_export_says_its_filters_and_its_edition(client: Any) -> None:
    answer = client.get("/initiatives/export.csv?theme=logement&territoire=REG84")
    assert "territoire-reg84_theme-logement" in answer["Content-Disposition"]
    assert current().name in answer["Content-Disposition"]


def test_a_name_that_is_a_formula_stays_text_in_a_spreadsheet(client: Any, spoilt: str) -> None:
    raw = b"".join(client.get("/initiatives/export.csv").streaming_content)
    rows = {row["id"]: row for row in csv.DictReader(io.StringIO(raw.decode("utf-8-sig")))}
    assert rows[spoilt]["title"] == "'" + EVIL
    assert rows[spoilt]["carrier"] == "'@SUM(A1)"
    raw = b"".join(client.get("/initiatives/export.xlsx").streaming_content)
    cells = load_workbook(io.BytesIO(raw))["initiatives"].iter_rows()
    assert all(cell.data_type != "f" for row in cells for cell in row)


def test_a_name_that_is_markup_is_shown_as_written(client: Any, spoilt: str) -> None:
    told = client.get("/initiatives/?tri=titre").content.decode()
    assert "<script>alert" not in told
    assert "&lt;script&gt;alert(1)" in told
    page = client.get(f"/initiatives/{spoilt}/").content.decode()
    assert "<script>alert" not in page
    assert 'href="javascript:' not in page


@pytest.mark.parametrize(
    "query",
    [
        "q=" + "a" * 5000,
        "q=%00%FF%ED%A0%80",
        "q=%22%20OR%20*%20NEAR(",
        "q=-&q=*&q=%22",
        "page=-1",
        "page=99999999999999999999",
        "page=%D9%A3",
        "theme=%3Cscript%3E&theme=' OR 1=1",
        "&".join(f"theme={n}" for n in range(190)),
        "territoire=" + "x" * 900,
        "territoire=%3Cscript%3Ealert(1)%3C/script%3E",
        "tri=;DROP",
        "ponts=peut-etre",
        "annee=1e9&source=%25&certitude=",
    ],
)
def test_a_hostile_address_is_answered_with_a_page(client: Any, query: str) -> None:
    answer = client.get(f"/initiatives/?{query}", follow=True)
    assert answer.status_code == 200
    assert "<script>alert" not in answer.content.decode()
    assert client.get(f"/initiatives/export.jsonl?{query}").status_code == 200


def test_a_format_that_we_do_not_write_is_a_404(client: Any) -> None:
    assert client.get("/initiatives/export.exe").status_code == 404


def test_the_page_needs_no_script_and_keeps_its_weight_down(client: Any) -> None:
    answer = client.get("/initiatives/")
    told = answer.content.decode()
    assert len(answer.content) < 150_000
    assert " style=" not in told
    assert told.count("<script") == 1
    assert told.count("<h1") == 1


@pytest.mark.parametrize("words", ["minguettes", "quartier des Minguettes", "Les Minguettes"])
def test_a_search_for_a_quarter_leads_to_its_portrait(client: Any, words: str) -> None:
    assert "/territoires/QN06913M/" in client.get("/initiatives/", {"q": words}).content.decode()


@pytest.mark.parametrize("words", ["aide aux papiers", "civic tech", "centre", "les"])
def test_a_search_for_a_need_names_no_territory(client: Any, words: str) -> None:
    assert "porte ce nom" not in client.get("/initiatives/", {"q": words}).content.decode()


def test_a_long_text_is_folded_and_whole(client: Any) -> None:
    row = current().rows("SELECT id, text FROM initiatives ORDER BY length(text) DESC LIMIT 1")[0]
    page = client.get(f"/initiatives/{row['id']}/").content.decode()
    assert ("Lire tout le texte" in page) is (len(row["text"]) > 500)
