"""Tables as people send them: read for what they are, or refused in one clear sentence."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import json
import os
import subprocess
import sys
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
    "an archive that is no workbook": (zipped("lisez-moi.txt", 10), "an archive .lisez-moi.txt."),
    "a PDF": (b"%PDF-1.4\n%\xe2\xe3\n", "is a PDF"),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1" + b"\0" * 60, "old Office file"),
    "UTF-32": (GOOD.encode("utf-32"), "UTF-32"),
    "a line without end": (b"nom\n" + b"x" * 20_500_000, "longer than 20,000,000"),
    "a JSON line without end": (b'{"nom": "' + b"x" * 20_500_000 + b'"}', "list of objects"),
    "a header whose quote is never closed": (b'"nom,commune\na,b\n', "in the header line"),
    "JSON lines of half characters": (b'{"nom": "\\ud800"}\n', "no object of it can be read"),
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


def test_what_is_not_a_file_is_called_by_its_name(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "tube")
    (tmp_path / "boucle").symlink_to("boucle")
    for name, sentence in (
        ("absent.csv", "no such file"),
        (".", "is a folder"),
        ("tube", "is a pipe"),
        ("boucle", "leads nowhere"),
    ):
        with pytest.raises(InputError, match=sentence):
            open_table(tmp_path / name)


def test_a_workbook_that_asks_for_terabytes_is_refused_and_harms_nobody(tmp_path: Path) -> None:
    book = Workbook()
    book.active["A1"], book.active["XFD1048576"] = "nom", "x"
    book.save(tmp_path / "loin.xlsx")
    with pytest.raises(InputError, match="too much memory"):
        open_table(tmp_path / "loin.xlsx")


def test_a_cell_beside_a_workbooks_columns_is_said_to_be_unread(tmp_path: Path) -> None:
    book = Workbook()
    for line in (["nom", "ville"], ["EPN", "Lyon"], ["EPN", "Lyon", None, "perdu"]):
        book.active.append(line)
    book.save(tmp_path / "liste.xlsx")
    table = open_table(tmp_path / "liste.xlsx")
    assert any("not read: 1 rows, the first is 3" in note for note in table.notes)
    assert [row.cells for row in table] == [{"nom": "EPN", "ville": "Lyon"}] * 2


@pytest.mark.parametrize("marked", [b"", codecs.BOM_UTF8])
def test_a_file_of_two_encodings_keeps_the_accents_of_both(tmp_path: Path, marked: bytes) -> None:
    content = marked + GOOD.encode() + "École d'Été,Béziers\n".encode("cp1252")
    table = open_table(saved(tmp_path, content))
    assert [row.cells["nom"] for row in table] == ["École des Minguettes", "École d'Été"]
    assert any("line 3 is not UTF-8" in note for note in table.notes)


def test_a_byte_of_no_encoding_and_half_a_utf_16_character_stop_nothing(tmp_path: Path) -> None:
    old = saved(tmp_path, b"nom,commune\n\x81cole \xe9t\xe9,Lyon\n", "vieux.csv")
    assert cells(old) == [{"nom": "\ufffdcole été", "commune": "Lyon"}]
    cut = saved(tmp_path, GOOD.encode("utf-16") + b"\x00\xd8x", "coupe.csv")
    assert cells(cut)[0]["commune"] == "Vénissieux"


def test_what_an_open_quote_swallows_is_said_even_when_the_row_has_the_right_length(
    tmp_path: Path,
) -> None:
    good, swallowed = open_table(saved(tmp_path, b'nom,commune\na,b\nc,"d\ne,f\ng,h\n'))
    assert good.problem is None
    assert swallowed.problem is not None
    assert "opened on line 3" in swallowed.problem
    assert "to line 5" in swallowed.problem


def test_a_cell_of_several_lines_and_empty_cells_at_the_end_are_no_problem(tmp_path: Path) -> None:
    rows = list(open_table(saved(tmp_path, b'nom,commune,,\n"a\nb",c,,\nd,e\n')))
    assert [row.problem for row in rows] == [None, None]
    assert rows[0].cells["nom"] == "a\nb"


def test_the_separator_that_excel_says_is_taken(tmp_path: Path) -> None:
    (row,) = open_table(saved(tmp_path, b"sep=;\r\nnom;commune\r\na,b;c\r\n"))
    assert row == (3, {"nom": "a,b", "commune": "c"}, None)


def test_a_json_line_may_have_keys_that_the_first_one_lacks(tmp_path: Path) -> None:
    table = open_table(saved(tmp_path, b'\n{"nom": "a"}\n{"commune": "b"}\n'))
    assert table.columns == ["nom", "commune"]


def test_a_json_line_that_no_file_can_hold_is_given_with_its_problem(tmp_path: Path) -> None:
    bad, good = open_table(saved(tmp_path, b'{"nom": "\\ud800"}\n{"nom": "b"}\n'))
    assert "half a character" in str(bad.problem)
    assert good.problem is None


def test_a_geojson_of_nonsense_loses_only_its_points(tmp_path: Path) -> None:
    features = [{"properties": 3}, {"geometry": []}, {"properties": {"nom": "a"}, "geometry": {}}]
    features += [{"properties": {}, "geometry": {"type": "Point", "coordinates": 5}}]
    content = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    assert [row.cells for row in open_table(saved(tmp_path, content))] == [{}, {}, {"nom": "a"}, {}]


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


def test_an_output_that_cannot_be_a_file_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "tube")
    (tmp_path / "lien.csv").symlink_to(tmp_path / "vrai.csv")
    for name, sentence in ((".", "is a folder"), ("tube", "not a file"), ("x/y.csv", "no such")):
        with (
            pytest.raises(InputError, match=sentence),
            open_output(tmp_path / name, "csv", ["nom"], []),
        ):
            pass
    with open_output(tmp_path / "lien.csv", "csv", ["nom"], []) as write:
        write({"nom": "a"}, {})
    assert (tmp_path / "tube").is_fifo()
    assert (tmp_path / "lien.csv").is_symlink()
    assert (tmp_path / "vrai.csv").read_text() == "nom\na\n"


def test_a_full_disk_and_a_closed_input_get_one_sentence(tmp_path: Path) -> None:
    path = saved(tmp_path, GOOD.encode())
    for line, sentence in (
        (f"detect {path} > /dev/full", "No space left"),
        ("check --schema > /dev/full", "No space left"),
        ("detect - <&-", "standard input is closed"),
    ):
        done = subprocess.run(
            ["sh", "-c", f"'{sys.executable}' -c 'from quartiers.cli import main; main()' {line}"],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 2
        assert sentence in done.stderr
        assert "Traceback" not in done.stderr
        assert "Exception ignored" not in done.stderr


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
