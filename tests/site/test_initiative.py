"""An initiative's page: what sources say, why it is here, what became of its older ids."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from observatory.edition import current
from observatory.initiative.facts import FIELDS, facts, only_source
from observatory.initiative.reasons import pieces

pytestmark = pytest.mark.django_db


@pytest.fixture
def known() -> Any:
    """An initiative in a quarter, with themes."""
    row = current().row(
        "SELECT * FROM initiatives WHERE qpv_etat = 'dedans' AND digital = 'numerique' "
        "AND main_theme IS NOT NULL ORDER BY id"
    )
    assert row is not None
    return row


@pytest.fixture
def renamed(served: Path, settings: Any, tmp_path: Path, known: Any) -> str:
    """A copy of the edition that remembers three older ids; gives the id of today."""
    copy = tmp_path / "renamed"
    shutil.copytree(served, copy)
    with sqlite3.connect(copy / "quartiers.sqlite") as connection:
        other = connection.execute(
            "SELECT id FROM initiatives WHERE id <> ? LIMIT 1", (known["id"],)
        ).fetchone()[0]
        connection.executemany(
            "INSERT INTO identities (entity_id, replaced_by) VALUES (?, ?)",
            [
                ("qold", json.dumps([known["id"]])),
                ("qsplit", json.dumps([known["id"], other])),
                ("qgone", "[]"),
            ],
        )
    settings.EDITION = copy
    return str(known["id"])


def page(client: Any, identifier: str) -> str:
    answer = client.get(f"/initiatives/{identifier}/")
    assert answer.status_code == 200
    told: str = answer.content.decode()
    return told


def test_the_evidence_is_marked_where_it_stands_in_the_text(client: Any, known: Any) -> None:
    because = json.loads(
        current().value(
            "SELECT d.because FROM detections d JOIN links l ON l.about = d.about "
            "WHERE l.entity_id = ?",
            (known["id"],),
        )
    )
    marked = " ".join(re.findall(r"<mark>(.*?)</mark>", page(client, known["id"])))
    quotes = [b["quote"] for b in because if "start" in b and "'" not in b["quote"]]
    assert quotes
    assert all(quote in marked for quote in quotes)


def by(title: str, **said: Any) -> dict[str, Any]:
    """A record as the page reads it."""
    blank = dict.fromkeys(FIELDS) | {"services": [], "insee_code": None, "retrieved_at": "2026-01"}
    return blank | {"id": title, "source_title": title} | said


def test_what_one_source_says_is_said_to_be_its_own_once(client: Any, known: Any) -> None:
    told = page(client, known["id"])
    assert told.count('class="by"') == 1
    assert re.search(r'class="by">[^<]+, \d{1,2} \w+ \d{4}', told)


def test_what_several_sources_say_keeps_each_its_own() -> None:
    records = [
        by("Liste A", start="2020", services=["aide", "prêt"]),
        by("Liste B", address="1 rue X", services=["aide"]),
    ]
    found = {fact.name: fact for fact in facts(current(), "q", records)}
    assert only_source(list(found.values())) is None
    assert found["start"].values[0].by == [("Liste A", "2026-01")]
    assert [one.said for one in found["services"].values] == ["aide", "prêt"]
    alone = facts(current(), "q", records[:1])
    assert only_source(alone) == ("Liste A", "2026-01")
    assert [one.said for one in alone[-1].values] == ["aide · prêt"]


def test_a_commune_is_spelt_officially_only_when_it_is_the_one_the_source_names() -> None:
    shouted = by("Liste A", commune="NICE", insee_code="06088")
    assert facts(current(), "q", [shouted])[0].values[0].said == "Nice"
    other = by("Liste A", commune="SAINT-ROMAN", insee_code="06088")
    assert facts(current(), "q", [other])[0].values[0].said == "SAINT-ROMAN"


def test_the_quarter_is_said_with_how_it_is_known(client: Any, known: Any) -> None:
    told = page(client, known["id"])
    assert "Dans le quartier" in told


def test_every_decision_kept_has_its_reasons(client: Any) -> None:
    for row in current().rows("SELECT id FROM initiatives ORDER BY id LIMIT 25"):
        told = page(client, row["id"])
        assert 'class="decisions"' in told
        assert len(told) < 150_000
        assert told.count("<h1") == 1


def test_an_older_id_leads_to_the_one_that_replaced_it(client: Any, renamed: str) -> None:
    answer = client.get("/initiatives/qold/")
    assert answer.status_code == 301
    assert answer["Location"] == f"/initiatives/{renamed}/"


def test_after_a_split_the_visitor_chooses(client: Any, renamed: str) -> None:
    answer = client.get("/initiatives/qsplit/")
    assert answer.status_code == 300
    assert f'href="/initiatives/{renamed}/"' in answer.content.decode()


def test_what_left_is_said_to_be_gone(client: Any, renamed: str) -> None:
    assert client.get("/initiatives/qgone/").status_code == 410


def test_a_records_own_id_leads_to_its_initiative(client: Any, known: Any) -> None:
    record = json.loads(known["records"])[0]
    answer = client.get(f"/initiatives/{record}/")
    assert answer["Location"] == f"/initiatives/{known['id']}/"


@pytest.mark.parametrize("identifier", ["qrien", "%3Cscript%3Ealert(1)", "q" * 3000, "%00", "a'b"])
def test_an_unknown_id_is_a_404_that_helps(client: Any, identifier: str) -> None:
    answer = client.get(f"/initiatives/{identifier}/")
    assert answer.status_code == 404
    assert "<script>alert" not in answer.content.decode()


def test_the_block_for_search_engines_is_data_that_says_the_same(client: Any, known: Any) -> None:
    told = page(client, known["id"])
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', told, re.S)
    assert found
    block = json.loads(found[1])
    assert block["name"] == known["title"]
    assert block["identifier"] == known["id"]
    assert "<" not in found[1]


def test_pieces_put_together_are_the_text_itself() -> None:
    text = "aide aux démarches en ligne"
    cut = pieces(text, [(9, 27), (0, 4), (9, 18), (25, 400), (5, 5)])
    assert "".join(words for words, _ in cut) == text
    assert [words for words, marked in cut if marked] == ["aide", "démarches en ligne"]


@pytest.fixture
def contested(served: Path, settings: Any, tmp_path: Path, known: Any) -> str:
    """A copy of the edition where a second record puts a known initiative in another quarter."""
    copy = tmp_path / "contested"
    shutil.copytree(served, copy)
    first = json.loads(known["records"])[0]
    with sqlite3.connect(copy / "quartiers.sqlite") as connection:
        other = connection.execute(
            "SELECT id FROM records WHERE id <> ? ORDER BY id LIMIT 1", (first,)
        ).fetchone()[0]
        connection.execute("UPDATE links SET entity_id = ? WHERE about = ?", (known["id"], other))
        connection.executemany(
            "INSERT INTO claims VALUES (?, ?, ?, ?, ?, ?, 'benchmark', '2026-11-22')",
            [
                (known["id"], "quarter", 0, "dedans QN03307M", 0, first),
                (known["id"], "quarter", 1, "hors", 1, other),
                (known["id"], "title", 0, "Un nom", 0, first),
                (known["id"], "title", 1, "Un autre nom", 0, other),
            ],
        )
    settings.EDITION = copy
    return str(known["id"])


def test_two_quarters_are_shown_with_the_rule_and_two_names_are_no_quarrel(
    client: Any, contested: str
) -> None:
    told = page(client, contested)
    assert "Les sources ne disent pas toutes la même chose." in told
    assert "Elles se contredisent sur\u00a0: Quartier." in told
    assert "Hors des quartiers prioritaires" in told and "Un autre nom" in told
    assert told.count('class="disagree"') == 1
    assert "Le mieux établi : dedans" in told


def test_an_edition_built_before_there_were_claims_still_has_its_page(
    client: Any, contested: str, settings: Any
) -> None:
    with sqlite3.connect(settings.EDITION / "quartiers.sqlite") as connection:
        connection.execute("DROP TABLE claims")
    assert "Les sources ne disent pas toutes" not in page(client, contested)


def test_english_subjects_are_marked_so_and_french_ones_are_not(client: Any) -> None:
    row = current().row(
        "SELECT id FROM initiatives WHERE records LIKE '%benchmark:lyve-plateforme-digitale%'"
    )
    assert row is not None
    told = page(client, row["id"]).split("<h2>Sujets</h2>")[1].split("</ul>")[0]
    lines = {words: "lang" in start for start, words in re.findall(r"<li><a([^>]*)>([^<]*)<", told)}
    assert lines["business support"]
    assert not lines["création d&#x27;entreprise"] and not lines["être conseillé"]
