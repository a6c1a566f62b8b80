# SPDX-License-Identifier: Apache-2.0
"""Ratios of independent shares against statsmodels 0.15 and published examples."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shipway.stats.independent import farrington_manning_p_value
from shipway.stats.independent_ratio import (
    farrington_manning_ratio,
    farrington_manning_ratio_p_value,
)

GROUP = st.tuples(st.integers(0, 3000), st.integers(1, 3000)).map(lambda two: (min(two), two[1]))
COUNTS = st.tuples(GROUP, GROUP).map(lambda two: (*two[0], *two[1]))


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [
        # By confint_proportions_2indep with compare "ratio", method "score", without correction
        ((56, 70, 48, 80), 1.0798215063618604, 1.6708055780191224),
        ((9, 10, 3, 10), 1.3532371938667245, 8.46766868670978),
        ((5, 56, 1, 29), 0.43268917056325745, 16.440831977922027),
        ((10, 10, 2, 20), 3.3218878216785113, 35.88540628179213),
        ((300, 1000, 180, 800), 1.137681496837528, 1.565360535767488),
    ],
)
def test_as_statsmodels(counts, low, high):
    found = farrington_manning_ratio(*counts)
    assert (found.low, found.high) == pytest.approx((low, high), rel=1e-10)
    assert (found.confidence, found.sides) == (0.95, 2)
    assert found.method == "Farrington-Manning, ratio"


def test_as_published():
    # J. J. Gart and J. Nam, "Approximate interval estimation of the ratio of binomial parameters",
    # Biometrics 44 (1988): the score method without correction for skewness
    for counts, low, high in [((8, 15, 4, 15), 0.815, 5.336), ((6, 10, 6, 20), 0.844, 4.594)]:
        found = farrington_manning_ratio(*counts)
        assert (found.low, found.high) == pytest.approx((low, high), abs=6e-4)


def test_p_values_as_statsmodels():
    # By test_proportions_2indep with compare "ratio", method "score", alternative "larger", without
    # correction
    for counts, limit, expected in [
        ((56, 70, 48, 80), 1.1, 0.03673761932188045),
        ((9, 10, 3, 10), 0.8, 0.0004967976660711549),
        ((300, 1000, 180, 800), 1.25, 0.2136072471511385),
    ]:
        greater = farrington_manning_ratio_p_value(*counts, limit)
        assert greater == pytest.approx(expected, rel=1e-10)
        less = farrington_manning_ratio_p_value(*counts, limit, "less")
        assert less == pytest.approx(1 - expected, rel=1e-10)


@given(COUNTS)
def test_at_one_it_is_the_pooled_test(counts):
    expected = farrington_manning_p_value(*counts, 0)
    assert farrington_manning_ratio_p_value(*counts, 1) == pytest.approx(expected, rel=1e-9)


def test_shares_of_zero():
    both = farrington_manning_ratio(0, 9, 0, 9)
    assert (both.low, both.high) == (0, math.inf)
    assert farrington_manning_ratio(0, 9, 4, 9).low == 0
    assert farrington_manning_ratio(0, 9, 4, 9).high < 1
    assert farrington_manning_ratio(4, 9, 0, 9).high == math.inf
    assert farrington_manning_ratio(4, 9, 0, 9).low > 1
    assert farrington_manning_ratio_p_value(4, 9, 0, 9, 0) == 0
    assert farrington_manning_ratio_p_value(0, 9, 0, 9, 1) == 0.5


def test_a_group_without_rows_says_nothing():
    for counts in [(3, 4, 0, 0), (0, 0, 3, 4), (0, 0, 0, 0)]:
        found = farrington_manning_ratio(*counts)
        assert (found.low, found.high) == (0, math.inf)
        assert farrington_manning_ratio_p_value(*counts, 0.5) == 1


@settings(max_examples=300, deadline=None)
@given(COUNTS, st.floats(0.5, 0.9999), st.sampled_from([1, 2]))
def test_the_interval_lies_around_the_ratio_and_turns_with_the_groups(counts, confidence, sides):
    found = farrington_manning_ratio(*counts, confidence, sides)
    turned = farrington_manning_ratio(*counts[2:], *counts[:2], confidence, sides)
    assert found.low >= 0
    assert not math.isnan(found.high)
    if counts[2]:
        ratio = counts[0] / counts[1] * counts[3] / counts[2]
        assert found.low * (1 - 1e-12) <= ratio <= found.high * (1 + 1e-12)
    if found.low > 0:
        assert turned.high == pytest.approx(1 / found.low, rel=1e-12)


@settings(max_examples=300, deadline=None)
@given(COUNTS, st.floats(0, 20), st.floats(0.5, 0.999))
def test_a_bound_is_clear_of_a_limit_just_where_the_test_rejects(counts, limit, confidence):
    found, alpha = farrington_manning_ratio(*counts, confidence, sides=1), 1 - confidence
    if abs(found.low - limit) > 1e-9:
        greater = farrington_manning_ratio_p_value(*counts, limit)
        assert (found.low > limit) == (greater < alpha)
    if abs(found.high - limit) > 1e-9:
        less = farrington_manning_ratio_p_value(*counts, limit, "less")
        assert (found.high < limit) == (less < alpha)


def test_impossible_input_is_refused():
    with pytest.raises(ValueError, match="successes"):
        farrington_manning_ratio(5, 4, 1, 2)
    for limit in (-1, math.inf, math.nan):
        with pytest.raises(ValueError, match="ratio"):
            farrington_manning_ratio_p_value(1, 4, 1, 2, limit)
