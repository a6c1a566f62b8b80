# SPDX-License-Identifier: Apache-2.0
"""The ratio of paired shares against published examples and maximised likelihoods.

The published intervals are those that the tests of the R package ratesci quote.
"""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.stats import norm

from shipway.stats.paired import tango_p_value
from shipway.stats.paired_ratio import tang, tang_p_value

COUNTS = st.tuples(st.integers(0, 2000), st.integers(0, 300), st.integers(0, 300))

# both, only first, only second, confidence, low, high
PUBLISHED = [
    # N.-S. Tang, M.-L. Tang and I. S. F. Chan, Statistics in Medicine 22 (2003)
    (446, 5, 16, 0.90, 0.958, 0.992),
    (43, 0, 1, 0.90, 0.904, 1.039),
    # M. W. Fagerland, S. Lydersen and P. Laake, Statistics in Medicine 33 (2014)
    (1, 1, 7, 0.95, 0.0653, 0.9069),
]


@pytest.mark.parametrize(("both", "first", "second", "confidence", "low", "high"), PUBLISHED)
def test_as_published(both, first, second, confidence, low, high):
    found = tang(both, first, second, confidence)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5.1e-4)
    assert (found.confidence, found.sides, found.method) == (confidence, 2, "Tang")


def _searched(both, first, second, limit):
    """The z of the score test with the constrained likelihood maximised by a search."""
    some = both + first + second

    def chances(lost):
        kept = (1 - lost) / limit - lost
        return kept, 1 - lost - kept, lost

    def loss(lost):
        pairs = zip((both, first, second), chances(lost), strict=True)
        return -sum(n * math.log(max(p, 1e-300)) for n, p in pairs if n)

    bounds = (max(0.0, 1 - limit), 1 / (1 + limit))
    lost = minimize_scalar(loss, bounds=bounds, method="bounded", options={"xatol": 1e-13}).x
    kept, won, lost = chances(lost)
    variance = some * (won + limit**2 * lost + (1 - limit) ** 2 * kept)
    return (both + first - limit * (both + second)) / math.sqrt(variance)


TABLES = [(446, 5, 16), (43, 2, 1), (1, 1, 7), (8, 3, 1), (9000, 300, 350), (0, 4, 9)]


@pytest.mark.parametrize("limit", [0.3, 0.95, 0.99, 1.0, 1.02, 2.5])
@pytest.mark.parametrize("table", TABLES)
def test_the_score_test_of_a_maximised_likelihood(table, limit):
    z = _searched(*table, limit)
    assert tang_p_value(*table, limit) == pytest.approx(norm.sf(z), rel=2e-6, abs=1e-12)
    assert tang_p_value(*table, limit, "less") == pytest.approx(norm.cdf(z), rel=2e-6, abs=1e-12)


@pytest.mark.parametrize("table", TABLES)
def test_at_the_ends_the_searched_statistic_is_the_quantile(table):
    found = tang(*table, 0.95)
    assert _searched(*table, found.low) == pytest.approx(norm.isf(0.025), abs=2e-6)
    assert _searched(*table, found.high) == pytest.approx(-norm.isf(0.025), abs=2e-6)


@given(COUNTS)
def test_at_one_it_is_the_test_of_the_difference(counts):
    _both, first, second = counts
    if sum(counts):
        expected = tango_p_value(first, second, sum(counts), 0)
        assert tang_p_value(*counts, 1) == pytest.approx(expected, rel=1e-9)


def test_models_that_never_disagree_still_leave_room():
    # z^2 = m (1 - k) / k for a limit k below 1, so that k = m / (m + z^2)
    found, z2 = tang(500, 0, 0, 0.95, sides=1), norm.isf(0.05) ** 2
    assert (found.low, found.high) == pytest.approx((500 / (500 + z2), 1 + z2 / 500))
    assert tang_p_value(500, 0, 0, 1) == 0.5


def test_shares_of_zero():
    assert (tang(0, 0, 0).low, tang(0, 0, 0).high) == (0, math.inf)
    assert tang(0, 0, 8).low == 0
    assert tang(0, 0, 8).high < 1
    assert tang(0, 8, 0).low > 1
    assert tang(0, 8, 0).high == math.inf
    assert tang_p_value(0, 0, 0, 0.9) == 1
    assert tang_p_value(3, 1, 1, 0) == 0


@settings(max_examples=300, deadline=None)
@given(COUNTS, st.floats(0.5, 0.9999), st.sampled_from([1, 2]))
def test_the_interval_lies_around_the_ratio_and_turns_with_the_models(counts, confidence, sides):
    both, first, second = counts
    found = tang(*counts, confidence, sides)
    turned = tang(both, second, first, confidence, sides)
    assert found.low >= 0
    assert not math.isnan(found.high)
    if both + second:
        ratio = (both + first) / (both + second)
        assert found.low - 1e-12 <= ratio <= found.high + 1e-12
    if found.low > 0:
        assert turned.high == pytest.approx(1 / found.low, rel=1e-12)


@settings(max_examples=300, deadline=None)
@given(COUNTS, st.floats(0, 20), st.floats(0.5, 0.999))
def test_a_bound_is_clear_of_a_limit_just_where_the_test_rejects(counts, limit, confidence):
    found = tang(*counts, confidence, sides=1)
    if abs(found.low - limit) > 1e-9:
        assert (found.low > limit) == (tang_p_value(*counts, limit) < 1 - confidence)
    if abs(found.high - limit) > 1e-9 and sum(counts):
        assert (found.high < limit) == (tang_p_value(*counts, limit, "less") < 1 - confidence)


@pytest.mark.parametrize("counts", [(-1, 0, 3), (2, -2, 3), (0, 1, math.nan)])
def test_impossible_counts_are_refused(counts):
    with pytest.raises(ValueError, match="rows"):
        tang(*counts)


@pytest.mark.parametrize("limit", [-1, math.inf, math.nan])
def test_impossible_limits_are_refused(limit):
    with pytest.raises(ValueError, match="ratio"):
        tang_p_value(1, 2, 3, limit)
