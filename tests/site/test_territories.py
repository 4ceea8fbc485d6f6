"""Territories: found by what people type, honest about silence, comparable, to be taken away."""

from __future__ import annotations

import io
import shutil
import sqlite3
import subprocess
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from observatory import ground, turns
from observatory.edition import current
from observatory.gazetteer import in_use
from observatory.ground import territories
from observatory.pages import portrait
from site_fixtures import told

pytestmark = pytest.mark.django_db

LYON, MINGUETTES = "EPCI200046977", "QN06913M"


def silent() -> str:
    """A quarter of which the edition knows nothing."""
    edition = current()
    return next(c for c in sorted(ground.territories().qpv) if not ground.count(edition, c))


@pytest.mark.parametrize("language", ["", "/en"])
@pytest.mark.parametrize("code", ["FR", "REG84", "DEP69", LYON, "COM69259", MINGUETTES])
def test_each_level_has_its_page_with_one_title_and_ordered_headings(
    client: Any, language: str, code: str
) -> None:
    page = told(client, f"{language}/territoires/{code}/")
    assert page.count("<h1") == 1
    assert "style=" not in page
    assert "http-equiv" not in page
    levels = [int(page[i + 2]) for i in range(len(page)) if page[i : i + 2] == "<h"
              and page[i + 2].isdigit()]  # fmt: skip
    assert all(b - a <= 1 for a, b in pairwise(levels))


def test_a_path_names_no_territory_twice(client: Any) -> None:
    path = told(client, "/territoires/COM75056/").split('class="crumbs"')[1].split("</nav>")[0]
    assert path.count(">Paris<") == 1
    assert path.count(">Île-de-France<") == 1


def test_the_figure_shown_is_the_edition_s(client: Any) -> None:
    count = current().value(
        "SELECT value FROM measures WHERE territory = ? AND indicator = 'initiatives'", (LYON,)
    )
    assert f"<b>{count:.0f}</b>" in told(client, f"/territoires/{LYON}/")


def test_a_quarter_with_nothing_known_is_never_said_to_have_nothing(client: Any) -> None:
    page = told(client, f"/territoires/{silent()}/")
    assert "<b>0</b>" not in page
    assert "Non observé" in page or "Absent" in page
    assert "La déclarer prend cinq minutes" in page


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("QN06913M", MINGUETTES),
        ("qn06913m", MINGUETTES),
        ("69259", "COM69259"),
        ("venissieux", "COM69259"),
        ("200046977", LYON),
        ("métropole de Lyon", LYON),
        ("69", "DEP69"),
        ("auvergne rhone alpes", "REG84"),
    ],
)
def test_a_name_or_a_code_leads_to_its_territory(client: Any, typed: str, code: str) -> None:
    answer = client.get("/territoires/", {"q": typed})
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/territoires/{code}/"


def test_a_postcode_leads_to_the_commune_that_initiatives_give_it(
    client: Any, settings: Any, served: Path, tmp_path: Path
) -> None:
    for name in ("quartiers.sqlite", "manifest.json"):
        shutil.copy(served / name, tmp_path / name)
    with closing(sqlite3.connect(tmp_path / "quartiers.sqlite")) as written:
        written.execute("UPDATE initiatives SET postcode = '69200' WHERE insee_code = '69259'")
        written.commit()
    settings.EDITION = tmp_path
    answer = client.get("/territoires/", {"q": "69200"})
    assert answer.headers["Location"] == "/territoires/COM69259/"


def test_a_postcode_that_no_initiative_bears_proposes_its_departement(client: Any) -> None:
    assert "/territoires/DEP69/" in told(client, "/territoires/?q=69200")
    answer = client.get("/territoires/", {"q": "69999"})
    assert answer.headers["Location"] == "/territoires/DEP69/"


def test_a_name_of_several_territories_proposes_them(client: Any) -> None:
    page = told(client, "/territoires/?q=Saint-Denis")
    assert "/territoires/COM93066/" in page
    assert "/territoires/COM97411/" in page


def test_a_misspelt_name_is_understood(client: Any) -> None:
    answer = client.get("/territoires/", {"q": "venisieu"})
    assert answer.headers["Location"] == "/territoires/COM69259/"


