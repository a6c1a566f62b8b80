# SPDX-License-Identifier: Apache-2.0
"""The tests and intervals of pairs against R, published examples and maximised likelihoods.

The published intervals are given there to three or four decimals, and quoted by the tests of the R
package ratesci, where they were taken from. What is held to more digits is
held against a score test whose likelihood is maximised numerically, by a search that knows no
closed form.
"""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.stats import norm

from shipway.stats.paired import mcnemar, mcnemar_midp, tango, tango_p_value
from shipway.stats.proportions import binomial_p_value

COUNTS = st.tuples(st.integers(0, 300), st.integers(0, 300), st.integers(0, 2000)).map(
    lambda three: (three[0], three[1], max(1, sum(three)))
)

# only first, only second, rows, confidence, low, high
PUBLISHED = [
    # T. Tango, Statistics in Medicine 17 (1998): the crossover trial and the lens study
    (9, 3, 32, 0.95, -0.027, 0.390),
    (0, 1, 44, 0.90, -0.096, 0.037),
    # A. Agresti and Y. Min, Statistics in Medicine 24 (2005)
    (16, 8, 86, 0.95, -0.020, 0.207),
    # M. W. Fagerland, S. Lydersen and P. Laake, Statistics in Medicine 33 (2014)
    (1, 7, 21, 0.95, -0.517, -0.026),
    # M.-L. Tang, H.-Q. Li and N.-S. Tang (2010)
    (3, 1, 14, 0.95, -0.1670, 0.4327),
    # P. Chang et al., J. Appl. Stat. 51 (2024)
    (25, 2, 102, 0.95, 0.139, 0.321),
]


@pytest.mark.parametrize(("first", "second", "rows", "confidence", "low", "high"), PUBLISHED)
def test_tango_as_published(first, second, rows, confidence, low, high):
    found = tango(first, second, rows, confidence)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5.1e-4)
    assert (found.confidence, found.sides, found.method) == (confidence, 2, "Tango")


def _searched(first, second, rows, limit):
    """Tango's z with the constrained likelihood maximised by golden section and Brent."""
    least, most = max(0.0, -limit), (1 - limit) / 2

    def loss(share):
        chances = (share + limit, share, 1 - 2 * share - limit)
        counts = (first, second, rows - first - second)
        pairs = zip(counts, chances, strict=True)
        return -sum(n * math.log(max(p, 1e-300)) for n, p in pairs if n)

    share = minimize_scalar(
        loss, bounds=(least, most), method="bounded", options={"xatol": 1e-13}
    ).x
    variance = 2 * share + limit * (1 - limit)
    return (first - second - rows * limit) / math.sqrt(rows * variance)


@pytest.mark.parametrize("limit", [-0.4, -0.02, 0.0, 0.01, 0.3])
@pytest.mark.parametrize("counts", [(9, 3, 32), (40, 20, 160), (1, 7, 21), (500, 480, 20_000)])
def test_tango_is_the_score_test_of_a_maximised_likelihood(counts, limit):
    z = _searched(*counts, limit)
    assert tango_p_value(*counts, limit) == pytest.approx(norm.sf(z), rel=1e-6, abs=1e-12)
    assert tango_p_value(*counts, limit, "less") == pytest.approx(norm.cdf(z), rel=1e-6, abs=1e-12)


@pytest.mark.parametrize("counts", [(9, 3, 32), (40, 20, 160), (1, 7, 21), (500, 480, 20_000)])
def test_at_the_ends_the_searched_statistic_is_the_quantile(counts):
    found = tango(*counts, 0.95)
    assert _searched(*counts, found.low) == pytest.approx(norm.isf(0.025), abs=2e-6)
    assert _searched(*counts, found.high) == pytest.approx(-norm.isf(0.025), abs=2e-6)


def test_at_no_difference_tango_is_mcnemars_test_without_correction():
    # R mcnemar.test(correct = FALSE), two-sided
    for first, second, expected in [
        (5, 12, 0.0895550744136431),
        (6, 16, 0.0330062576612324),
        (40, 20, 0.00982327450751926),
    ]:
        one_sided = tango_p_value(max(first, second), min(first, second), 100, 0)
        assert 2 * one_sided == pytest.approx(expected, rel=1e-10)


def test_models_that_never_disagree_still_leave_room():
    found = tango(0, 0, 1000, 0.95, sides=1)
    z2 = norm.isf(0.05) ** 2
    assert (found.low, found.high) == pytest.approx((-z2 / (1000 + z2), z2 / (1000 + z2)))
    assert tango_p_value(0, 0, 1000, 0) == tango_p_value(0, 0, 1000, 0, "less") == 0.5
    assert tango_p_value(0, 0, 1000, -0.01) == pytest.approx(norm.sf(math.sqrt(10 / 0.99)))


