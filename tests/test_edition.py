"""Editions: built aside, checked, swapped whole, whatever happens to the build."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from conftest import ROOT, run_quartiers
from quartiers.edition import TABLES, building, check_edition, file_digest
from quartiers.engine import map_batches
from quartiers.errors import EditionError
from quartiers.pipeline import judge
from quartiers.shapes import CLASSIFICATION_SCHEMA, DETECTION_SCHEMA, LOCATION_SCHEMA
from quartiers.shelf import open_edition

STARTER = "from quartiers.cli import main; main()"


def table_digests(edition: Path) -> dict[str, str]:
    return {t: file_digest(edition / f"{t}.parquet") for t in TABLES}


def test_the_embedded_edition_holds_what_the_study_promises(embedded: Path) -> None:
    done = run_quartiers("summary", "--json", editions=embedded.parent)
    figures = json.loads(done.stdout)
    assert figures["records"] >= 540
    assert figures["initiatives_quartiers"] >= 380
    assert len(figures["themes"]) == 8
    assert all(count > 0 for count in figures["themes"].values())
    assert figures["located_in_qpv"] >= 120
    assert figures["sources"] == {"benchmark": figures["records"]}


def test_a_second_build_changes_nothing(embedded: Path) -> None:
    before = (embedded / "manifest.json").read_bytes()
    done = run_quartiers("build", "--embedded", editions=embedded.parent)
    assert "Nothing changed" in done.stderr
    assert (embedded / "manifest.json").read_bytes() == before


def test_two_builds_of_the_same_inputs_give_identical_tables(
    embedded: Path, tmp_path: Path
) -> None:
    run_quartiers("build", "--embedded", editions=tmp_path)
    assert table_digests(tmp_path / "current") == table_digests(embedded)


def test_one_two_and_four_workers_judge_alike(embedded: Path, tmp_path: Path) -> None:
    records = tmp_path / "records.parquet"
    pq.write_table(pq.read_table(embedded / "records.parquet"), records, row_group_size=90)
    judged = {}
    for workers in (1, 2, 4):
        targets = {
            "detections": (tmp_path / f"detections-{workers}.parquet", DETECTION_SCHEMA),
            "classifications": (tmp_path / f"classes-{workers}.parquet", CLASSIFICATION_SCHEMA),
            "locations": (tmp_path / f"locations-{workers}.parquet", LOCATION_SCHEMA),
        }
        map_batches(partial(judge, perimeters=None), records, targets, workers=workers)
        judged[workers] = [file_digest(path) for path, _ in targets.values()]
    assert judged[1] == judged[2] == judged[4]
    assert pq.read_table(targets["locations"][0]).equals(
        pq.read_table(embedded / "locations.parquet")
    )


def test_a_forced_build_replaces_the_edition_and_keeps_its_ids(tmp_path: Path) -> None:
    run_quartiers("build", "--embedded", editions=tmp_path)
    first = pq.read_table(tmp_path / "current" / "links.parquet").to_pylist()
    run_quartiers("build", "--embedded", "--force", editions=tmp_path)
    again = pq.read_table(tmp_path / "current" / "links.parquet").to_pylist()
    assert [(r["about"], r["entity_id"]) for r in first] == [
        (r["about"], r["entity_id"]) for r in again
    ]
    assert len([p for p in tmp_path.iterdir() if p.is_dir() and not p.is_symlink()]) == 1


def test_killing_a_build_at_any_moment_leaves_the_previous_edition_usable(
    embedded: Path, tmp_path: Path
) -> None:
    run_quartiers("build", "--embedded", editions=tmp_path)
    before = table_digests(tmp_path / "current")
    environment = {k: v for k, v in os.environ.items() if k != "QUARTIERS_DATA"}
    environment["QUARTIERS_EDITIONS"] = str(tmp_path)
    chance = random.Random(7)
    seconds = json.loads((embedded / "manifest.json").read_text())["build_seconds"]
    for _ in range(5):
        build = subprocess.Popen(
            [sys.executable, "-c", STARTER, "build", "--embedded", "--force"],
            env=environment,
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        time.sleep(chance.uniform(0.5, max(2.0, seconds + 1)))
        os.killpg(build.pid, signal.SIGKILL)
        build.wait()
        check_edition(open_edition(tmp_path / "current"))
        assert table_digests(tmp_path / "current") == before
    run_quartiers("build", "--embedded", "--force", editions=tmp_path)
    assert not list(tmp_path.glob(".building-*"))


def test_a_build_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(EditionError, match="lacks"), building(tmp_path, "broken") as work:
        (work / "records.parquet").write_bytes(b"half")
    assert list(tmp_path.iterdir()) == []


def test_two_records_of_one_id_are_refused_with_that_id(embedded: Path, tmp_path: Path) -> None:
    edition = shutil.copytree(embedded, tmp_path / "twice")
    check_edition(edition)
    for name in ("records", "detections"):
        table = pq.read_table(edition / f"{name}.parquet")
        pq.write_table(pa.concat_tables([table, table.slice(0, 1)]), edition / f"{name}.parquet")
    first = pq.read_table(edition / "records.parquet")["id"][0].as_py()
    with pytest.raises(EditionError, match=f"«{first}» is the id of two records"):
        check_edition(edition)


def test_no_edition_is_said_in_a_sentence(tmp_path: Path) -> None:
    done = run_quartiers("summary", editions=tmp_path, code=2)
    assert "quartiers build" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_ten_recipes_run_on_the_edition(embedded: Path) -> None:
    import sqlite3

    text = (ROOT / "docs" / "recettes.md").read_text("utf-8")
    queries = [q for q in text.split("```sql")[1].split("```")[0].split(";") if q.strip()]
    assert len(queries) == 10
    with sqlite3.connect(f"file:{embedded / 'quartiers.sqlite'}?mode=ro", uri=True) as connection:
        answered = [len(connection.execute(query).fetchall()) for query in queries]
    assert all(answered[n] > 0 for n in (0, 1, 2, 4, 5, 6, 8)), answered