def test_an_unknown_code_proposes_near_names(client: Any) -> None:
    page = told(client, "/territoires/venisieux/", 404)
    assert "Vénissieux" in page
    assert 'role="search"' in page


def test_a_quarter_is_found_by_the_name_in_use_and_says_it(client: Any) -> None:
    answer = client.get("/territoires/", {"q": "Mas du Taureau"})
    assert answer.headers["Location"] == "/territoires/QN06916M/"
    assert "Mas du Taureau" in told(client, "/territoires/QN06916M/").split('class="buttons"')[0]
    other = next(code for code in territories().qpv if code not in in_use())
    assert "noms en usage" not in told(client, f"/territoires/{other}/")


def test_a_commune_without_a_quarter_leads_to_its_departement(client: Any) -> None:
    page = told(client, "/territoires/COM01001/", 404)
    assert "/territoires/DEP01/" in page
    assert "n'a aucun quartier prioritaire" in page
    assert "Nous ne connaissons pas" not in page


def test_a_departement_without_a_quarter_is_not_sent_to_itself(client: Any) -> None:
    page = told(client, "/territoires/DEP975/", 404)
    assert "<h1>Saint-Pierre-et-Miquelon</h1>" in page
    assert "Vouliez-vous dire" not in page


@pytest.mark.parametrize(
    "query",
    ["q=%00", "q=" + "a" * 5000, "q=%27%22%3E%3Cscript%3E", "q=%F0%9F%92%A9", "q=a&q=b", "q=99999"],
)
def test_nothing_typed_breaks_the_page(client: Any, query: str) -> None:
    page = told(client, f"/territoires/?{query}")
    assert "<script>" not in page.split("<main")[1]


def test_the_portrait_of_a_quarter_comes_as_a_page_without_script(client: Any) -> None:
    answer = client.get(f"/territoires/{MINGUETTES}/portrait.html")
    policy = answer.headers["Content-Security-Policy"]
    assert answer.status_code == 200
    assert "unsafe-inline" not in policy
    assert "script-src 'none'" in policy
    assert "sha256-" in policy
    assert "Minguettes" in answer.content.decode()


def test_the_portrait_s_figures_come_as_a_workbook(client: Any) -> None:
    answer = client.get(f"/territoires/{LYON}/portrait.xlsx")
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)), read_only=True)
    cells = {cell for sheet in book for row in sheet.values for cell in row}
    assert "initiatives" in cells or "Initiatives" in cells
    assert (
        current().value("SELECT title FROM initiatives WHERE qpv_code = ?", (MINGUETTES,)) in cells
    )


def test_the_portrait_in_pdf_is_a_pdf(client: Any) -> None:
    answer = client.get(f"/territoires/{MINGUETTES}/portrait.pdf")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert b"".join(answer.streaming_content).startswith(b"%PDF")


def test_a_second_portrait_waits_its_turn(client: Any) -> None:
    with turns.alone("portraits"):
        answer = client.get("/territoires/DEP13/portrait.html")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == turns.RETRY_AFTER


def test_a_portrait_that_cannot_be_made_says_so(client: Any, monkeypatch: Any) -> None:
    def stopped(*_: Any) -> None:
        raise subprocess.TimeoutExpired("report", portrait.SECONDS)

    monkeypatch.setattr(portrait, "write", stopped)
    answer = client.get("/territoires/DEP31/portrait.pdf")
    assert answer.status_code == 503
    assert "n'a pas pu être préparé" in answer.content.decode()


@pytest.mark.parametrize("kind", ["exe", "html.bak", "..%2F..%2Fsecret_key"])
def test_other_kinds_of_portrait_do_not_exist(client: Any, kind: str) -> None:
    told(client, f"/territoires/{MINGUETTES}/portrait.{kind}", 404)


def test_portraits_of_older_editions_are_removed(tmp_path: Path) -> None:
    for number in range(4):
        (tmp_path / str(number)).mkdir()
    portrait.forget(tmp_path / "3")
    assert len(list(tmp_path.iterdir())) == portrait.KEPT
