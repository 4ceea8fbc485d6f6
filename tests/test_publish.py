"""What an edition publishes opens in other people's tools and harms nobody."""

from __future__ import annotations

import csv
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pyarrow.parquet as pq
import rdflib
from openpyxl import load_workbook

from quartiers.publish.exports import mednum_rows
from quartiers.tabular.cells import flat, printable


def test_the_csv_and_the_workbook_hold_every_initiative(embedded: Path) -> None:
    rows = pq.read_table(embedded / "initiatives.parquet").num_rows
    with (embedded / "exports" / "initiatives.csv").open(encoding="utf-8", newline="") as stream:
        table = list(csv.DictReader(stream))
    assert len(table) == rows
    book = load_workbook(embedded / "exports" / "initiatives.xlsx", read_only=True)
    with closing(book):
        assert sum(1 for _ in book.active.iter_rows()) == rows + 1


def test_the_geojson_is_a_feature_collection_of_points_in_longitude_latitude(
    embedded: Path,
) -> None:
    text = (embedded / "exports" / "initiatives.geojson").read_text("utf-8")
    collection = json.loads(text)
    assert collection["type"] == "FeatureCollection"
    for feature in collection["features"]:
        longitude, latitude = feature["geometry"]["coordinates"]
        assert -180 <= longitude <= 180
        assert -90 <= latitude <= 90


def test_the_thesaurus_opens_as_skos(embedded: Path) -> None:
    graph = rdflib.Graph().parse(embedded / "exports" / "thesaurus.ttl", format="turtle")
    concepts = set(graph.subjects(rdflib.RDF.type, rdflib.SKOS.Concept))
    assert len(concepts) >= 200


def test_the_catalogue_lists_each_file_with_its_true_size(embedded: Path) -> None:
    folder = embedded / "exports"
    catalogue = json.loads((folder / "catalogue.jsonld").read_text("utf-8"))
    for distribution in catalogue["dcat:distribution"]:
        path = folder / distribution["dct:identifier"]
        assert path.stat().st_size == distribution["dcat:byteSize"]


def test_the_sqlite_file_agrees_with_the_tables(embedded: Path) -> None:
    rows = pq.read_table(embedded / "initiatives.parquet").num_rows
    with sqlite3.connect(f"file:{embedded / 'quartiers.sqlite'}?mode=ro", uri=True) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("SELECT count(*) FROM initiatives").fetchone() == (rows,)
        text = connection.execute("SELECT because FROM detections LIMIT 1").fetchone()[0]
        assert isinstance(json.loads(text), list)


def test_a_cell_that_a_spreadsheet_would_run_is_quoted_and_others_are_left_alone() -> None:
    assert flat("=HYPERLINK(1)") == "'=HYPERLINK(1)"
    assert flat("@SUM(A1)") == "'@SUM(A1)"
    assert flat("+33") == "'+33"
    assert flat("Point d'accueil") == "Point d'accueil"
    assert flat(-4.5) == -4.5
    assert flat(["a", "b"]) == "a|b"
    assert flat(None) is None


def test_control_characters_never_reach_a_workbook() -> None:
    assert printable("a\x00b\x0bc\nd") == "abc\nd"


def test_a_place_without_a_compulsory_column_is_left_out_of_the_mednum_list() -> None:
    place = {
        "id": "q1",
        "title": "EPN",
        "kind": "lieu",
        "digital": "numerique",
        "commune": "Lyon",
        "postcode": "69008",
        "address": "1 rue de la Paix",
        "updated": "2024-01-01",
        "insee_code": "69388",
        "latitude": 45.7,
        "longitude": 4.8,
        "place_types": ["epn"],
        "services": [],
    }
    assert [row["nom"] for row in mednum_rows([place])] == ["EPN"]
    assert list(mednum_rows([place | {"address": None}])) == []
    assert list(mednum_rows([place | {"digital": None}])) == []
