"""What people decided wins in a build, and only where it applies."""

from __future__ import annotations

import csv
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from conftest import run_quartiers
from quartiers.errors import InputError
from quartiers.judgements import Correction, correct, mark, read_judgements
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
    assert found.corrections == {"s:1": {"nom": Correction("Nouveau nom")}}


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
    issues = correct([record], {"s:1": {"commune": Correction("Vénissieux")}})
    assert (record.commune, record.longitude, record.insee_code) == ("Vénissieux", None, None)
    assert issues[0].severity == "alerte"


def test_a_correction_leaves_other_records_and_other_fields_alone() -> None:
    record = Record("s", "1", "lieu", "Un lieu", longitude=4.8, latitude=45.7)
    other = Record("s", "2", "lieu", "Un autre")
    correct([record, other], {"s:1": {"nom": Correction("Le lieu")}})
    assert (record.title, record.longitude, other.title) == ("Le lieu", 4.8, "Un autre")


@pytest.mark.parametrize(
    ("now", "kept", "remedy"),
    [
        ("Vieux nom", "Bon nom", "à signaler au producteur de la source"),
        ("Bon nom", "Bon nom", "rien : la source dit la même chose"),
        ("Un troisième nom", "Un troisième nom", "à relire"),
    ],
)
def test_a_correction_retires_when_its_source_mends_itself_or_moves_on(
    now: str, kept: str, remedy: str
) -> None:
    one = Correction("Bon nom", mark("Vieux nom"))
    record = Record("s", "1", "lieu", now)
    (issue,) = correct([record], {"s:1": {"nom": one}})
    assert (record.title, issue.remedy) == (kept, remedy)
    assert ("retirée" in issue.what) == (now != "Vieux nom")


def test_a_correction_of_a_blank_retires_when_the_source_fills_it() -> None:
    record = Record("s", "1", "lieu", "Un lieu", declared_qpv=["QN06913M"])
    one = {"s:1": {"code_qpv": Correction("QN06901M", mark([]))}}
    assert "retirée" in correct([record], one)[0].what
    assert record.declared_qpv == ["QN06913M"]


def test_a_doubt_goes_through_the_command_line_and_comes_back_in_a_build(
    embedded: Path, tmp_path: Path
) -> None:
    old = pq.read_table(embedded / "initiatives.parquet").to_pylist()
    alone = [row for row in old if len(row["records"]) == 1 and row["digital"] == "numerique"]
    sheet, answers = tmp_path / "paires.csv", tmp_path / "answers"
    run_quartiers("review", "pairs", str(sheet), "--edition", str(embedded))
    rows = list(csv.DictReader(sheet.read_text("utf-8").splitlines()))
    first, second = rows[0]["a"], rows[0]["b"]
    rows[0]["réponse"], rows[1]["réponse"] = "même", "même"
    rows[1]["marques"] = "0" * 12 + " " + "0" * 12  # its sources have changed since
    with sheet.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    said = ("--author", "A. Martin", "--date", "2027-01-01", "--labels", str(answers))
    run_quartiers("review", "import", str(sheet), *said)
    seen = {first, second, rows[1]["a"], rows[1]["b"]}
    three = next(row for row in alone if row["records"][0] not in seen)["records"][0]
    source, number = three.split(":", 1)
    files = [
        answers / "a-martin.csv",
        written(tmp_path, "l.csv", f"{LABELS}{source},{number},non,,,,,expert,x,2027-01-01\n"),
        written(
            tmp_path,
            "c.csv",
            CORRECTIONS.replace("\n", ",mark\n")
            + f"{three},porteur,La Régie,x,2027-01-01,\n{three},nom,Faux,x,2027-01-01,{'0' * 12}\n",
        ),
    ]
    options = [word for path in files for word in ("--judgements", str(path))]
    run_quartiers("build", "--embedded", *options, editions=tmp_path / "after")
    after = tmp_path / "after" / "current"
    entity = {
        row["about"]: row["entity_id"] for row in pq.read_table(after / "links.parquet").to_pylist()
    }
    assert entity[first] == entity[second]
    pairs = {(p["a"], p["b"]): p for p in pq.read_table(after / "pairs.parquet").to_pylist()}
    settled, doubted = pairs[first, second], pairs[rows[1]["a"], rows[1]["b"]]
    assert settled["decision"] == "meme" and doubted["decision"] == "doute"
    assert "A. Martin le 2027-01-01" in settled["because"][0]["note"]
    detected = pq.read_table(after / "detections.parquet", filters=[("about", "=", three)])
    assert detected["value"].to_pylist() == ["non-numerique"]
    records = pq.read_table(after / "records.parquet", filters=[("id", "=", three)]).to_pylist()
    assert records[0]["carrier"] == "La Régie" and records[0]["title"] != "Faux"
    told = [i["what"] for i in pq.read_table(after / "issues.parquet").to_pylist()]
    assert "« porteur » corrigé par une contribution relue" in told
    assert "correction de « nom » retirée : la source a changé depuis" in told
    assert "réponse sur une paire retirée : la source a changé depuis" in told


CORRECTED = "about,field,value,author,date\nbenchmark:a,nom,Médiation,X,2026-01-01\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_correction_is_read_whatever_its_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "corrections.csv"
    path.write_bytes(CORRECTED.encode(encoding))
    assert read_judgements([path]).corrections == {"benchmark:a": {"nom": Correction("Médiation")}}


@pytest.mark.parametrize("line", ["benchmark:a,nom", "benchmark:a,nom,b,c,d,e"])
def test_a_line_of_judgements_that_is_cut_or_overflows_is_refused(
    tmp_path: Path, line: str
) -> None:
    path = written(tmp_path, "corrections.csv", CORRECTED + line + "\n")
    with pytest.raises(InputError, match=r"line 3: \d cells where the header has 5"):
        read_judgements([path])


def test_a_correction_brings_no_contact_in() -> None:
    record = Record("s", "1", "action", "Atelier", "Un texte", commune="Lyon")
    issues = correct([record], {"s:1": {"description": Correction("Appeler le 06 12 34 56 78")}})
    assert record.text == "Appeler le [tel]"
    assert "12 34" not in issues[0].expected
