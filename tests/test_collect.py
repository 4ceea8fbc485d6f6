"""Collect: every source's sample gives what is expected; broken files are refused in a sentence."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from quartiers.collect import Source, cards, collect, read_source, sources, strip_contacts
from quartiers.errors import SourceError
from quartiers.shapes import Issue, Record

FOLDERS = [folder for folder, card in cards().items() if not card.get("embedded")]
SOURCES = Path(__file__).resolve().parents[1] / "src" / "quartiers" / "sources"


def read_sample(folder: str, sample: Path | None = None) -> tuple[list[Record], list[Issue]]:
    """A source's sample through its own reader and every check but the sizes."""
    card = {k: v for k, v in cards()[folder].items() if k != "expect"}
    path = sample or next((SOURCES / folder).glob("sample.*"))
    return read_source(Source(folder, card | {"file": path.name}, path.parent), {"hinaura-2023-01"})


def as_expected(records: list[Record], issues: list[Issue]) -> dict[str, Any]:
    """What expected.json holds: filled fields only."""
    return {
        "records": [
            {k: v for k, v in asdict(r).items() if v not in (None, "", [])} for r in records
        ],
        "issues": [asdict(i) for i in issues],
    }


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_sample_gives_what_is_expected(folder: str) -> None:
    made = as_expected(*read_sample(folder))
    path = SOURCES / folder / "expected.json"
    shown = json.dumps(made, ensure_ascii=False, indent=1)
    assert path.is_file(), f"no expected.json yet; read this line by line, then save it:\n{shown}"
    assert made == json.loads(path.read_text("utf-8"))


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_new_column_stops_the_reader_and_names_itself(folder: str, tmp_path: Path) -> None:
    sample = next((SOURCES / folder).glob("sample.*"))
    text = sample.read_text("utf-8")
    if sample.suffix == ".json":
        rows = json.loads(text)
        rows[-1]["colonne nouvelle"] = "x"
        changed = json.dumps(rows)
    else:
        separator = ";" if text.split("\n", 1)[0].count(";") > 3 else ","
        changed = text.replace("\n", f"{separator}colonne nouvelle\n", 1)
    broken = tmp_path / sample.name
    broken.write_text(changed, "utf-8")
    with pytest.raises(SourceError, match="colonne nouvelle"):
        read_sample(folder, broken)


def test_a_missing_column_stops_the_reader_and_names_itself(tmp_path: Path) -> None:
    text = next((SOURCES / "france_services").glob("sample.*")).read_text("utf-8")
    broken = tmp_path / "sample.csv"
    broken.write_text(text.replace("lib_fs", "nom_fs", 1), "utf-8")
    with pytest.raises(SourceError, match="lacks lib_fs and has nom_fs"):
        read_sample("france_services", broken)


def test_a_truncated_source_is_refused() -> None:
    path = next((SOURCES / "france_services").glob("sample.*"))
    card = cards()["france_services"] | {"file": path.name}
    with pytest.raises(SourceError, match="card expects"):
        read_source(Source("france_services", card, path.parent), set())


def test_each_card_tells_who_publishes_what_under_which_licence() -> None:
    for folder, card in cards().items():
        for key in ("name", "title", "publisher", "licence", "retrieved_at", "personal_data"):
            assert key in card, f"{folder} has no {key}"
        assert card["personal_data"] is False
    names = [card["name"] for card in cards().values()]
    assert len(names) == len(set(names))


def test_contact_details_are_taken_out_and_the_rest_is_left_alone() -> None:
    record = Record(
        "s",
        "1",
        "lieu",
        "Café numérique",
        text="Appeler Mme Durand-Petit au 04 72 00 00 00 ou +33 4 72 00 00 00, ou accueil@exemple.fr",
    )
    strip_contacts(record)
    assert record.text == "Appeler [personne] au [tel] ou [tel], ou [courriel]"
    kept = (
        "Le 12/05/2019, 45 000 € ; 1 000 000 de visites ; rue du 8 mai 1945 ; Madame tout le monde"
    )
    record = Record("s", "2", "lieu", "x", text=kept)
    strip_contacts(record)
    assert record.text == kept


def test_without_data_only_the_embedded_study_is_read() -> None:
    ((source, records, issues),) = collect(None)
    assert source.name == "benchmark"
    assert len(records) == 560
    assert issues == []


@pytest.mark.data
def test_the_real_data_loses_nothing_silently(data: Path) -> None:
    import pyarrow  # the batches below are what the build writes

    from quartiers.shapes import records_batch
    from quartiers.tabular import open_table

    seen: set[str] = set()
    total = 0
    for source, records, issues in collect(data):
        lost = sum(issue.severity == "perte" for issue in issues)
        total += len(records) + lost
        seen.update(record.id for record in records)
        assert isinstance(records_batch(records), pyarrow.RecordBatch)
        if source.path is not None and source.name != "mednum":
            rows = sum(1 for _ in open_table(source.path, separator=source.card.get("separator")))
            assert rows == len(records) + lost, source.name
    assert total >= 70_000
    assert len(sources(data)) >= 9
    assert len(seen) + 28 >= total


@pytest.mark.data
def test_rows_that_have_their_own_reader_are_not_read_twice(data: Path) -> None:
    from quartiers.tabular import open_table

    by_name = {s.name: (s, r, i) for s, r, i in collect(data)}
    source, records, issues = by_name["mednum"]
    assert source.path is not None
    rows = sum(1 for _ in open_table(source.path))
    replaced = {j for s, _, _ in by_name.values() for j in s.card.get("replaces", ())}
    own = sum(len(r) for n, (_, r, _) in by_name.items() if n.startswith("mednum-"))
    lost = sum(issue.severity == "perte" for issue in issues)
    assert rows == len(records) + lost + own
    assert not {r.source.removeprefix("mednum-") for r in records} & replaced
