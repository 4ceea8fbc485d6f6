"""`quartiers explain`: one record's whole journey, in the record's own words."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from conftest import run_quartiers
from quartiers.chapters import subjects
from quartiers.explain import explain
from quartiers.link import identities


def test_the_journey_of_a_record_names_the_five_record_verbs(embedded: Path) -> None:
    done = run_quartiers("explain", "benchmark:pimms-paris", editions=embedded.parent)
    for verb in ("collect", "detect", "classify", "locate", "link"):
        assert verb in done.stdout
    assert "because «" in done.stdout
    assert (
        f"subjects, for search alone: {', '.join(subjects()['benchmark:pimms-paris'])}"
        in done.stdout
    )


def test_every_quote_stands_verbatim_at_the_place_given(embedded: Path) -> None:
    detections = pq.read_table(embedded / "detections.parquet").to_pylist()
    kept = [row["about"] for row in detections if row["value"] == "numerique"][:60]
    quotes = 0
    for about in kept:
        (journey,) = explain(embedded, about)
        reasons = list(journey.detection["because"] or [])
        for row in journey.classifications:
            reasons += row["because"] or []
        for reason in reasons:
            if reason["start"] is not None:
                assert journey.text[reason["start"] : reason["end"]] == reason["quote"]
                quotes += 1
    assert quotes >= len(kept)


def test_a_rejected_record_is_explained_too(embedded: Path) -> None:
    detections = pq.read_table(embedded / "detections.parquet").to_pylist()
    rejected = next(row["about"] for row in detections if row["value"] == "non-numerique")
    (journey,) = explain(embedded, rejected)
    assert journey.link is None or journey.record["kind"] == "lieu"
    assert journey.detection["value"] == "non-numerique"


def test_an_initiative_is_explained_by_each_of_its_records(embedded: Path) -> None:
    link = pq.read_table(embedded / "links.parquet").to_pylist()[0]
    journeys = explain(embedded, link["entity_id"])
    assert link["about"] in [j.record["id"] for j in journeys]


def test_an_id_of_an_earlier_edition_leads_to_what_replaced_it(
    embedded: Path, tmp_path: Path
) -> None:
    links = pq.read_table(embedded / "links.parquet")
    names = dict(zip(links["about"].to_pylist(), links["entity_id"].to_pylist(), strict=True))
    now = names["benchmark:pimms-paris"]
    earlier, later = tmp_path / "earlier.parquet", tmp_path / "later"
    former = ["qancienid" if name == now else name for name in names.values()]
    pq.write_table(pa.table({"about": list(names), "entity_id": former}), earlier)
    shutil.copytree(embedded, later)
    pq.write_table(identities(links, earlier), later / "identities.parquet")
    done = run_quartiers("explain", "qancienid", "--edition", str(later))
    assert f"qancienid is now {now}" in done.stdout
    assert "benchmark:pimms-paris" in done.stdout
    assert "is now" not in run_quartiers("explain", now, "--edition", str(later)).stdout


def test_programs_may_read_the_journey(embedded: Path) -> None:
    done = run_quartiers("explain", "benchmark:pimms-paris", "--json", editions=embedded.parent)
    (journey,) = json.loads(done.stdout)
    assert journey["record"]["id"] == "benchmark:pimms-paris"


def test_an_unknown_id_gets_a_sentence_that_helps(embedded: Path) -> None:
    done = run_quartiers("explain", "nowhere:0", editions=embedded.parent, code=2)
    assert "quartiers search" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_finding_is_traced_to_its_figures_initiatives_and_records(embedded: Path) -> None:
    done = run_quartiers("explain", "C5", "--json", editions=embedded.parent)
    finding = json.loads(done.stdout)
    assert finding["question"].endswith("?")
    records = set(pq.read_table(embedded / "records.parquet")["id"].to_pylist())
    assert finding["initiatives"]
    assert all(r in records for row in finding["initiatives"] for r in row["records"])
    assert "rests on" in run_quartiers("explain", "C5", editions=embedded.parent).stdout
