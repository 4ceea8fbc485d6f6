"""The unseen: the known total is found again where the assumptions hold, and said where not."""

from __future__ import annotations

import numpy as np
import pytest

from quartiers.link.unseen import chao, chapman, estimate, national_lists, unseen

RUNS = 500


def covered(total: int, chances: list[float], *, spread: float = 0.0, copied: float = 0.0) -> float:
    """The share of simulated sets of lists whose interval holds the true number of unseen places."""
    chance = np.random.default_rng(17)
    held = 0
    for _ in range(RUNS):
        ease = np.exp(chance.normal(0, spread, total)) if spread else np.ones(total)
        listed = np.array([chance.random(total) < np.minimum(c * ease, 0.98) for c in chances])
        if copied:
            listed[1] |= listed[0] & (chance.random(total) < copied)
        times = listed.sum(axis=0)
        seen = int((times > 0).sum())
        if len(chances) == 2:
            both = int((times == 2).sum())
            made = chapman(int(listed[0].sum()), int(listed[1].sum()), both)
        else:
            made = chao(int((times == 1).sum()), int((times == 2).sum()), seen, len(chances))
        assert made is not None
        held += made.low <= total - seen <= made.high
    return held / RUNS


@pytest.mark.parametrize(
    ("total", "chances"),
    [
        (400, [0.4, 0.5]),
        (2_000, [0.3, 0.2]),
        (1_000, [0.25, 0.25, 0.25, 0.25]),
        (3_000, [0.15, 0.15, 0.15, 0.15]),
    ],
)
def test_where_the_assumptions_hold_the_interval_covers_between_90_and_98_percent(
    total: int, chances: list[float]
) -> None:
    assert 0.90 <= covered(total, chances) <= 0.98


def test_a_list_that_copies_another_makes_the_estimate_too_low() -> None:
    assert covered(1_000, [0.3, 0.3], copied=0.5) < 0.2


def test_places_of_unequal_renown_make_it_a_lower_bound() -> None:
    assert covered(2_000, [0.2] * 4, spread=1.0) < 0.5


def test_too_few_in_common_say_nothing() -> None:
    assert chapman(50, 60, 2) is None
    assert chao(80, 3, 90, 4) is None
    assert estimate([["mednum-gironde"], ["mednum-gironde", "mednum-corse"]]) is None


def test_chapman_by_hand() -> None:
    made = chapman(100, 80, 40)
    assert made is not None
    assert made.value == pytest.approx(101 * 81 / 41 - 1 - 140)
    assert made.low < made.value < made.high


def test_only_national_lists_and_digital_places_are_counted() -> None:
    a, b = "mednum-cnfs-2022-12", "france-services"
    place = {"kind": "lieu", "digital": "numerique", "themes": ["formation"], "sources": [a, b]}
    rows = [place] * 8 + [place | {"sources": [a]}] * 4 + [place | {"sources": [b, "x"]}] * 2
    rows += [place | {"sources": ["x"]}, place | {"kind": "action"}, place | {"digital": None}]
    made = unseen(rows, by="themes")["formation"]
    assert made is not None
    assert (made.seen, made.method) == (14, "Chapman")
    assert {a, b} <= set(national_lists())
