"""What people decided wins in a build, and only where it applies."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from conftest import run_quartiers
from quartiers.errors import InputError
from quartiers.judgements import correct, read_judgements
from quartiers.shapes import Record

LABELS = "source,source_id,digital,themes,infra,facets,optional,role,author,date\n"
PAIRS = "a,b,answer,author,date,mark_a,mark_b\n"
CORRECTIONS = "about,field,value,author,date\n"


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_each_kind_of_file_is_known_by_its_header(tmp_path: Path) -> None:
    found = read_judgements(
        [
            written(tmp_path, "l.csv", LABELS + "s,1,oui,culture,,,,expert,x,2026-01-01\n"),
            written(tmp_path, "p.csv", PAIRS + "s:1,s:2,même,x,2026-01-01,,\n"),
            written(tmp_path, "c.csv", CORRECTIONS + "s:1,nom,Nouveau nom,x,2026-01-01\n"),
        ]
    )
    assert found.labels["s:1"].themes == ("culture",)
    assert [(j.a, j.b, j.answer) for j in found.pairs] == [("s:1", "s:2", "même")]
    assert found.corrections == {"s:1": {"nom": "Nouveau nom"}}


@pytest.mark.parametrize(
    "text",
    [
        "x,y\n",
        "",
        PAIRS + "s:2,s:1,même,x,2026,,\n",
        PAIRS + "s:1,s:2,peut-être,x,2026,,\n",
        CORRECTIONS + "s:1,siret,1,x,2026\n",
    ],
)
def test_what_is_not_understood_stops_the_build_with_a_sentence(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError):
        read_judgements([written(tmp_path, "x.csv", text)])


def test_a_corrected_commune_drops_the_point_that_nobody_checked() -> None:
    record = Record("s", "1", "lieu", "Un lieu", longitude=4.8, latitude=45.7, insee_code="69123")
    issues = correct([record], {"s:1": {"commune": "Vénissieux"}})
    assert (record.commune, record.longitude, record.insee_code) == ("Vénissieux", None, None)
    assert issues[0].severity == "alerte"


def test_a_correction_leaves_other_records_and_other_fields_alone() -> None:
    record = Record("s", "1", "lieu", "Un lieu", longitude=4.8, latitude=45.7)
    other = Record("s", "2", "lieu", "Un autre")
    correct([record, other], {"s:1": {"nom": "Le lieu"}})
    assert (record.title, record.longitude, other.title) == ("Le lieu", 4.8, "Un autre")


def test_a_build_takes_a_label_a_pair_and_a_correction(tmp_path: Path) -> None:
    run_quartiers("build", "--embedded", editions=tmp_path / "before")
    old = pq.read_table(tmp_path / "before" / "current" / "initiatives.parquet").to_pylist()
    one, two, three = [
        row for row in old if len(row["records"]) == 1 and row["digital"] == "numerique"
    ][:3]
    first, second = sorted((one["records"][0], two["records"][0]))
    source, number = three["records"][0].split(":", 1)
    files = [
        written(tmp_path, "l.csv", f"{LABELS}{source},{number},non,,,,,expert,x,2027-01-01\n"),
        written(tmp_path, "p.csv", f"{PAIRS}{first},{second},même,x,2027-01-01,,\n"),
        written(tmp_path, "c.csv", f"{CORRECTIONS}{first},porteur,La Régie,x,2027-01-01\n"),
    ]
    options = [word for path in files for word in ("--judgements", str(path))]
    run_quartiers("build", "--embedded", *options, editions=tmp_path / "after")
    after = tmp_path / "after" / "current"
    new = {
        r: row
        for row in pq.read_table(after / "initiatives.parquet").to_pylist()
        for r in row["records"]
    }
    assert new[first]["id"] == new[second]["id"]
    assert new[first]["carrier"] == "La Régie"
    assert three["records"][0] not in new or new[three["records"][0]]["digital"] != "numerique"
    told = pq.read_table(after / "issues.parquet").to_pylist()
    assert any(i["record"] == first and "porteur" in i["what"] for i in told)
