# SPDX-License-Identifier: Apache-2.0
"""The beta distribution against scipy and R, over all sizes of samples and all shares."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from shipway.stats.beta import beta_quantile, incomplete_beta, log_beta, log_tails

SIZES = st.floats(-0.3, 7).map(lambda power: 10**power)


@settings(max_examples=300, deadline=None)
@given(SIZES, SIZES)
def test_log_beta_is_that_of_scipy(a, b):
    # scipy 1.17 has 10 digits of ln B(1, 316228), where ours is held against ln(1 / b) below.
    assert log_beta(a, b) == pytest.approx(special.betaln(a, b), rel=1e-9, abs=1e-9)
    assert log_beta(a, 1) == pytest.approx(-math.log(a), rel=1e-14, abs=1e-14)
    assert log_beta(2, b) == pytest.approx(-math.log(b) - math.log1p(b), rel=1e-14, abs=1e-14)


@settings(max_examples=500, deadline=None)
@given(SIZES, SIZES, st.floats(-8, 8))
def test_both_tails_are_those_of_scipy_around_the_middle(a, b, away):
    middle = a / (a + b)
    x = middle + away * math.sqrt(middle * (1 - middle) / (a + b + 1))
    x = min(max(x, middle / 1000), 1 - (1 - middle) / 1000)
    lower, upper = log_tails(a, b, x)
    assert math.exp(lower) == pytest.approx(special.betainc(a, b, x), rel=2e-11, abs=1e-290)
    assert math.exp(upper) == pytest.approx(special.betaincc(a, b, x), rel=2e-11, abs=1e-290)


@settings(max_examples=300, deadline=None)
@given(st.floats(0.4, 300), st.floats(0.4, 300), st.floats(1e-6, 1 - 1e-6))
def test_samples_of_hundreds_agree_to_twelve_digits(a, b, x):
    expected = special.betainc(a, b, x)
    assert incomplete_beta(a, b, x) == pytest.approx(expected, rel=1e-12, abs=1e-290)


@settings(max_examples=300, deadline=None)
@given(SIZES, SIZES, st.sampled_from([1e-12, 1e-4, 0.025, 0.2, 0.5]))
def test_just_below_and_above_a_quantile_scipy_is_on_either_side(a, b, probability):
    # Not against scipy's own inverse: for Beta(0.583, 0.583) that gives 0.49999999 as the median.
    # Its function is good to 9 digits for Beta(1, 10^7); the closed forms below ask more of ours.
    near, slack = 1e-11, 1 + 2e-9
    low = beta_quantile(probability, a, b)
    assert special.betainc(a, b, low * (1 - near)) <= probability * slack
    assert special.betainc(a, b, min(low * (1 + near), 1)) * slack >= probability
    high = beta_quantile(probability, a, b, upper=True)
    assert special.betaincc(a, b, min(high * (1 + near), 1)) <= probability * slack
    assert special.betaincc(a, b, high * (1 - near)) * slack >= probability


@settings(max_examples=300, deadline=None)
@given(SIZES, st.floats(-30, -1e-3))
def test_quantiles_that_have_a_closed_form(size, logarithm):
    # P(Beta(1, b) > x) = (1 - x)^b and P(Beta(a, 1) <= x) = x^a
    probability = math.exp(logarithm)
    power = math.log(probability) / size
    high = beta_quantile(probability, 1, size, upper=True)
    assert high == pytest.approx(-math.expm1(power), rel=1e-12)
    assert beta_quantile(probability, size, 1) == pytest.approx(math.exp(power), rel=1e-12)


@settings(max_examples=200, deadline=None)
@given(SIZES, SIZES, st.floats(1e-9, 1 - 1e-9))
def test_a_quantile_leads_back_to_its_probability(a, b, probability):
    x = beta_quantile(probability, a, b)
    if 1e-300 < x < 1 - 1e-9:
        assert incomplete_beta(a, b, x) == pytest.approx(probability, rel=1e-6)


def test_values_of_r():
    # R 4.2.2: pbeta(0.3, 50, 100, log.p = TRUE), qbeta(1e-12, 95, 6) from both ends, lbeta
    assert log_tails(50, 100, 0.3)[0] == pytest.approx(-1.63705665388412, rel=1e-13)
    assert beta_quantile(1e-12, 95, 6) == pytest.approx(0.652319356257145, rel=1e-12)
    assert beta_quantile(1e-12, 95, 6, upper=True) == pytest.approx(0.999691622752818, rel=1e-12)
    assert log_beta(1e7, 3) == pytest.approx(-47.661140072315, rel=1e-13)
    assert log_beta(1e6, 1e6) == pytest.approx(-1386300.00336292, rel=1e-14)
    assert log_beta(0.5, 0.5) == pytest.approx(math.log(math.pi), rel=1e-14)


def test_tails_that_no_float_holds_keep_their_digits():
    # P(Beta(10^6, 1) <= 1/2) = 2^-1000000
    assert log_tails(1e6, 1, 0.5)[0] == pytest.approx(-1e6 * math.log(2), rel=1e-14)
    assert incomplete_beta(1e6, 1, 0.5) == 0


def test_ends():
    assert (incomplete_beta(2, 3, 0), incomplete_beta(2, 3, 1)) == (0, 1)
    assert (beta_quantile(0, 2, 3), beta_quantile(1, 2, 3)) == (0, 1)
    assert (beta_quantile(0, 2, 3, upper=True), beta_quantile(1, 2, 3, upper=True)) == (1, 0)


@pytest.mark.parametrize(
    ("a", "b", "x"), [(0, 1, 0.5), (1, -1, 0.5), (1, 1, 1.5), (1, 1, math.nan)]
)
def test_what_has_no_value_is_refused(a, b, x):
    with pytest.raises(ValueError, match="incomplete beta"):
        incomplete_beta(a, b, x)


def test_a_probability_outside_its_range_is_refused():
    with pytest.raises(ValueError, match="quantile"):
        beta_quantile(1.5, 1, 1)
