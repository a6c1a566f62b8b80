# SPDX-License-Identifier: Apache-2.0
"""Differences of independent shares: Newcombe's tables, R, statsmodels, maximised likelihoods.

statsmodels 0.15 is no oracle for the score test of a difference other than 0: for 56/70 - 48/80 =
0.1 its constrained share is 0.6447 where the likelihood has its maximum at 0.65155, and its
interval ends at 0.3436 where Newcombe's table has 0.3377.
"""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.stats import norm

from shipway.stats.independent import (
    farrington_manning,
    farrington_manning_p_value,
    newcombe,
    null_shares,
)

GROUP = st.tuples(st.integers(0, 3000), st.integers(1, 3000)).map(lambda two: (min(two), two[1]))
COUNTS = st.tuples(GROUP, GROUP).map(lambda two: (*two[0], *two[1]))

# R. G. Newcombe, Statistics in Medicine 17 (1998), table II: counts, method 10
METHOD_10 = [
    ((56, 70, 48, 80), 0.0524, 0.3339),
    ((9, 10, 3, 10), 0.1705, 0.8090),
    ((6, 7, 2, 7), 0.0582, 0.8062),
    ((5, 56, 0, 29), -0.0381, 0.1926),
    ((0, 10, 0, 20), -0.1611, 0.2775),
    ((0, 10, 0, 10), -0.2775, 0.2775),
    ((10, 10, 0, 20), 0.6791, 1.0000),
    ((10, 10, 0, 10), 0.6075, 1.0000),
]
# The same table, method 5 (Mee), and J. J. Gart and J. Nam, Biometrics 46 (1990)
MEE = [
    ((56, 70, 48, 80), 0.0533, 0.3377),
    ((5, 56, 0, 29), -0.0313, 0.1926),
    ((7, 25, 2, 25), -0.014, 0.412),
]


@pytest.mark.parametrize(("counts", "low", "high"), METHOD_10)
def test_newcombe_as_his_table(counts, low, high):
    found = newcombe(*counts)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5.1e-5)
    assert (found.confidence, found.sides, found.method) == (0.95, 2, "Newcombe")


def test_newcombe_as_statsmodels():
    # By confint_proportions_2indep with method "newcomb" and compare "diff"
    for counts, low, high in [
        ((56, 70, 48, 80), 0.05243147240236498, 0.33387265403690614),
        ((5, 56, 1, 29), -0.09147889682955238, 0.16190296498773124),
        ((300, 1000, 180, 800), 0.03408416262710962, 0.11511255834648505),
    ]:
        found = newcombe(*counts)
        assert (found.low, found.high) == pytest.approx((low, high), abs=1e-12)


@pytest.mark.parametrize(("counts", "low", "high"), MEE)
def test_farrington_manning_is_mees_interval(counts, low, high):
    found = farrington_manning(*counts)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5.1e-4)
    assert found.method == "Farrington-Manning"


def test_at_no_difference_it_is_the_pooled_test():
    # R prop.test(c(x1, x2), c(n1, n2), alternative = "greater", correct = FALSE)
    for counts, expected in [
        ((56, 70, 48, 80), 0.00402254068409829),
        ((9, 10, 3, 10), 0.00308494966027208),
        ((50, 1000, 45, 800), 0.722170354334694),
    ]:
        assert farrington_manning_p_value(*counts, 0) == pytest.approx(expected, rel=1e-10)


def _searched(successes, trials, other_successes, other_trials, limit):
    """The constrained share of the other group by golden section and Brent, and the z."""

    def loss(share):
        chances = (share + limit, 1 - share - limit, share, 1 - share)
        other_failures = other_trials - other_successes
        counts = (successes, trials - successes, other_successes, other_failures)
        pairs = zip(counts, chances, strict=True)
        return -sum(n * math.log(max(p, 1e-300)) for n, p in pairs if n)

    bounds = (max(0.0, -limit), min(1.0, 1 - limit))
    share = minimize_scalar(loss, bounds=bounds, method="bounded", options={"xatol": 1e-13}).x
    first = share + limit
    variance = first * (1 - first) / trials + share * (1 - share) / other_trials
    distance = successes / trials - other_successes / other_trials - limit
    return share, distance / math.sqrt(variance)


