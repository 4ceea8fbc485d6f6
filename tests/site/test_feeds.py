"""Feeds, catalogues, the frame for other sites, the health page."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from django.core.cache import cache
from rdflib import Graph, Namespace
from rdflib.namespace import RDF

from observatory.edition import current

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
DCAT, DCT = Namespace("http://www.w3.org/ns/dcat#"), Namespace("http://purl.org/dc/terms/")


@pytest.fixture(autouse=True)
def full_bucket() -> Iterator[None]:
    cache.clear()
    yield


def feed(client: Any) -> ElementTree.Element:
    return ElementTree.fromstring(client.get("/flux/initiatives.atom").content)


def grown(served: Path, root: Path) -> str:
    """An edition after the embedded one, where one initiative is new and one has another title."""
    shutil.copytree(served, root / "avant")
    after = root / "apres"
    shutil.copytree(served, after)
    manifest = json.loads((after / "manifest.json").read_text("utf-8"))
    manifest |= {"edition": "apres", "built_at": "2099-01-01T00:00:00Z"}
    (after / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    for folder, sql in (
        ("avant", "DELETE FROM initiatives WHERE id = ?"),
        ("apres", "UPDATE initiatives SET title = '<b>Autre</b>' || char(7) WHERE id = ?"),
    ):
        with sqlite3.connect(root / folder / "quartiers.sqlite") as connection:
            rows = connection.execute(
                "SELECT id FROM initiatives WHERE digital = 'numerique' ORDER BY id LIMIT 2"
            ).fetchall()
            connection.execute(sql, rows[0 if folder == "avant" else 1])
    return str(rows[0][0])


def test_the_feed_of_a_first_edition_shows_the_latest(client: Any) -> None:
    told = feed(client)
    assert "Première édition" in (told.findtext(f"{ATOM}subtitle") or "")
    entries = told.findall(f"{ATOM}entry")
    ids = [entry.findtext(f"{ATOM}id") or "" for entry in entries]
    assert len(set(ids)) == len(ids) > 10
    assert all(i.startswith("tag:testserver,2026:initiative/q") for i in ids)


def test_the_feed_tells_what_is_new_and_what_changed(
    client: Any, settings: Any, served: Path, tmp_path: Path
) -> None:
    new = grown(served, tmp_path)
    settings.EDITION = tmp_path / "apres"
    entries = feed(client).findall(f"{ATOM}entry")
    titles = [entry.findtext(f"{ATOM}title") or "" for entry in entries]
    assert [title.split(" : ")[0] for title in titles] == ["Nouvelle", "Modifiée"]
    assert entries[0].findtext(f"{ATOM}id") == f"tag:testserver,2026:initiative/{new}"
    assert "<b>Autre</b>" in titles[1]


def test_the_site_map_lists_each_initiative_once(client: Any) -> None:
    index = ElementTree.fromstring(client.get("/sitemap.xml").content)
    parts = [node.text or "" for node in index.iter(f"{MAP}loc")]
    found: list[str] = []
    for part in parts:
        page = ElementTree.fromstring(client.get(part).content)
        found += [node.text or "" for node in page.iter(f"{MAP}loc")]
    ids = [address for address in found if "/initiatives/q" in address]
    assert len(set(found)) == len(found)
    assert len(ids) == current().value(
        "SELECT count(*) FROM initiatives WHERE digital = 'numerique'"
    )


def test_robots_are_told_where_the_map_is(client: Any) -> None:
    told = client.get("/robots.txt").content.decode()
    assert "Sitemap: http://testserver/sitemap.xml" in told
    assert "Disallow: /moderation/" in told


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph")  # rdflib's own JSON-LD reader
def test_the_catalogue_says_the_same_in_its_three_clothes(client: Any) -> None:
    sizes = set()
    for kind, form in (("jsonld", "json-ld"), ("ttl", "turtle"), ("rdf", "xml")):
        graph = Graph().parse(data=client.get(f"/catalogue.{kind}").content, format=form)
        sizes.add(len(graph))
        (catalogue,) = graph.subjects(RDF.type, DCAT.Catalog)
        for needed in (DCT.title, DCT.description, DCT.publisher, DCAT.dataset):
            assert list(graph.objects(catalogue, needed)), needed
        (dataset,) = graph.subjects(RDF.type, DCAT.Dataset)
        for needed in (DCT.title, DCT.description, DCT.license, DCAT.distribution):
            assert list(graph.objects(dataset, needed)), needed
        for file in graph.subjects(RDF.type, DCAT.Distribution):
            assert list(graph.objects(file, DCAT.accessURL))
    assert len(sizes) == 1


def test_every_file_of_the_catalogue_can_be_had(client: Any) -> None:
    graph = Graph().parse(data=client.get("/catalogue.ttl").content, format="turtle")
    for file, address in graph.subject_objects(DCAT.downloadURL):
        answer = client.get(str(address).removeprefix("http://testserver"))
        assert answer.status_code == 200
        assert str(len(answer.getvalue())) == str(graph.value(file, DCAT.byteSize))


def test_search_engines_are_told_of_the_dataset(client: Any) -> None:
    told = client.get("/catalogue.schema.json").json()
    assert told["dataset"]["@type"] == "Dataset"
    assert told["dataset"]["distribution"]


def test_the_widget_alone_may_be_framed(client: Any) -> None:
    framed = client.get("/widget/?territory=DEP69")
    assert "frame-ancestors *" in framed.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in framed.headers
    assert b"<script" not in framed.content
    assert "Rhône" in framed.content.decode()
    guide = client.get("/api/")
    assert "frame-ancestors 'none'" in guide.headers["Content-Security-Policy"]
    assert guide.headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("asked", ["zz", "<script>", "x" * 5_000, "\0"])
def test_the_widget_of_nowhere_is_a_sentence(client: Any, asked: str) -> None:
    answer = client.get("/widget/", {"territory": asked})
    assert answer.status_code == 404
    assert b"<script>" not in answer.content


def test_health_tells_the_edition_and_fails_without_one(
    client: Any, settings: Any, tmp_path: Path
) -> None:
    told = client.get("/sante").json()
    assert told["well"] is True
    assert told["edition"] == current().name
    settings.EDITION = tmp_path / "rien"
    ill = client.get("/sante")
    assert ill.status_code == 503
    assert ill.json()["well"] is False


def test_the_data_page_tells_search_engines_of_the_dataset(client: Any) -> None:
    page = client.get("/donnees/").content.decode()
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert found
    dataset = json.loads(found[1])["dataset"]
    assert dataset["@type"] == "Dataset"
    assert dataset["version"] == current().name
    assert all("/donnees/fichiers/" in one["contentUrl"] for one in dataset["distribution"])
    assert client.get("/qualite/").content.decode().count("ld+json") == 0
