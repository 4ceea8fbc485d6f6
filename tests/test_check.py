"""`quartiers check`: row, column, value, remedy."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook

from conftest import run_quartiers
from quartiers.check import check, contributed, fields, open_checked
from quartiers.collect import without_contacts
from quartiers.errors import InputError

HEADER = (
    "id;nom;description;type;code_postal;commune;code_insee;quartier;latitude;longitude;debut\n"
)
GOOD = (
    "a1;Les mardis de la tablette;Chaque mardi on apprend aux aînés à se servir d'une tablette.;"
    "action;69200;Vénissieux;69259;Les Minguettes;45,701;4,871;2024\n"
)


def written(folder: Path, text: str) -> Path:
    path = folder / "liste.csv"
    path.write_text(text, "utf-8")
    return path


def test_a_good_file_has_nothing_to_mend(tmp_path: Path) -> None:
    report = check(written(tmp_path, HEADER + GOOD))
    assert report.problems == []
    assert (report.rows, report.good_rows) == (1, 1)


@pytest.mark.parametrize(
    ("column", "old", "new", "remedy"),
    [
        ("nom", "Les mardis de la tablette", "", "remplissez-la"),
        ("nom", "Les mardis de la tablette", "AB", "dites-en plus"),
        ("type", ";action;", ";Action sociale;", "choisissez parmi"),
        ("code_postal", "69200", "6920", "Cinq chiffres"),
        ("code_insee", "69259", "Lyon", "Code de la commune"),
        ("latitude", "45,701", "quarante-cinq", "degrés"),
        ("latitude", "45,701", "", "donnez les deux"),
        ("longitude", "4,871", "1804,871", "degrés"),
        ("debut", ";2024", ";l'an dernier", "Année"),
    ],
)
def test_an_error_names_row_column_value_and_remedy(
    tmp_path: Path, column: str, old: str, new: str, remedy: str
) -> None:
    report = check(written(tmp_path, HEADER + GOOD + GOOD.replace("a1", "a2").replace(old, new)))
    (problem,) = report.errors
    assert problem.row == 3
    assert problem.column == column
    assert problem.value in (new, new.strip(";"))
    assert remedy in problem.remedy
    assert report.good_rows == 1


def test_an_id_used_twice_is_an_error(tmp_path: Path) -> None:
    (problem,) = check(written(tmp_path, HEADER + GOOD + GOOD)).errors
    assert "ligne 2" in problem.what


def test_contact_details_are_a_warning_and_never_shown(tmp_path: Path) -> None:
    text = HEADER + GOOD.replace("aux aînés", "aux aînés, appeler le 04 72 00 00 00,")
    report = check(written(tmp_path, text))
    assert report.errors == []
    (warning,) = report.warnings
    assert warning.value == "(masqué)"


def test_other_spellings_of_the_columns_are_understood(tmp_path: Path) -> None:
    text = "Intitulé,Résumé,Ville,CP\nWeb radio des jeunes,Une radio faite par les jeunes.,Lyon,69008\n"
    report = check(written(tmp_path, text))
    assert report.problems == []


def test_a_file_without_the_compulsory_columns_is_refused_with_what_it_has(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="« nom » manque ; on y trouve a, b"):
        check(written(tmp_path, "a,b\n1,2\n"))


def test_a_workbook_can_be_checked(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["nom", "description", "code_postal"])
    book.active.append(["Fablab du canal", "Imprimantes 3D ouvertes aux habitants.", 59100])
    path = tmp_path / "liste.xlsx"
    book.save(path)
    assert check(path).problems == []


def test_the_command_exits_with_1_when_something_must_be_mended(tmp_path: Path) -> None:
    path = written(tmp_path, HEADER + GOOD.replace("69200", "692"))
    done = run_quartiers("check", str(path), "--json", code=1)
    report = json.loads(done.stdout)
    assert report["valid"] is False
    assert report["problems"][0]["column"] == "code_postal"
    run_quartiers("check", str(written(tmp_path, HEADER + GOOD)), code=0)


def test_each_field_of_the_schema_has_a_title_a_description_and_a_valid_example() -> None:
    from quartiers.check import cell_problems

    for name, rule in fields().items():
        assert rule["title"] and rule["description"], name
        if rule["example"]:
            assert list(cell_problems(1, name, rule["example"], rule)) == []


def test_good_rows_become_records_and_bad_ones_issues(tmp_path: Path) -> None:
    text = HEADER + GOOD + GOOD.replace("a1", "a2").replace("69200", "692")
    source, records, issues = contributed(written(tmp_path, text))
    assert source.name == "contributions-liste"
    assert [r.id for r in records] == ["contributions-liste:a1"]
    assert records[0].longitude == 4.871
    assert [(i.record, i.found) for i in issues] == [("ligne 3", "692")]


def test_a_contribution_reaches_the_next_edition_and_what_is_left_out_is_said(
    tmp_path: Path,
) -> None:
    text = HEADER + GOOD + GOOD.replace("a1", "a2").replace("69200", "692")
    path = written(tmp_path, text)
    done = run_quartiers(
        "build", "--embedded", "--contributions", str(path), editions=tmp_path / "e"
    )
    assert "liste.csv: 1 rows left out" in done.stderr
    rows = pq.read_table(tmp_path / "e" / "current" / "initiatives.parquet").to_pylist()
    (mine,) = [r for r in rows if "contributions-liste:a1" in r["records"]]
    assert mine["digital"] == "numerique"
    assert "formation" in mine["themes"]
    assert mine["qpv_code"] == "QN06913M"


def test_two_columns_for_one_field_are_said_and_the_schemas_own_is_read(tmp_path: Path) -> None:
    path = tmp_path / "liste.csv"
    path.write_text(
        "titre,nom,description\n,Atelier numérique,Des ateliers pour tous les voisins\n"
    )
    report, rows = open_checked(path)
    ((_row, cells),) = rows
    assert cells["nom"] == "Atelier numérique"
    assert [(p.column, p.severity) for p in report.problems] == [("titre", "avertissement")]


def test_a_json_list_is_words_and_a_json_object_in_a_cell_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "liste.jsonl"
    text = "Des ateliers pour tous les voisins"
    lines = [
        {"nom": "Atelier", "description": text, "lieux": ["mediatheque", "epn"]},
        {"nom": {"fr": "Atelier"}, "description": text},
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    report, rows = open_checked(path)
    assert [cells["lieux"] for _row, cells in rows] == ["mediatheque|epn"]
    assert [(p.row, p.column) for p in report.errors] == [(2, "nom")]


def test_no_contact_of_a_contributors_file_reaches_an_edition(tmp_path: Path) -> None:
    path = tmp_path / "liste.csv"
    path.write_text(
        "id,nom,description,quartier,site_web\n"
        'a@b.fr,Atelier numérique,"Des ateliers : jean [at] exemple.fr, 00 33 6 12 34 56 78",'
        '"Bel-Air, +262 692 12 34 56",\n'
        "2,Atelier \u202enumérique\x07,Des ateliers pour tous les voisins,,jean.dupont@exemple.fr\n"
    )
    _source, records, issues = contributed(path)
    told = json.dumps([*map(asdict, records), *map(asdict, issues)], ensure_ascii=False)
    for secret in ("a@b", "jean", "12 34", "\u202e", "\\u0007"):
        assert secret not in told
    assert "[courriel], [tel]" in records[0].text
    assert records[0].neighbourhood == "Bel-Air, [tel]"


@pytest.mark.parametrize(
    "text",
    [
        "Le 01 02 2024, 12 34 56 78 habitants",
        "Budget : 1 200 000 euros en 2023-2024",
        "SIRET 123 456 789 00012",
        "Salle @home, ateliers [attention] (attente)",
    ],
)
def test_what_only_resembles_a_contact_is_left_alone(text: str) -> None:
    assert without_contacts(text) == text