TABLES = [
    (56, 70, 48, 80),
    (9, 10, 3, 10),
    (5, 56, 1, 29),
    (300, 1000, 180, 800),
    (990, 1000, 5, 9),
]


@pytest.mark.parametrize("limit", [-0.3, -0.02, 0.0, 0.1, 0.6])
@pytest.mark.parametrize("counts", TABLES)
def test_the_score_test_of_a_maximised_likelihood(counts, limit):
    share, z = _searched(*counts, limit)
    assert null_shares(*counts, limit) == pytest.approx((share + limit, share), abs=2e-7)
    assert farrington_manning_p_value(*counts, limit) == pytest.approx(norm.sf(z), rel=2e-6)
    less = farrington_manning_p_value(*counts, limit, "less")
    assert less == pytest.approx(norm.cdf(z), rel=2e-6)


@pytest.mark.parametrize("counts", TABLES)
def test_at_the_ends_the_searched_statistic_is_the_quantile(counts):
    found = farrington_manning(*counts, 0.95)
    assert _searched(*counts, found.low)[1] == pytest.approx(norm.isf(0.025), abs=2e-6)
    assert _searched(*counts, found.high)[1] == pytest.approx(-norm.isf(0.025), abs=2e-6)


@pytest.mark.parametrize("method", [newcombe, farrington_manning])
def test_a_group_without_rows_says_nothing(method):
    found = method(3, 4, 0, 0)
    assert (found.low, found.high) == (-1, 1)
    assert farrington_manning_p_value(3, 4, 0, 0, -0.5) == 1


def test_ends_of_what_is_possible():
    assert farrington_manning(5, 5, 0, 5).high == 1
    assert farrington_manning(0, 5, 5, 5).low == -1
    assert farrington_manning_p_value(1, 5, 0, 5, 1) == 1
    assert farrington_manning_p_value(1, 5, 0, 5, -1.1) == 0
    assert farrington_manning_p_value(1, 5, 0, 5, -1) == 0
    assert farrington_manning_p_value(0, 5, 0, 5, 0) == 0.5


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([newcombe, farrington_manning]),
    COUNTS,
    st.floats(0.5, 0.9999),
    st.sampled_from([1, 2]),
)
def test_the_interval_lies_around_the_difference_and_turns_with_the_groups(
    method, counts, confidence, sides
):
    found = method(*counts, confidence, sides)
    turned = method(*counts[2:], *counts[:2], confidence, sides)
    difference = counts[0] / counts[1] - counts[2] / counts[3]
    assert -1 <= found.low <= difference + 1e-12
    assert difference - 1e-12 <= found.high <= 1
    assert (found.low, found.high) == pytest.approx((-turned.high, -turned.low), abs=1e-12)


@settings(max_examples=300, deadline=None)
@given(COUNTS, st.floats(-1, 1), st.floats(0.5, 0.999))
def test_a_bound_is_clear_of_a_limit_just_where_the_test_rejects(counts, limit, confidence):
    found, alpha = farrington_manning(*counts, confidence, sides=1), 1 - confidence
    if abs(found.low - limit) > 1e-9:
        assert (found.low > limit) == (farrington_manning_p_value(*counts, limit) < alpha)
    if abs(found.high - limit) > 1e-9:
        assert (found.high < limit) == (farrington_manning_p_value(*counts, limit, "less") < alpha)


@pytest.mark.parametrize("method", [newcombe, farrington_manning])
@pytest.mark.parametrize("counts", [(5, 4, 1, 2), (1, 2, -1, 2), (1, 2, 1, math.nan)])
def test_impossible_counts_are_refused(method, counts):
    with pytest.raises(ValueError, match="successes"):
        method(*counts)
