"""OGC API – Features: the requirements of 17-069r4 and 18-058r1, by their ids."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache

from observatory.api.errors import Refusal
from observatory.api.ogc.parameters import box, days

pytestmark = pytest.mark.django_db
ROOT = "/api/ogc"
HERE = "http://testserver/api/ogc"
ITEMS = f"{ROOT}/collections/initiatives/items"


@pytest.fixture(scope="module")
def pointed(embedded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The embedded edition, its initiatives given points: the study's own have none."""
    copy = tmp_path_factory.mktemp("points") / "edition"
    shutil.copytree(embedded, copy)
    with sqlite3.connect(copy / "quartiers.sqlite") as connection:
        connection.execute(
            "UPDATE initiatives SET longitude = 2 + (rowid % 40) / 10.0, "
            "latitude = 44 + (rowid % 50) / 10.0"
        )
    return copy


@pytest.fixture(autouse=True)
def ready(settings: Any, pointed: Path) -> None:
    settings.EDITION = pointed
    cache.clear()


def links(document: Any) -> dict[str, str]:
    """rel → href; every link has rel and type (/req/core/fc-links)."""
    assert all(link["rel"] and link["type"] for link in document["links"])
    return {link["rel"]: link["href"] for link in document["links"]}


def test_req_core_root_success(client: Any) -> None:
    answer = client.get(f"{ROOT}/")
    assert answer.headers["Content-Type"] == "application/json"
    found = links(answer.json())
    assert {"self", "service-desc", "service-doc", "conformance", "data"} <= found.keys()
    for rel in ("service-desc", "service-doc", "conformance", "data"):
        assert client.get(found[rel]).status_code == 200, rel


def test_req_core_api_definition_success(client: Any) -> None:
    answer = client.get(f"{ROOT}/openapi.json")
    assert answer.headers["Content-Type"] == "application/vnd.oai.openapi+json;version=3.0"
    document = answer.json()
    assert document["openapi"].startswith("3.0.")
    bbox = document["components"]["parameters"]["bbox"]
    assert (bbox["style"], bbox["explode"]) == ("form", False)
    assert (bbox["schema"]["minItems"], bbox["schema"]["maxItems"]) == (4, 6)


def test_req_core_conformance_success(client: Any) -> None:
    classes = client.get(f"{ROOT}/conformance").json()["conformsTo"]
    for name in ("core", "geojson", "oas30"):
        assert f"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{name}" in classes


def test_req_core_fc_md_items_and_extent(client: Any) -> None:
    document = client.get(f"{ROOT}/collections").json()
    assert [c["id"] for c in document["collections"]] == ["initiatives", "places", "territories"]
    for collection in document["collections"]:
        assert links(collection)["items"] == f"{HERE}/collections/{collection['id']}/items"
        assert client.get(f"{ROOT}/collections/{collection['id']}").json() == collection
    west, south, east, north = document["collections"][0]["extent"]["spatial"]["bbox"][0]
    assert west < east
    assert south < north


def test_req_core_fc_response_and_links_and_numbers(client: Any) -> None:
    answer = client.get(f"{ITEMS}?limit=3")
    assert answer.headers["Content-Type"] == "application/geo+json"
    page = answer.json()
    assert (page["type"], page["numberReturned"]) == ("FeatureCollection", 3)
    assert links(page)["self"] == f"http://testserver{ITEMS}?limit=3"
    following = client.get(links(page)["next"]).json()
    assert not {f["id"] for f in page["features"]} & {f["id"] for f in following["features"]}
    assert "prev" in links(following)


def test_req_core_fc_number_matched_is_what_the_pages_hold(client: Any) -> None:
    address, seen = f"{ITEMS}?limit=40&bbox=2,48,3,49", []
    while address:
        page = client.get(address).json()
        seen += [feature["id"] for feature in page["features"]]
        address = links(page).get("next", "")
    assert len(set(seen)) == len(seen) == page["numberMatched"]


def test_req_core_fc_bbox_response(client: Any) -> None:
    for feature in client.get(f"{ITEMS}?bbox=4,45,5,46").json()["features"]:
        x, y = feature["geometry"]["coordinates"]
        assert 4 <= x <= 5
        assert 45 <= y <= 46
    whole = client.get(ITEMS).json()["numberMatched"]
    across = client.get(f"{ITEMS}?bbox=5.05,-90,4.05,90").json()["numberMatched"]
    between = client.get(f"{ITEMS}?bbox=4.05,-90,5.05,90").json()["numberMatched"]
    assert across + between == whole
    heights = client.get(f"{ITEMS}?bbox=4,45,0,5,46,900").json()["numberMatched"]
    assert heights == client.get(f"{ITEMS}?bbox=4,45,5,46").json()["numberMatched"]