def test_ends_of_what_is_possible():
    assert tango(5, 0, 5).high == 1
    assert tango(0, 5, 5).low == -1
    assert (tango(0, 0, 0).low, tango(0, 0, 0).high) == (-1, 1)
    assert tango_p_value(0, 0, 0, 0.1) == tango_p_value(3, 0, 9, 1) == 1
    assert tango_p_value(3, 0, 9, -1.1) == tango_p_value(3, 0, 9, -1) == 0


@settings(max_examples=300, deadline=None)
@given(COUNTS, st.floats(0.5, 0.9999), st.sampled_from([1, 2]))
def test_the_interval_lies_around_the_difference_and_turns_with_the_models(
    counts, confidence, sides
):
    first, second, rows = counts
    found, turned = tango(*counts, confidence, sides), tango(second, first, rows, confidence, sides)
    assert -1 <= found.low <= (first - second) / rows + 1e-12
    assert (first - second) / rows - 1e-12 <= found.high <= 1
    assert (found.low, found.high) == pytest.approx((-turned.high, -turned.low), abs=1e-12)


@settings(max_examples=300, deadline=None)
@given(COUNTS, st.floats(-1, 1), st.floats(0.5, 0.999))
def test_a_bound_is_clear_of_a_limit_just_where_the_test_rejects(counts, limit, confidence):
    found = tango(*counts, confidence, sides=1)
    if abs(found.low - limit) > 1e-9:
        assert (found.low > limit) == (tango_p_value(*counts, limit) < 1 - confidence)
    if abs(found.high - limit) > 1e-9:
        assert (found.high < limit) == (tango_p_value(*counts, limit, "less") < 1 - confidence)


@given(st.integers(0, 10**7), st.integers(0, 10**7), st.floats(-1, 1))
def test_no_count_leads_to_nan(first, second, limit):
    found = tango(first, second, first + second + 3)
    assert -1 <= found.low <= found.high <= 1
    assert 0 <= tango_p_value(first, second, first + second + 3, limit) <= 1


@pytest.mark.parametrize("counts", [(-1, 0, 3), (2, 2, 3), (0, math.nan, 3)])
def test_impossible_counts_are_refused(counts):
    with pytest.raises(ValueError, match="rows"):
        tango(*counts)
    with pytest.raises(ValueError, match="rows"):
        tango_p_value(*counts, 0)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        # statsmodels mcnemar(exact=True), R binom.test(b, b + c)$p.value
        (5, 12, 0.143463134765625),
        (16, 59, 6.11415657252151e-07),
        (1, 7, 0.0703125),
        (4_995_000, 5_000_000, 0.113828206557567),
        (10, 200, 4.72826344287702e-47),
        (0, 0, 1),
        (4, 4, 1),
        (5_000_000, 5_000_000, 1),
    ],
)
def test_mcnemar_as_statsmodels_and_r(first, second, expected):
    assert mcnemar(first, second) == pytest.approx(expected, rel=1e-10)
    assert mcnemar(second, first) == mcnemar(first, second)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        # By hand, from binomial coefficients: 2 P(X <= k) - P(X = k); for b = c 1 - P(X = b) / 2
        (1, 7, (2 * (1 + 8) - 8) / 2**8),
        (3, 1, (2 * (1 + 4) - 4) / 2**4),
        (5, 0, 1 / 2**5),
        (2, 2, 1 - 6 / 2**5),
        (0, 0, 0.5),
    ],
)
def test_mid_p_by_hand(first, second, expected):
    assert mcnemar_midp(first, second) == pytest.approx(expected, rel=1e-13)
    assert mcnemar_midp(second, first) == mcnemar_midp(first, second)


@given(st.integers(0, 10**5), st.integers(0, 10**5))
def test_mid_p_is_the_smaller_one(first, second):
    assert 0 <= mcnemar_midp(first, second) <= mcnemar(first, second) <= 1


@given(st.integers(0, 10**4), st.integers(0, 10**4))
def test_mcnemar_is_twice_the_one_sided_test_of_a_half(first, second):
    one_sided = binomial_p_value(max(first, second), first + second, 0.5)
    assert mcnemar(first, second) == pytest.approx(min(1, 2 * one_sided), rel=1e-9)


def test_negative_counts_are_refused():
    with pytest.raises(ValueError, match="rows"):
        mcnemar(-1, 3)
    with pytest.raises(ValueError, match="rows"):
        mcnemar_midp(1, -3)
