"""The unseen: the known total is found again where the assumptions hold, and said where not."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from quartiers.compare.reading import unseen_of
from quartiers.evaluate.unseen import CASES, RUNS, Case, failures, measured, page
from quartiers.link.loglinear import hidden
from quartiers.link.unseen import (
    card,
    chao,
    chapman,
    estimates,
    national,
    national_lists,
    overlap_of,
    unseen,
)
from quartiers.publish.sqlite import write_table
from quartiers.shapes import THEMES
from quartiers.territories import load

FIGURES = Path(__file__).parents[1] / "evaluation" / "unseen.json"
A, B, C = "mednum-cnfs-2022-12", "france-services", "mednum-aidants-connect-2023-01"


def test_the_published_figures_are_of_500_runs_a_case_and_cover_where_assumptions_hold() -> None:
    figures = json.loads(FIGURES.read_text("utf-8"))
    assert figures["runs"] == RUNS == 500
    assert [row["case"] for row in figures["cases"]] == [case.words for case in CASES]
    assert failures(figures) == []
    assert page(figures) == FIGURES.with_suffix(".md").read_text("utf-8")


@pytest.mark.parametrize("case", [case for case in CASES if case.holds][::3], ids=lambda c: c.words)
def test_a_shorter_run_says_the_same(case: Case) -> None:
    found = measured(case, 80)
    assert all(found[name]["coverage"] >= 0.87 for name in case.holds)


def test_a_list_that_copies_another_leaves_a_floor_and_the_model_stands_it() -> None:
    case = next(case for case in CASES if case.copied and len(case.chances) == 3)
    found = measured(case, 60)
    assert found["Chao"]["coverage"] < 0.2 and found["Chao"]["floor"] == 1.0
    assert found["log-linéaire"]["coverage"] >= 0.87


def test_lists_that_avoid_each_other_make_the_floor_no_floor() -> None:
    case = next(case for case in CASES if case.kinds)
    assert measured(case, 60)["Chapman"]["floor"] < 0.1


def test_counts_that_contradict_the_model_are_not_shown() -> None:
    counted = {h: 200 for h in product((0, 1), repeat=4) if any(h)} | {(1, 1, 1, 1): 4}
    assert hidden(counted).fits < 0.01
    even = {h: round(3000 * 0.25 ** sum(h) * 0.75 ** (4 - sum(h))) for h in counted}
    assert hidden(even).fits > 0.5
    assert hidden(even).number == pytest.approx(3000 * 0.75**4, rel=0.1)


def test_too_few_in_common_say_nothing() -> None:
    assert chapman(50, 60, 2) is None
    assert chao(80, 3, 4) is None


def test_chapman_by_hand() -> None:
    made = chapman(100, 80, 40)
    assert made is not None
    assert made.value == pytest.approx(101 * 81 / 41 - 1 - 140)
    assert made.low < made.value < made.high


def place(*sources: str, **given: Any) -> dict[str, Any]:
    """An initiative as the view has it."""
    row = {"kind": "lieu", "digital": "numerique", "themes": ["formation"], "in_quartiers": True}
    return row | {"insee_code": "69259", "sources": list(sources)} | given


def table_of(rows: list[dict[str, Any]]) -> dict[tuple[str, str, str | None], dict[str, Any]]:
    found = unseen(rows, load()).to_pylist()
    return {
        (r["scope"], r["territory"], r["theme"]): r for r in found if r["method"] != "log-linéaire"
    }


def test_only_national_lists_and_digital_places_are_counted() -> None:
    rows = [place(A, B)] * 8 + [place(A)] * 4 + [place(B, "x")] * 2
    rows += [place("x"), place(A, B, kind="action"), place(A, B, digital=None)]
    rows += [place(A, in_quartiers=False)]
    found = table_of(rows)
    for where in (("FR", None), ("FR", "formation"), ("REG84", None), ("DEP69", None)):
        row = found["lieux-quartiers", *where]
        assert (row["seen"], row["shared"], row["method"]) == (14, 8, "Chapman")
    assert found["lieux", "FR", None]["seen"] == 15
    assert {A, B, C} <= set(national_lists())


def test_what_cannot_be_estimated_says_why_and_is_never_zero() -> None:
    found = table_of([place(A, B)] * 3 + [place(A)])
    assert found["lieux", "FR", None]["status"] == "trop-peu"
    assert found["lieux", "FR", "logement"]["status"] == "une-liste"
    assert {row["value"] for row in found.values()} == {None}
    assert {("lieux", "FR", theme) for theme in THEMES} <= set(found)
    assert {row["status"] for row in found.values()} <= set(card()["status"])


def test_versions_and_copies_of_one_list_count_once() -> None:
    copy = "mednum-data-inclusion-mednum-2023-02"
    assert overlap_of([[A, copy], [A], [copy]]).histories == Counter(
        {frozenset({national_lists()[A]}): 3}
    )


def test_three_lists_give_a_minimum_and_a_model_with_their_cards() -> None:
    rows = [[A, B]] * 20 + [[A, C]] * 20 + [[B, C]] * 20 + [[A, B, C]] * 10
    made = list(estimates(overlap_of(rows + [[A]] * 50 + [[B]] * 50 + [[C]] * 50)))
    assert [row["method"] for row in made] == ["Chao", "log-linéaire"]
    assert {row["method"] for row in made} <= set(card()["methods"])


def test_pages_read_the_nation_first_then_themes_in_the_study_s_order_then_regions() -> None:
    table = unseen([place(A, B)] * 8 + [place(A)] * 4, load())
    assert national(table) is not None
    connection = sqlite3.connect(":memory:")
    connection.row_factory = sqlite3.Row
    write_table(connection, "unseen", table, key=None, indexes=())
    rows = unseen_of(connection)
    assert [row["theme"] for row in rows[:9]] == [None, *THEMES]
    assert rows[9]["territory"] == "REG84"
    assert rows[0]["quarters"]["least"]["method"] == "Chapman"
    assert rows[0]["quarters"]["modelled"] is None