def test_req_core_fc_time_response(client: Any) -> None:
    page = client.get(
        f"{ITEMS}?datetime=2016-01-01T00:00:00Z/2016-12-31T23:59:59Z&limit=500"
    ).json()
    assert page["features"]
    for feature in page["features"]:
        begun, ended = feature["properties"]["start"], feature["properties"]["end"]
        assert begun[:4] <= "2016" <= (ended or begun)[:4]


def test_req_core_f_success_and_links(client: Any) -> None:
    feature = client.get(f"{ITEMS}?limit=1").json()["features"][0]
    answer = client.get(f"{ITEMS}/{feature['id']}")
    assert answer.headers["Content-Type"] == "application/geo+json"
    one = answer.json()
    assert one["properties"] == feature["properties"]
    assert links(one)["collection"] == f"{HERE}/collections/initiatives"
    assert links(one)["self"] == f"http://testserver{ITEMS}/{feature['id']}"


@pytest.mark.parametrize(
    "query",
    [
        *("limit=0", "limit=x", "limit=-1", "offset=-1", "limit=1&limit=2", "bbox=1,2,3", "bbox=a,b,c,d"),
        *("bbox=nan,0,1,1", "bbox=0,50,1,40", "bbox=0,0,400,1", "datetime=hier", "datetime=2020-13-01"),
        *("datetime=2021-01-01/2020-01-01", "datetime=", "crs=EPSG:2154", "theme=zz", "inconnu=1"),
    ],
)  # fmt: skip
def test_req_core_query_param_invalid_or_unknown(client: Any, query: str) -> None:
    answer = client.get(f"{ITEMS}?{query}")
    assert answer.status_code == 400
    assert answer.json()["code"] == "400"


def test_a_limit_above_the_most_is_brought_down_to_it(client: Any) -> None:
    assert client.get(f"{ITEMS}?limit=5000").status_code == 200


@pytest.mark.parametrize(
    "address", ["zz", "zz/items", "initiatives/items/zz", "territories/items/FR"]
)
def test_what_is_not_there_is_a_404(client: Any, address: str) -> None:
    assert client.get(f"{ROOT}/collections/{address}").status_code == 404


def test_only_reading_is_allowed(client: Any) -> None:
    assert client.post(ITEMS).status_code == 405


def test_req_crs_fc_crs_action_and_header(client: Any) -> None:
    crs = "http://www.opengis.net/def/crs/EPSG/0/4326"
    usual = client.get(f"{ITEMS}?limit=1")
    turned = client.get(f"{ITEMS}?limit=1&crs={crs}")
    assert turned.headers["Content-Crs"] == f"<{crs}>"
    x, y = usual.json()["features"][0]["geometry"]["coordinates"]
    assert turned.json()["features"][0]["geometry"]["coordinates"] == [y, x]
    same = client.get(f"{ITEMS}?bbox=45,4,46,5&bbox-crs={crs}").json()["numberMatched"]
    assert same == client.get(f"{ITEMS}?bbox=4,45,5,46").json()["numberMatched"]


def test_quarters_are_features_with_their_extent(client: Any) -> None:
    page = client.get(f"{ROOT}/collections/territories/items?level=qpv&limit=1000").json()
    assert page["numberMatched"] == 1_609
    assert any("bbox" in feature for feature in page["features"])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("2019-05-02", ("2019-05-02", "2019-05-02")),
        ("2019-05-02T10:00:00+02:00", ("2019-05-02", "2019-05-02")),
        ("../2019-05-02", ("", "2019-05-02")),
        ("2019-05-02/", ("2019-05-02", "")),
    ],
)
def test_times_are_read_to_the_day(text: str, told: tuple[str, str]) -> None:
    assert days(text) == told


def test_a_box_in_latitude_first_is_turned() -> None:
    assert box("45,4,46,5", swapped=True) == (4, 45, 5, 46)
    with pytest.raises(Refusal):
        box("45,4,46", swapped=True)
