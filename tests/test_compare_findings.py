"""Findings: what a question may answer, and the words of the two worlds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from compare_fixtures import (
    classified,
    one,
    records,
    tiny,
    view,
)
from quartiers.compare.answers import questions
from quartiers.compare.findings import QUESTIONS, findings
from quartiers.compare.measuring import measures
from quartiers.compare.vocabulary import jensen_shannon, log_odds, worlds_gap
from quartiers.shapes import (
    FINDING_SCHEMA,
)
from quartiers.territories import load

# Findings


def asked(rows: Sequence[dict[str, Any]], **more: Any) -> dict[str, dict[str, Any]]:
    table, seen = view(rows), records({"source": "essai", "insee_code": "69259"})
    answers = findings(table, seen, measures(table, seen, classified({}), load()), load(), **more)
    assert answers.schema == FINDING_SCHEMA
    return {row["id"]: row for row in answers.to_pylist()}


def test_thirteen_questions_are_answered_whatever_there_is() -> None:
    for rows in ([], tiny()):
        found = asked(rows)
        assert list(found) == list(QUESTIONS) == [f"C{n}" for n in range(1, 14)]
        for row in found.values():
            assert row["verdict"] in questions()["verdicts"]
            assert "{" not in row["answer"] and "None" not in row["answer"]


def test_with_nothing_found_nothing_is_concluded() -> None:
    assert {row["verdict"] for row in asked([]).values()} == {"cannot-be-said"}


def test_a_share_far_above_its_threshold_holds_and_far_below_no_longer_does() -> None:
    human = [one(n, forms=["mediation"]) for n in range(60)]
    assert asked(human)["C5"]["verdict"] == "holds"
    none = [one(n) for n in range(60)]
    assert asked(none)["C5"]["verdict"] == "no-longer-holds"
    astride = [one(n, forms=["mediation"] if n % 3 == 0 else []) for n in range(60)]
    assert asked(astride)["C5"]["verdict"] == "cannot-be-said"


def test_an_inventory_of_mediation_places_has_no_voice_on_mediation() -> None:
    places = [one(n, sources=["mednum"], forms=["mediation"], kind="service") for n in range(60)]
    found = asked(places)["C5"]
    assert (found["n"], found["verdict"]) == (0, "cannot-be-said")


def test_strata_that_disagree_make_a_finding_hold_in_part() -> None:
    corpus = [one(n, sources=["benchmark"], forms=["frugal"]) for n in range(60)]
    grants = [one(100 + n) for n in range(60)]
    found = asked([*corpus, *grants])["C4"]
    assert found["verdict"] == "holds-in-part"
    assert [(f["label"], f["value"]) for f in found["figures"]] == [
        ("corpus du projet", 1.0),
        ("sources de tout-venant", 0.0),
    ]


def test_a_finding_can_be_traced_to_its_initiatives() -> None:
    rows = tiny()
    assert asked(rows)["C3"]["evidence"] == ["i005"]
    assert asked(rows)["C1"]["evidence"] == [f"i{n:03}" for n in range(1, 11)]


def test_infrastructure_is_compared_with_the_other_world() -> None:
    smart = [
        one(200 + n, world="ville-intelligente", in_quartiers=False, infra=["capteurs"])
        for n in range(40)
    ]
    plain = [one(n) for n in range(300)]
    assert asked([*plain, *smart])["C3"]["verdict"] == "holds"
    assert asked(plain)["C3"]["verdict"] == "cannot-be-said"
    equipped = [one(n, infra=["donnees"]) for n in range(300)]
    assert asked([*equipped, *smart])["C3"]["verdict"] == "no-longer-holds"


def test_the_unseen_is_said_only_when_it_was_estimated() -> None:
    assert "on ne peut pas estimer" in asked(tiny())["C1"]["answer"]
    told = asked(tiny(), unseen={"value": 40.0, "low": 12.0, "high": 90.0})["C1"]
    assert "Environ 40 autres lieux échappent" in told["answer"]
    assert "de 12 à 90, si aucune liste n'évite" in told["answer"]
    assert any(f["label"].startswith("initiatives non vues") for f in told["figures"])


# Vocabulary


def two_worlds(quarters: str, smart: str) -> list[dict[str, Any]]:
    return [one(n, world="quartiers", text=quarters, title="Un lieu") for n in range(30)] + [
        one(100 + n, world="ville-intelligente", text=smart, title="Un lieu") for n in range(30)
    ]


def test_the_same_words_are_no_further_than_chance() -> None:
    same = "des jeunes montent un atelier vidéo avec la médiathèque"
    gap = worlds_gap(two_worlds(same, same))
    assert gap is not None
    assert gap.distance <= gap.chance[1]
    assert all(abs(word.z) < 1e-9 for word in gap.words)


def test_words_of_one_world_are_found_and_keep_their_sentence() -> None:
    gap = worlds_gap(
        two_worlds(
            "L'innovation naît des jeunes du lieu. Un atelier ouvert.",
            "L'innovation vient des capteurs. Un réseau piloté.",
        )
    )
    assert gap is not None
    assert gap.distance > gap.chance[1]
    strongest = {max(gap.words, key=lambda w: w.z).word, min(gap.words, key=lambda w: w.z).word}
    assert strongest <= {"jeunes", "atelier", "capteurs", "réseau", "naît", "vient", "piloté"}
    innovation = gap.companies[0]
    assert innovation.texts == (30, 30)
    assert innovation.quotes[0][0].quote == "L'innovation naît des jeunes du lieu."
    assert ("jeunes", 30) in innovation.neighbours[0]
    assert ("jeunes", 30) not in innovation.neighbours[1]


def test_a_smartphone_is_not_smart() -> None:
    gap = worlds_gap(two_worlds("Un smartphone prêté aux jeunes.", "Une smart city pilotée."))
    assert gap is not None
    assert gap.companies[1].texts == (0, 30)


def test_too_few_texts_of_one_world_say_nothing() -> None:
    rows = two_worlds("des jeunes", "des capteurs")
    assert worlds_gap(rows[:40]) is None


def test_log_odds_are_antisymmetric_and_distance_is_a_distance() -> None:
    import numpy as np

    a, b = np.array([9.0, 1.0, 4.0]), np.array([2.0, 8.0, 4.0])
    (_, left), (_, right) = log_odds(a, b), log_odds(b, a)
    assert left == pytest.approx(-right)
    assert jensen_shannon(a, a) == pytest.approx(0.0, abs=1e-9)
    assert jensen_shannon(a, b) == pytest.approx(jensen_shannon(b, a))
    assert 0 < jensen_shannon(a, b) < 1


def test_means_are_told_in_posts_too_with_what_they_do_not_say(embedded: Path) -> None:
    rows = pq.read_table(embedded / "findings.parquet", filters=[("id", "=", "C10")]).to_pylist()
    assert "En 2024" in rows[0]["answer"] and "rien ne dit lesquels" in rows[0]["answer"]
    told = [f for f in rows[0]["figures"] if f["unit"] == "postes"]
    known = {p.dispositif: p for p in load().posts if p.annee == 2024}
    assert sorted(f["value"] for f in told) == sorted(p.postes for p in known.values())
    assert all(f["low"] is None for f in told)
    assert all(0 < p.structures <= p.postes for p in load().posts)
