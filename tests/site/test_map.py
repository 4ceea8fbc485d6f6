"""The map shows what the catalogue finds: a list first, points where a script may draw them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from observatory.catalogue.index import index_of
from observatory.edition import current

pytestmark = pytest.mark.django_db


def test_without_a_script_the_page_is_the_list(client: Any) -> None:
    told = client.get("/carte/?theme=culture").content.decode()
    listed = re.search(r'id="visibles">.*?</ul>', told, re.S)
    assert listed
    assert listed[0].count('href="/initiatives/') == 20
    assert re.search(r'<section class="drawn"[^>]* hidden>', told)


def test_the_points_are_those_of_the_filters_that_have_one(client: Any) -> None:
    points = client.get("/carte/points.json?theme=culture").json()
    ids = {
        current().value("SELECT id FROM search_entries WHERE number = ?", (n,)) for n in points["n"]
    }
    known = {
        row["id"]
        for row in current().rows(
            "SELECT i.id FROM initiatives i JOIN initiative_themes t ON t.initiative = i.id "
            "WHERE t.theme = 'culture' AND i.longitude IS NOT NULL "
            "AND i.digital IS NOT 'non-numerique'"
        )
    }
    assert ids == known
    columns = {len(points[name]) for name in ("n", "lon", "lat", "theme")}
    assert columns == {len(known)}


def test_what_has_no_point_is_counted_in_words(client: Any) -> None:
    index = index_of(current())
    drawn = len(client.get("/carte/points.json").json()["n"])
    missing = index.all.bit_count() - drawn
    told = client.get("/carte/").content.decode()
    assert f"dont {missing} sans point connu" in told


def test_names_come_in_the_order_asked_and_no_more_than_a_screen(client: Any) -> None:
    ids = index_of(current()).ids
    rows = client.get("/carte/fiches.json?n=5,2,3").json()["rows"]
    assert [row["id"] for row in rows] == [ids[5], ids[2], ids[3]]
    many = ",".join(str(n) for n in range(1, 500))
    assert len(client.get(f"/carte/fiches.json?n={many}").json()["rows"]) == 60


@pytest.mark.parametrize(
    "address",
    [
        "/carte/?theme=%3Cscript%3Ealert(1)%3C/script%3E&territoire=%00",
        "/carte/points.json?q=%22%20NEAR(&annee=x",
        "/carte/fiches.json",
        "/carte/fiches.json?n=-1,1e9,9999999,,%D9%A3,<b>,0",
        "/carte/quartiers.json?x=1",
    ],
)
def test_a_hostile_address_is_answered(client: Any, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200
    assert "<script>alert" not in answer.content.decode()


def test_the_library_and_every_file_are_ours(client: Any) -> None:
    told = client.get("/carte/").content.decode()
    loaded = re.findall(r'(?:src|href|data-\w+)="(https?:[^"]+)"', told)
    assert loaded == []
    assert " style=" not in told
    assert "leaflet" not in client.get("/initiatives/").content.decode()


def test_each_theme_has_a_shape_of_its_own(client: Any) -> None:
    told = client.get("/carte/").content.decode()
    shapes = re.findall(r'<path data-theme="([\w-]*)" d="([^"]+)"', told)
    assert len(shapes) == len({d for _, d in shapes}) == 9


def test_the_background_is_light_and_names_every_departement() -> None:
    path = Path(__file__).parents[2] / "src/observatory/static/site/departements.json"
    assert path.stat().st_size < 100_000
    outlines = json.loads(path.read_text("utf-8"))
    assert {"75", "2A", "971", "976"} <= set(outlines)
    assert len(outlines) >= 101
