"""The review loop: what is asked, what comes back, what is never overwritten."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from quartiers.cli.review import command
from quartiers.errors import QuartiersError
from quartiers.reading.experts import COLUMNS, all_labels, read_labels
from quartiers.review import ASKED, SHOWN, doubts, export, read_back
from quartiers.shapes import DETECTION_SCHEMA, Record, records_batch, rows_batch
from quartiers.tabular import open_table

SCORES = {"1": 0.5, "2": 0.52, "3": 0.99, "4": 0.02, "5": 0.3}
TITLES = {
    "1": "Achat de matériel informatique",
    "2": "Achat de matériel informatique",
    "3": "Cours de tablette",
    "4": "Jardin partagé",
    "5": "Ciné-débat du quartier autour des réseaux sociaux",
}


@pytest.fixture
def edition(tmp_path: Path) -> Path:
    records = [Record("essai", n, "action", title) for n, title in TITLES.items()]
    verdicts: list[dict[str, Any]] = [
        {"about": f"essai:{n}", "value": None, "score": s, "method": "modele", "because": []}
        for n, s in SCORES.items()
    ]
    pq.write_table(pa.Table.from_batches([records_batch(records)]), tmp_path / "records.parquet")
    table = pa.Table.from_batches([rows_batch(verdicts, DETECTION_SCHEMA)])
    pq.write_table(table, tmp_path / "detections.parquet")
    (tmp_path / "manifest.json").write_text("{}", "utf-8")
    return tmp_path


def test_only_doubts_are_asked_and_the_same_words_are_asked_last(edition: Path) -> None:
    queue = [d.id for d in doubts(edition, 10)]
    assert queue[0] in ("essai:1", "essai:2")
    assert queue[1] == "essai:5"
    assert set(queue) == {"essai:1", "essai:2", "essai:5"}


@pytest.mark.parametrize("name", ["doutes.csv", "doutes.xlsx"])
def test_the_sheet_holds_the_text_and_empty_columns(edition: Path, name: str) -> None:
    assert export(edition, edition / name, 2) == 2
    table = open_table(edition / name)
    assert table.columns == [*SHOWN, *ASKED]
    rows = [row.cells for row in table]
    assert rows[0]["texte"] == "Achat de matériel informatique"
    assert not rows[0]["digital"]


def fill(path: Path, answers: dict[str, tuple[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["id", "texte", "digital", "themes", "infra", "facets", "remarque"])
        for about, (digital, themes) in answers.items():
            writer.writerow([about, "…", digital, themes, "", "", ""])
    return path


def test_answers_come_back_with_author_and_date(tmp_path: Path) -> None:
    sheet = fill(
        tmp_path / "s.csv",
        {"essai:1": ("oui", "formation, culture"), "essai:2": ("non", ""), "essai:3": ("", "")},
    )
    result = read_back(sheet, "A. Martin", date="2026-11-24", folder=tmp_path / "labels")
    assert not result.conflicts and not result.problems
    labels = list(read_labels(tmp_path / "labels" / "a-martin.csv"))
    assert [(x.id, x.digital, x.themes) for x in labels] == [
        ("essai:1", "oui", ("formation", "culture")),
        ("essai:2", "non", ()),
    ]
    assert {(x.author, x.date, x.role) for x in labels} == {("A. Martin", "2026-11-24", "expert")}


def test_a_conflict_is_shown_and_nothing_is_overwritten(tmp_path: Path) -> None:
    labels = tmp_path / "labels"
    read_back(fill(tmp_path / "a.csv", {"essai:1": ("oui", "formation")}), "A", folder=labels)
    before = (labels / "a.csv").read_text("utf-8")
    again = fill(tmp_path / "b.csv", {"essai:1": ("non", ""), "essai:9": ("non", "")})
    result = read_back(again, "B", folder=labels)
    assert len(result.conflicts) == 1 and "essai:1" in result.conflicts[0]
    assert [x.id for x in result.added] == ["essai:9"]
    assert (labels / "a.csv").read_text("utf-8") == before
    assert {x.id: x.digital for x in all_labels(labels)} == {"essai:1": "oui", "essai:9": "non"}


def test_the_same_answer_twice_adds_nothing(tmp_path: Path) -> None:
    sheet = fill(tmp_path / "a.csv", {"essai:1": ("oui", "formation")})
    read_back(sheet, "A", folder=tmp_path / "labels")
    assert read_back(sheet, "A", folder=tmp_path / "labels").added == []


def test_an_unknown_word_is_a_line_to_mend(tmp_path: Path) -> None:
    sheet = fill(tmp_path / "a.csv", {"essai:1": ("oui", "sport"), "essai:2": ("peut-être", "")})
    result = read_back(sheet, "A", folder=tmp_path / "labels")
    assert len(result.problems) == 2 and not result.added
    assert "line 2" in result.problems[0]


def test_a_renamed_sheet_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("identifiant,digital\nessai:1,oui\n", "utf-8")
    with pytest.raises(QuartiersError, match="lacks the columns"):
        read_back(tmp_path / "a.csv", "A", folder=tmp_path / "labels")


def test_the_command_says_what_it_did(edition: Path) -> None:
    sheet = edition / "doutes.xlsx"
    done = CliRunner().invoke(command, ["export", str(sheet), "--edition", str(edition)])
    assert done.exit_code == 0 and "3 records" in done.output


def test_every_label_of_the_study_can_be_read() -> None:
    labels = all_labels()
    assert len(labels) > 500
    assert len(COLUMNS) == 10
    assert not [x for x in labels if x.digital != "oui" and x.themes]
