"""What pages read of a territory is what the build wrote, and nothing more."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from quartiers.compare import reading
from quartiers.compare.holdings import lay
from quartiers.compare.peers import find_peers, lacking
from quartiers.errors import EditionError
from quartiers.tables import PORTRAITS
from quartiers.territories import load

LYON, MINGUETTES = "EPCI200046977", "QN06913M"


def test_every_table_of_pages_is_in_both_stores_with_the_same_rows(embedded: Path) -> None:
    connection = reading.open_tables(embedded)
    for name, schema in PORTRAITS.items():
        table = pq.read_table(embedded / f"{name}.parquet")
        assert table.schema.equals(schema), name
        assert reading.ask(connection, f'SELECT * FROM "{name}"') == table.to_pylist(), name


def test_the_findings_are_read_as_they_were_written(embedded: Path) -> None:
    written = pq.read_table(embedded / "findings.parquet").to_pylist()
    assert reading.findings(reading.open_tables(embedded)) == written


def test_a_portrait_is_whole_and_its_peers_are_those_of_the_method(embedded: Path) -> None:
    connection = reading.open_tables(embedded)
    for code in (LYON, MINGUETTES):
        page = reading.portrait_of(connection, code)
        assert page is not None
        peers = find_peers(lay(load()), code)
        assert [p["code"] for p in page["peers"]] == [p.ground.code for p in peers]
        assert [p["distance"] for p in page["peers"]] == [p.distance for p in peers]
        assert set(page["measures"]) == {code, "FR", *(p["code"] for p in page["peers"])}
        listed = reading.initiatives_of(connection, code)
        assert len(listed) == page["territory"]["initiatives"]
        assert page["measures"][code]["initiatives", None]["n"] == len(listed)


def test_what_peers_do_is_told_with_initiatives_of_the_peers(embedded: Path) -> None:
    connection = reading.open_tables(embedded)
    page = reading.portrait_of(connection, LYON)
    assert page is not None
    grounds = lay(load())
    held = {
        p["code"]: reading.initiatives_of(connection, p["code"])
        for p in [*page["peers"], {"code": LYON}]
    }
    found = lacking(grounds.by_code[LYON], find_peers(grounds, LYON), held)
    assert [(x["kind"], x["value"], x["having"]) for x in page["lacks"]] == [
        (x.kind, x.value, x.having) for x in found[:12]
    ]
    theirs = {r["id"] for p in page["peers"] for r in held[p["code"]]}
    assert all(set(row["examples"]) <= theirs and row["examples"] for row in page["lacks"])


def test_a_share_among_the_findings_has_as_many_initiatives_behind_it_as_it_counts(
    embedded: Path,
) -> None:
    connection = reading.open_tables(embedded)
    for finding in reading.findings(connection):
        counted = reading.evidence_of(connection, finding["id"])
        if finding["unit"] == "part" and finding["value"] is not None:
            assert len(counted) == round(finding["value"] * finding["n"]), finding["id"]
        assert all(row["records"] and row["sources"] for row in counted)


def test_an_unknown_territory_has_no_portrait(embedded: Path, tmp_path: Path) -> None:
    assert reading.portrait_of(reading.open_tables(embedded), "COM01001") is None
    with pytest.raises(EditionError, match="build"):
        reading.open_tables(tmp_path)


def test_a_list_belongs_to_the_source_whose_name_begins_its_own() -> None:
    known = ["mednum", "mednum-paca-2023", "benchmark"]
    assert reading.source_of("mednum-cnfs-2022", known) == "mednum"
    assert reading.source_of("mednum-paca-2023", known) == "mednum-paca-2023"
    assert reading.source_of("mednumerique", known) == "mednumerique"
