# SPDX-License-Identifier: Apache-2.0
"""Intervals from influence values: formulas for a mean, coverage by simulation for a skewed one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import bootstrap, norm, skew

from shipway.stats.influence import (
    acceleration,
    cell_influence,
    from_influence,
    influence_p_value,
    variance,
)

SKEWED = np.random.default_rng(1).lognormal(size=200)
CENTRED = SKEWED - SKEWED.mean()


def test_of_a_mean_it_is_the_normal_interval():
    bounds = from_influence(SKEWED.mean(), CENTRED, 0.9)
    error = SKEWED.std(ddof=1) / np.sqrt(200)
    assert (bounds.low, bounds.high) == pytest.approx(norm.interval(0.9, SKEWED.mean(), error))
    assert bounds.method == "normal, infinitesimal jackknife"
    assert variance(CENTRED) == pytest.approx(error**2)


def test_a_mean_of_skewed_rows_leans_to_their_tail():
    plain = from_influence(SKEWED.mean(), CENTRED)
    leaning = from_influence(SKEWED.mean(), CENTRED, of_mean=True)
    assert plain.low < leaning.low and plain.high < leaning.high
    assert leaning.method == "normal, skewness removed"
    found = bootstrap((SKEWED,), np.mean, n_resamples=20_000, rng=np.random.default_rng(2))
    # Second-order correct as BCa is, so of one sort with it.
    assert leaning.low == pytest.approx(found.confidence_interval.low, abs=0.05)


def test_coverage_of_a_skewed_mean():
    generator, missed = np.random.default_rng(7), np.zeros(4)
    for _ in range(4000):
        rows = generator.exponential(size=200)
        value, psi = rows.mean(), rows - rows.mean()
        for place, of_mean in ((0, False), (2, True)):
            bounds = from_influence(value, psi, 0.95, 1, of_mean=of_mean)
            missed[place : place + 2] += bounds.low > 1, bounds.high < 1
    # With 20,000 samples: 3.9 and 6.8 % plain, 5.1 and 5.1 % corrected.
    assert missed / 4000 == pytest.approx([0.039, 0.068, 0.051, 0.051], abs=0.011)


def test_weights_are_part_of_the_influence():
    # A weight of two counts as the row twice, but for the number of independent rows.
    rows, weight = np.array([1.0, 2, 4, 8]), np.array([2.0, 1, 1, 4])
    value = np.average(rows, weights=weight)
    psi = 4 * weight * (rows - value) / weight.sum()
    assert from_influence(value, psi).low == pytest.approx(
        value - 1.959963984540054 * np.sqrt((psi**2).sum() / 12)
    )


def test_acceleration_is_a_sixth_of_the_skewness():
    expected = skew(SKEWED) / (6 * np.sqrt(200))
    assert acceleration(CENTRED) == pytest.approx(expected)
    assert acceleration(CENTRED * 1e-200) == pytest.approx(expected)
    counts = np.array([3, 5, 1])
    psi = np.array([0.1, -0.2, 0.7])
    assert acceleration(psi, counts) == pytest.approx(acceleration(np.repeat(psi, counts)))
    assert acceleration(np.zeros(5)) == 0


def test_the_influence_of_a_cell_is_that_of_its_rows():
    table = np.array([[30, 10], [0, 60]])

    def share(tables):
        return tables[:, 0, 0] / tables[:, 0].sum(axis=1)

    # For hits / trials: (hit - value) n / trials for a trial, 0 for other rows.
    expected = [[0.25 * 100 / 40, -0.75 * 100 / 40], [0, 0]]
    assert cell_influence(table, share) == pytest.approx(np.array(expected), abs=1e-6)


@pytest.mark.parametrize(
    ("value", "influence"),
    [(1.0, []), (1.0, [0.0]), (1.0, [0.0] * 9), (np.nan, [1.0, -1.0]), (1.0, [np.nan] * 4)],
)
def test_where_nothing_is_known_there_is_no_interval(value, influence):
    assert from_influence(value, np.array(influence)) is None
    assert influence_p_value(value, np.array(influence), 0.5) is None


@given(st.floats(-2, 4), st.floats(0.51, 0.999999), st.booleans(), st.booleans())
def test_p_values_belong_to_the_bounds(limit, confidence, upward, of_mean):
    value = float(SKEWED.mean())
    bounds = from_influence(value, CENTRED, confidence, 1, of_mean=of_mean)
    alternative = "greater" if upward else "less"
    p_value = influence_p_value(value, CENTRED, limit, alternative, of_mean=of_mean)
    clear = bounds.low > limit if upward else bounds.high < limit
    if abs(p_value - (1 - confidence)) > 1e-9:
        assert clear == (p_value < 1 - confidence)
