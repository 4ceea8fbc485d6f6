"""The API answers what the edition holds, page after page, and says no in plain words."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache

from observatory.api import guide
from observatory.api.buckets import CAPACITY, REFILL, take
from observatory.api.french import FRENCH
from observatory.contribute.limits import address_of
from observatory.edition import current
from quartiers.pipeline import judge
from quartiers.reading.rows import SAID
from quartiers.shapes import Record, records_batch

pytestmark = pytest.mark.django_db
API = "/api/v1"


@pytest.fixture(autouse=True)
def full_bucket() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def command(*arguments: str) -> list[Any]:
    """What the command line says, in a process of its own, as JSON Lines."""
    code = "from quartiers.cli import main; main()"
    environment = {k: v for k, v in os.environ.items() if k != "QUARTIERS_DATA"}
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        env=environment,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def read(client: Any, address: str, status: int = 200) -> Any:
    answer = client.get(API + address)
    assert answer.status_code == status, answer.content[:500]
    return answer.json()


def test_pages_give_every_initiative_once(client: Any) -> None:
    seen: list[str] = []
    address = f"{API}/initiatives?certainty=tous&limit=120"
    while address:
        page = client.get(address).json()
        seen += [item["id"] for item in page["items"]]
        address = page["next"]
    known = current().rows(
        "SELECT id FROM initiatives WHERE digital = 'numerique' OR digital IS NULL ORDER BY id"
    )
    assert seen == [row["id"] for row in known]
    assert page["count"] == len(seen)


def test_words_are_searched_page_after_page_without_a_repeat(client: Any) -> None:
    first = read(client, "/initiatives?q=atelier&limit=5")
    second = client.get(first["next"]).json()
    ids = [item["id"] for item in first["items"] + second["items"]]
    assert len(set(ids)) == 10


@pytest.mark.parametrize(
    ("asked", "holds"),
    [
        ("theme=logement", lambda row: "logement" in row["themes"]),
        ("form=mediation", lambda row: "mediation" in row["forms"]),
        ("infra=energie", lambda row: "energie" in row["infra"]),
        ("world=ville-intelligente", lambda row: row["world"] == "ville-intelligente"),
        ("kind=action", lambda row: row["kind"] == "action"),
        ("place_type=fablab", lambda row: "fablab" in row["place_types"]),
        ("year=2016", lambda row: row["start"].startswith("2016")),
        ("territory=DEP69", lambda row: row["insee_code"].startswith("69")),
        ("territory=Lyon", lambda row: row["insee_code"].startswith("6938") or row["insee_code"] == "69123"),
        ("in_quartiers=true", lambda row: row["in_quartiers"]),
        ("certainty=doute", lambda row: row["certainty"] == "doute"),
    ],
)  # fmt: skip
def test_a_filter_gives_only_what_it_says(client: Any, asked: str, holds: Any) -> None:
    items = read(client, f"/initiatives?{asked}&limit=200")["items"]
    assert items
    assert all(holds(item) for item in items)


def test_a_quarter_gives_what_stands_in_it(client: Any) -> None:
    code = current().value("SELECT qpv_code FROM initiatives WHERE qpv_etat = 'dedans'")
    items = read(client, f"/initiatives?territory={code}&certainty=tous")["items"]
    assert items
    assert {item["qpv"]["code"] for item in items} == {code}


def test_a_cursor_of_another_edition_is_refused_in_a_sentence(
    client: Any, settings: Any, served: Path, tmp_path: Path
) -> None:
    following = read(client, "/initiatives?limit=2")["next"]
    other = tmp_path / "autre"
    shutil.copytree(served, other)
    manifest = json.loads((other / "manifest.json").read_text("utf-8")) | {"edition": "autre"}
    (other / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    settings.EDITION = other
    answer = client.get(following)
    assert answer.status_code == 410
    assert "édition passée" in answer.json()["detail"]
    assert "past edition" in answer.json()["detail"]


@pytest.mark.parametrize("cursor", ["zz", "é", "a" * 299, "Cg", "////"])
def test_a_broken_cursor_is_refused_not_followed(client: Any, cursor: str) -> None:
    answer = client.get(f"{API}/initiatives", {"cursor": cursor})
    assert answer.status_code in (400, 410)


def test_an_initiative_tells_its_records_and_its_reasons(client: Any) -> None:
    row = current().row("SELECT id, records FROM initiatives WHERE digital = 'numerique'")
    assert row
    told = read(client, f"/initiatives/{row['id']}")
    assert [record["id"] for record in told["records"]] == sorted(json.loads(row["records"]))
    assert any(
        verdict["dimension"] == "digital" and verdict["because"] for verdict in told["verdicts"]
    )


def test_what_is_not_known_is_a_404_in_two_languages(client: Any) -> None:
    for address in (
        "/initiatives/zz",
        "/territories/zz",
        "/findings/C99",
        "/concepts/zz",
        "/match/zz",
    ):
        assert "(" in read(client, address, 404)["detail"]


def test_places_are_relay_places_digital_or_not(client: Any) -> None:
    page = read(client, "/places?limit=200")
    assert all(item["kind"] == "lieu" for item in page["items"])
    assert page["count"] == current().value(
        "SELECT count(DISTINCT i.id) FROM initiatives i JOIN initiative_places p "
        "ON p.initiative = i.id WHERE i.kind = 'lieu'"
    )


def test_the_csv_is_the_list(client: Any) -> None:
    answer = client.get(f"{API}/initiatives.csv?theme=logement")
    rows = list(csv.DictReader(io.StringIO(answer.getvalue().decode())))
    assert len(rows) == read(client, "/initiatives?theme=logement")["count"]


def test_detect_says_what_the_command_says(client: Any, tmp_path: Path) -> None:
    texts = ["Atelier d'initiation à l'informatique", "Un potager partagé", ""]
    path = tmp_path / "textes.jsonl"
    path.write_text("".join(json.dumps({"text": t}) + "\n" for t in texts), "utf-8")
    said = command("detect", str(path), "--json")
    answer = client.post(f"{API}/detect", {"texts": texts}, content_type="application/json")
    for row, item in zip(said, answer.json()["items"], strict=True):
        item["because"] = [{k: v for k, v in b.items() if v is not None} for b in item["because"]]
        assert item == {name: row[name] for name in item}


def test_detect_says_what_a_build_says_of_the_same_texts(client: Any) -> None:
    texts = [
        "Atelier d'initiation à l'informatique et démarches en ligne",
        "Un potager partagé",
        "EPN des Lilas : l'e\u0301cran tactile, écrire à epn@exemple.fr",
        "Réseau de chaleur et capteurs connectés",
        "Café sans internet",
    ]
    batch = records_batch([Record("essai", str(n), "action", "", t) for n, t in enumerate(texts)])
    built = judge(batch, perimeters=None)
    answer = client.post(f"{API}/detect", {"texts": texts}, content_type="application/json")
    items = answer.json()["items"]
    names = {"theme": "themes", "infra": "infra", "form": "facets"}
    for item, row in zip(items, built["detections"].to_pylist(), strict=True):
        assert item["digital"] == SAID[row["value"]]
        assert item["score"] == round(row["score"], 4)
        for said, known in zip(item["because"], row["because"], strict=True):
            assert known["weight"] == pytest.approx(said.pop("weight", None))
            assert {k: v for k, v in known.items() if v is not None and k != "weight"} == {
                k: v for k, v in said.items() if v is not None
            }
    values: list[dict[str, list[str]]] = [{n: [] for n in names.values()} for _ in texts]
    for row in built["classifications"].to_pylist():
        values[int(row["about"].split(":")[1])][names[row["dimension"]]].append(row["value"])
    assert values == [{name: item[name] for name in names.values()} for item in items]


def test_locate_says_what_the_command_says(client: Any, tmp_path: Path) -> None:
    row = {"commune": "Lyon", "text": "Un atelier au quartier de la Duchère"}
    path = tmp_path / "lieux.jsonl"
    path.write_text(json.dumps(row), "utf-8")
    (said,) = command("locate", str(path), "--json")
    by_post = client.post(f"{API}/locate", row, content_type="application/json").json()
    by_get = client.get(f"{API}/locate", row).json()
    assert by_post == by_get
    assert [answer["code"] for answer in by_get["qpv"]] == ["QN06934M"]
    assert by_get["qpv_etat"] == said["qpv_etat"]
    assert by_get["qpv"][0]["score"] == said["qpv"][0]["score"]


@pytest.mark.parametrize(
    "body",
    [{}, {"text": "a" * 2_001}, {"texts": []}, {"texts": ["a"] * 51}, {"texts": "a"}, [], "x"],
)
def test_detect_refuses_what_it_cannot_read(client: Any, body: Any) -> None:
    answer = client.post(f"{API}/detect", json.dumps(body), content_type="application/json")
    assert answer.status_code == 422
    assert answer.json()["detail"]


def test_a_body_that_is_no_json_is_a_sentence(client: Any) -> None:
    answer = client.post(f"{API}/detect", "{", content_type="application/json")
    assert answer.status_code == 400
    assert "detail" in answer.json()


@pytest.mark.parametrize(
    "asked", ["", "longitude=2", "longitude=200&latitude=1", "kind=zz&commune=Lyon"]
)
def test_locate_refuses_half_a_point(client: Any, asked: str) -> None:
    assert client.get(f"{API}/locate?{asked}").status_code == 422


def test_search_follows_bridges_unless_told_not_to(client: Any) -> None:
    along = read(client, "/search?q=civic tech&limit=50")["items"]
    alone = read(client, "/search?q=civic tech&limit=50&bridges=false")["items"]
    assert along[0]["path"]
    assert {hit["id"] for hit in along} - {hit["id"] for hit in alone}


def test_what_has_not_changed_is_not_sent_again(client: Any) -> None:
    first = client.get(f"{API}/themes")
    again = client.get(f"{API}/themes", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = client.get(f"{API}/findings", headers={"If-None-Match": first.headers["ETag"]})
    assert other.status_code == 200


def test_any_page_may_read_the_api_but_no_cookie_is_needed(client: Any) -> None:
    answer = client.get(f"{API}/themes")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert not answer.cookies
    assert client.options(f"{API}/detect").status_code == 204


def test_answers_are_compressed_for_those_who_ask(client: Any) -> None:
    answer = client.get(f"{API}/findings", headers={"Accept-Encoding": "br"})
    assert answer.headers["Content-Encoding"] == "br"


def test_a_client_that_asks_too_much_is_told_how_long_to_wait(client: Any) -> None:
    assert take("127.0.0.1", CAPACITY) == 0
    answer = client.get(f"{API}/themes")
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) >= 1


def test_a_bucket_fills_up_again_and_spares_a_steady_reader() -> None:
    assert all(take("reader", 1, now=1_000 + n / REFILL) == 0 for n in range(2_000))
    assert take("greedy", CAPACITY, now=1_000) == 0
    assert take("greedy", 1, now=1_000) == 1
    assert take("greedy", 1, now=1_001) == 0


def test_a_forged_proxy_header_does_not_hide_a_client(client: Any, settings: Any) -> None:
    request = client.get(f"{API}/themes", headers={"X-Forwarded-For": "1.2.3.4"}).wsgi_request
    assert address_of(request) == "127.0.0.1"
    settings.TRUSTED_PROXIES = 1
    request.META["HTTP_X_FORWARDED_FOR"] = "6.6.6.6, 1.2.3.4"
    assert address_of(request) == "1.2.3.4"


def test_without_an_edition_the_api_says_to_come_back(
    client: Any, settings: Any, tmp_path: Path
) -> None:
    settings.EDITION = tmp_path / "rien"
    assert client.get(f"{API}/themes").status_code == 503


def test_the_guide_names_every_address(client: Any) -> None:
    told = client.get("/api/").content.decode()
    for path in client.get(f"{API}/openapi.json").json()["paths"]:
        assert path in told
    assert '<script src="http' not in told


def test_the_guide_says_in_french_every_sentence_of_the_schema_and_no_other() -> None:
    shown = set(guide.KINDS.values())
    for tag, operations in guide.operations(False).items():
        shown |= {tag, *(operation["summary"] for operation in operations)}
        shown |= {p["said"] for operation in operations for p in operation["parameters"]}
    assert shown == set(FRENCH)
    assert not any(re.search(r" [:;!?»]|« ", said) for said in FRENCH.values())


def test_the_guide_speaks_the_language_of_its_address(client: Any) -> None:
    french, english = (client.get(address).content.decode() for address in ("/api/", "/en/api/"))
    for page, told, other in (
        (french, "Un des huit thèmes", "One of the eight themes"),
        (english, "One of the eight themes", "Un des huit thèmes"),
        (english, "Media libraries, social centres", "Médiathèques, centres sociaux"),
    ):
        assert told in page
        assert other not in page
