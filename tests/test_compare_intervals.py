"""Statistics tested as statistics: known values, invariances, coverage in simulation."""

from __future__ import annotations

import json
import math
import sqlite3
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import ROOT
from quartiers.compare import intervals as iv
from quartiers.evaluate.statistics import (
    CASES,
    CEILING,
    FLOOR,
    by_hand,
    covered,
    fitted_prior_coverage,
    page,
)


def test_the_gamma_law_has_its_known_values() -> None:
    assert iv.gamma_cdf(1.0, 1.0) == pytest.approx(1 - math.exp(-1), abs=1e-12)
    assert iv.gamma_cdf(2.0, 0.5) == pytest.approx(math.erf(math.sqrt(2.0)), abs=1e-12)
    # The chi-square's centiles: twice a gamma of half the degrees of freedom.
    for degrees, low, high in ((2, 0.0506356, 7.3777589), (10, 3.2469728, 20.4831774)):
        assert 2 * iv.gamma_quantile(0.025, degrees / 2) == pytest.approx(low, abs=1e-6)
        assert 2 * iv.gamma_quantile(0.975, degrees / 2) == pytest.approx(high, abs=1e-6)


def test_intervals_of_the_textbooks() -> None:
    # Wilson 1927 for 3 of 10.
    assert iv.wilson(3, 10) == pytest.approx((0.107791, 0.603222), abs=1e-6)
    assert iv.median_interval([float(x) for x in range(1, 11)]) == (5.5, 2.0, 9.0)
    assert iv.concentration([2, 2])[0] == pytest.approx(1 / 3)


def test_the_mid_p_interval_lies_within_the_strict_one() -> None:
    for k in (0, 1, 4, 30, 2364):
        low, high = iv.poisson_limits(
            k
        )  # the strict one (Garwood 1936): centiles of two gamma laws
        strict_low = iv.gamma_quantile(0.025, k) if k else 0.0
        assert strict_low <= low <= k <= high <= iv.gamma_quantile(0.975, k + 1)


def test_nothing_looked_at_says_nothing() -> None:
    assert iv.wilson(0, 0) == (0.0, 1.0)
    assert iv.quotient(3, 10, 0, 50) == (None, 0.0, math.inf)
    assert iv.median_interval([]) == (None, None, None)
    assert iv.concentration([1]) == (None, None, None)


@given(st.integers(0, 200), st.integers(1, 200))
def test_a_share_and_its_complement_have_mirrored_intervals(k: int, n: int) -> None:
    k = min(k, n)
    low, high = iv.wilson(k, n)
    assert 0 <= low <= k / n <= high <= 1
    assert iv.wilson(n - k, n) == pytest.approx((1 - high, 1 - low), abs=1e-12)


@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 40), st.integers(1, 40))
def test_a_quotient_turned_over_has_its_interval_turned_over(
    k1: int, more1: int, k2: int, more2: int
) -> None:
    there, low, high = iv.quotient(k1, k1 + more1, k2, k2 + more2)
    back, back_low, back_high = iv.quotient(k2, k2 + more2, k1, k1 + more1)
    assert there is not None and back is not None
    assert there * back == pytest.approx(1)
    assert low <= there <= high
    assert low * back_high == pytest.approx(1, rel=1e-6)
    assert high * back_low == pytest.approx(1, rel=1e-6)


def test_shrinking_goes_towards_the_others_and_less_so_for_the_large() -> None:
    prior = (2.0, 4.0)  # others: one for two thousand inhabitants
    small, _, _ = iv.shrunk(3, 1.0, prior)
    large, _, _ = iv.shrunk(300, 100.0, prior)
    assert 0.5 < small < 3.0
    assert small < large < 3.0
    assert large == pytest.approx(3.0, abs=0.11)


def test_a_prior_is_found_again_in_what_it_has_drawn() -> None:
    lot = np.random.default_rng(7)
    exposure = lot.lognormal(1.0, 0.6, 3000)
    counts = lot.poisson(lot.gamma(0.8, 1 / 1.6, 3000) * exposure)
    shape, rate = iv.fit_gamma(counts.tolist(), exposure.tolist())
    assert shape == pytest.approx(0.8, rel=0.12)
    assert shape / rate == pytest.approx(0.5, rel=0.06)


def test_equal_territories_are_seen_as_differing_by_chance_alone() -> None:
    lot = np.random.default_rng(8)
    counts = lot.poisson(4.0, 2000).tolist()
    shape, _ = iv.fit_gamma(counts, [1.0] * 2000)
    assert shape > 100


def test_the_chance_of_none_is_the_zero_of_the_negative_binomial() -> None:
    prior, exposure = (0.7, 1.4), 3.0
    lot = np.random.default_rng(9)
    drawn = lot.poisson(lot.gamma(0.7, 1 / 1.4, 200_000) * exposure)
    assert iv.chance_of_none(exposure, prior) == pytest.approx(
        float((drawn == 0).mean()), abs=0.005
    )


def test_rates_shrunk_with_a_fitted_prior_cover_as_well() -> None:
    assert FLOOR <= fitted_prior_coverage(12) <= CEILING


def test_strata_keep_a_ratio_from_being_made_by_the_mix() -> None:
    cells = [(10, 10.0, 100, 100.0), (1, 100.0, 1, 100.0)]  # a ratio of one in each
    assert iv.rates_ratio(cells)[0] == pytest.approx(1.0)
    assert (11 / 110) / (101 / 200) < 0.2  # without strata, five times less
    assert iv.rates_ratio([(0, 1.0, 4, 1.0)]) == (None, 0.0, math.inf)


@pytest.mark.parametrize("name", CASES)
def test_intervals_at_95_cover_between_93_and_97_percent(name: str) -> None:
    assert FLOOR <= covered(CASES[name][1], 4000) <= CEILING


def test_twenty_figures_are_those_found_by_plain_sql(embedded: Path) -> None:
    with sqlite3.connect(embedded / "quartiers.sqlite") as connection:
        lines = by_hand(connection)
    assert len(lines) == 20
    assert [line for line in lines if not line["same"]] == []


def test_a_figure_that_differs_is_said_to(embedded: Path, tmp_path: Path) -> None:
    (tmp_path / "quartiers.sqlite").write_bytes((embedded / "quartiers.sqlite").read_bytes())
    with sqlite3.connect(tmp_path / "quartiers.sqlite") as connection:
        connection.execute("UPDATE measures SET value = value + 1 WHERE territory = 'COM69256'")
        wrong = [line["figure"] for line in by_hand(connection) if not line["same"]]
    assert wrong == ["initiatives, Vaulx-en-Velin"]


def test_the_page_of_evaluation_keeps_its_promises() -> None:
    measured = json.loads((ROOT / "evaluation" / "statistics.json").read_text("utf-8"))
    assert all(FLOOR <= row["coverage"] <= CEILING for row in measured["coverage"].values())
    assert len(measured["by_hand"]) == 20 and all(row["same"] for row in measured["by_hand"])
    assert (ROOT / "evaluation" / "statistics.md").read_text("utf-8") == page(measured)


def test_limits_grow_with_the_count() -> None:
    limits = [iv.poisson_limits(k) for k in range(60)]
    assert all(a[0] < b[0] and a[1] < b[1] for a, b in pairwise(limits))
