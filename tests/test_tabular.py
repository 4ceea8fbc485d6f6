"""Tables as people send them: read for what they are, or refused in one clear sentence."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from conftest import run_quartiers
from quartiers.errors import InputError
from quartiers.tabular import open_output, open_table

GOOD = "nom,commune\nÉcole des Minguettes,Vénissieux\n"


def cells(path: Path) -> list[dict[str, str]]:
    return [row.cells for row in open_table(path)]


def saved(folder: Path, content: bytes, name: str = "liste.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def zipped(name: str, size: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, b"0" * size)
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        GOOD.encode(),
        codecs.BOM_UTF8 + GOOD.encode(),
        GOOD.encode("utf-16"),
        GOOD.encode("cp1252"),
        GOOD.replace(",", ";").encode(),
        GOOD.replace(",", "\t").encode(),
        GOOD.replace("\n", "\r\n").encode(),
        GOOD.replace("nom", '"nom"').encode(),
        GOOD.replace("nom", " nom \u200b").encode(),
        (GOOD + "\n\n").encode(),
        GOOD.replace("nom,commune", "nom,commune,,").encode(),
        gzip.compress(GOOD.encode()),
        json.dumps([{"nom": "École des Minguettes", "commune": "Vénissieux"}]).encode(),
        b'{"nom": "\\u00c9cole des Minguettes", "commune": "V\\u00e9nissieux"}\n',
    ],
    ids=[
        *("plain", "bom", "utf-16", "cp1252", "semicolon", "tab", "crlf", "quoted header"),
        *("invisible characters", "blank lines", "empty trailing columns", "gzip", "json", "jsonl"),
    ],
)
def test_the_same_table_is_read_whatever_its_clothes(tmp_path: Path, content: bytes) -> None:
    (row,) = cells(saved(tmp_path, content))
    assert row["nom"] == "École des Minguettes"
    assert row["commune"] == "Vénissieux"


HOSTILE: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "is empty"),
    "blanks only": (b" \n\t\n ", "only blanks"),
    "a web page": (b"<!DOCTYPE html><html><body>Erreur 404</body></html>", "web page"),
    "an XML file": (b"<?xml version='1.0'?><liste/>", "web page or an XML"),
    "a NUL byte": (b"nom,commune\nEP\x00N,Lyon\n", "NUL byte"),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "NUL byte"),
    "a truncated gzip": (gzip.compress(GOOD.encode() * 500)[:-12], "damaged gzip"),
    "a gzip with a broken middle": (gzip.compress(GOOD.encode())[:14] + b"XXXX", "damaged gzip"),
    "a gzip bomb": (gzip.compress(b"a," * 30_000_000), "swells beyond"),
    "a zip bomb as a workbook": (zipped("xl/worksheets/sheet1.xml", 60_000_000), "swells to"),
    "an archive that is no workbook": (zipped("lisez-moi.txt", 10), "not a spreadsheet"),
    "a truncated workbook": (b"PK\x03\x04" + b"\x00" * 40, "damaged spreadsheet"),
    "a doubled column": (b"nom,nom\na,b\n", "more than once"),
    "a column without name": (b"nom,,commune\na,b,c\n", "column 2 has no name"),
    "no header": (b",,\na,b,c\n", "no header line"),
    "a giant cell": (b"nom\n" + b"x" * 1_200_000 + b"\n", "field larger"),
    "a quote never closed": (b'nom,commune\n"EPN,Lyon\n' + b"a,b\n" * 400_000, "never"),
    "broken JSON": (b'[{"nom": "a"}, {"nom": ', "not valid JSON"),
    "JSON that is not a list of objects": (b"[1, 2, 3]", "list of objects"),
    "an empty JSON list": (b"[]", "empty list"),
    "a JSON error message": (b'{"error": "quota exceeded"}', "error message"),
    "JSON nested without end": (b"[" * 100_000, "not valid JSON"),
    "a broken JSON line": (b'{"nom": "a"}\n{"nom": \n', "line 2 is not valid JSON"),
    "a JSON line that is no object": (b'{"nom": "a"}\n[1]\n', "line 2: an object"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_gets_one_clear_sentence(tmp_path: Path, name: str) -> None:
    content, sentence = HOSTILE[name]
    path = saved(tmp_path, content)
    with pytest.raises(InputError, match=sentence) as caught:
        cells(path)
    said = str(caught.value)
    assert "liste.csv" in said
    assert "\n" not in said
    assert len(said) < 400


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        open_table(tmp_path / "absent.csv")


def test_a_ragged_row_is_given_with_its_problem_and_the_others_are_kept(tmp_path: Path) -> None:
    rows = list(open_table(saved(tmp_path, b"nom,commune\na,b\nc\nd,e,f\ng,h\n")))
    assert [row.number for row in rows] == [2, 3, 4, 5]
    assert [bool(row.problem) for row in rows] == [False, True, True, False]


def test_a_workbook_is_read_as_on_screen(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["nom", "code_postal", "note"])
    book.active.append(["EPN", 69200.0, "=1+1"])
    book.create_sheet("autre")
    path = tmp_path / "liste.xlsx"
    book.save(path)
    table = open_table(path)
    (row,) = table
    assert row.cells["code_postal"] == "69200"
    assert any("autre" in note for note in table.notes)


def test_a_geojson_gives_its_points_as_columns(tmp_path: Path) -> None:
    collection = {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"nom": "EPN"},
                "geometry": {"type": "Point", "coordinates": [4.87, 45.7]},
            }
        ],
    }
    (row,) = cells(saved(tmp_path, json.dumps(collection).encode(), "l.geojson"))
    assert row == {"nom": "EPN", "longitude": 4.87, "latitude": 45.7}


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "xlsx"])
def test_the_columns_of_the_user_come_back_untouched_and_ours_follow(
    tmp_path: Path, suffix: str
) -> None:
    path = tmp_path / f"sortie.{suffix}"
    theirs = {"nom": "=SOMME(A1)", "z": "1"}
    with open_output(path, "csv", ["nom", "z"], ["themes", "because"]) as write:
        write(theirs, {"themes": ["culture", "formation"], "because": "=danger()"})
    if suffix == "csv":
        (row,) = csv.DictReader(io.StringIO(path.read_text("utf-8"), newline=""))
        assert list(row) == ["nom", "z", "themes", "because"]
        assert row["nom"] == "=SOMME(A1)"
        assert row["because"] == "'=danger()"
        assert row["themes"] == "culture|formation"
    elif suffix == "jsonl":
        row = json.loads(path.read_text("utf-8"))
        assert row["themes"] == ["culture", "formation"]
        assert list(row)[:2] == ["nom", "z"]
    else:
        header, values = list(load_workbook(path).active.iter_rows(values_only=True))
        assert header == ("nom", "z", "themes", "because")
        assert values[3] == "'=danger()"


def test_an_output_that_fails_midway_leaves_no_file(tmp_path: Path) -> None:
    path = tmp_path / "sortie.csv"

    def fail(write: Callable[..., None]) -> None:
        write({"nom": "a"}, {"x": 1})
        raise InputError("stop")

    with pytest.raises(InputError), open_output(path, "csv", ["nom"], ["x"]) as write:
        fail(write)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["a web page", "a NUL byte", "a truncated gzip", "empty"])
def test_the_command_says_it_too_and_leaves_no_half_edition(tmp_path: Path, name: str) -> None:
    path = saved(tmp_path, HOSTILE[name][0])
    editions = tmp_path / "editions"
    done = run_quartiers(
        "build", "--embedded", "--contributions", str(path), editions=editions, code=2
    )
    assert HOSTILE[name][1] in done.stderr
    assert "Traceback" not in done.stderr
    assert not editions.exists() or list(editions.iterdir()) == []
