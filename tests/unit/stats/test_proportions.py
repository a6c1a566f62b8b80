# SPDX-License-Identifier: Apache-2.0
"""Intervals and tests of one share against statsmodels 0.14 and R 4.2.2."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shipway.stats.bounds import quantile, tail
from shipway.stats.proportions import (
    binomial_p_value,
    clopper_pearson,
    jeffreys,
    score_p_value,
    wilson,
)

ALL = [wilson, clopper_pearson, jeffreys]
COUNTS = st.tuples(st.integers(0, 10_000), st.integers(1, 10_000)).map(
    lambda pair: (min(pair), pair[1])
)

# statsmodels proportion_confint with method "wilson"
WILSON = [
    (95, 100, 0.05, 0.8882495307680808, 0.9784563208456319),
    (95, 100, 0.10, 0.9008389147209471, 0.9754526365741959),
    (0, 20, 0.05, 0.0, 0.1611251580528194),
    (20, 20, 0.10, 0.8808421626390355, 1.0),
    (3, 17, 0.05, 0.061911266376209945, 0.4102945856883413),
    (980, 1000, 0.05, 0.9693099947702822, 0.987016317083585),
]
# R binom.test(x, n, conf.level = ...)$conf.int, the same as proportion_confint(method="beta")
CLOPPER_PEARSON = [
    (95, 100, 0.05, 0.887165088894537, 0.983568120817948),
    (0, 20, 0.05, 0.0, 0.168433470983085),
    (20, 20, 0.10, 0.860891659331735, 1.0),
    (3, 17, 0.01, 0.020924344300441, 0.510403750494893),
    (999990, 1000000, 0.05, 0.999981609721109, 0.999995204601222),
]
# statsmodels proportion_confint with method "jeffreys", away from the ends
JEFFREYS = [
    (95, 100, 0.05, 0.893899926116897, 0.9806681880141332),
    (3, 17, 0.01, 0.030981024593702673, 0.47676454044720856),
    (980, 1000, 0.10, 0.971656714344901, 0.9862970505826985),
    (1, 29, 0.05, 0.003746173649057073, 0.15007768600223176),
    (999990, 1000000, 0.05, 0.9999822606351286, 0.9999948585399041),
]
REFERENCES = [
    *((wilson, *row) for row in WILSON),
    *((clopper_pearson, *row) for row in CLOPPER_PEARSON),
    *((jeffreys, *row) for row in JEFFREYS),
]
NAMES = {wilson: "Wilson", clopper_pearson: "Clopper-Pearson", jeffreys: "Jeffreys"}


@pytest.mark.parametrize(("method", "successes", "trials", "alpha", "low", "high"), REFERENCES)
def test_two_sided_as_the_references(method, successes, trials, alpha, low, high):
    found = method(successes, trials, 1 - alpha)
    assert (found.low, found.high) == pytest.approx((low, high), rel=1e-11, abs=1e-12)
    assert (found.confidence, found.sides, found.method) == (1 - alpha, 2, NAMES[method])


def test_one_sided_as_r():
    # binom.test(95, 100, alternative = "greater" and "less")$conf.int
    exact = clopper_pearson(95, 100, 0.95, sides=1)
    assert (exact.low, exact.high) == pytest.approx((0.897746622356726, 0.980094436337828))
    # prop.test(95, 100, alternative = ..., correct = FALSE)$conf.int
    score = wilson(95, 100, 0.95, sides=1)
    assert (score.low, score.high) == pytest.approx((0.900838914720947, 0.975452636574196))


def test_the_examples_of_newcombe():
    # R. G. Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in
    # Medicine 17 (1998), table I: 81 of 263 (Wilson), 15 of 148, 0 of 20 and 1 of 29.
    for method, expected in [
        (wilson, [(0.2553, 0.3662), (0.0624, 0.1605), (0.0000, 0.1611), (0.0061, 0.1718)]),
        (clopper_pearson, [(0.2527, 0.3676), (0.0578, 0.1617), (0.0, 0.1684), (0.0009, 0.1776)]),
    ]:
        for (successes, trials), ends in zip(
            [(81, 263), (15, 148), (0, 20), (1, 29)], expected, strict=True
        ):
            found = method(successes, trials)
            assert (found.low, found.high) == pytest.approx(ends, abs=5.1e-5)


@pytest.mark.parametrize("method", ALL)
def test_a_one_sided_bound_is_the_end_of_a_wider_two_sided_interval(method):
    one, two = method(95, 100, 0.95, sides=1), method(95, 100, 0.90, sides=2)
    assert (one.low, one.high) == pytest.approx((two.low, two.high))


@pytest.mark.parametrize("method", ALL)
def test_no_failures_and_no_successes_touch_the_end(method):
    assert method(0, 40).low == 0
    assert method(40, 40).high == 1
    assert 0.05 < method(0, 40).high < 0.1
    assert method(0, 40).high == pytest.approx(1 - method(40, 40).low)


@pytest.mark.parametrize("method", ALL)
def test_no_trials_mean_that_nothing_is_known(method):
    assert (method(0, 0).low, method(0, 0).high) == (0.0, 1.0)


@pytest.mark.parametrize("method", ALL)
@pytest.mark.parametrize(("successes", "trials"), [(-1, 3), (4, 3), (float("nan"), 3)])
def test_impossible_counts_are_refused(method, successes, trials):
    with pytest.raises(ValueError, match="successes"):
        method(successes, trials)


@pytest.mark.parametrize("confidence", [0.4, 1.0, 2.0])
def test_impossible_confidence_is_refused(confidence):
    with pytest.raises(ValueError, match="confidence"):
        quantile(confidence, 1)


def test_a_confidence_just_below_one_keeps_its_digits():
    # R qnorm(2^-40, lower.tail = FALSE)
    assert quantile(1 - 2**-40, 1) == pytest.approx(7.04770025666441, rel=1e-12)
    assert tail(0.95, 2) == pytest.approx(0.025)


@settings(deadline=None)
@given(st.sampled_from(ALL), COUNTS, st.floats(0.5, 0.9999), st.sampled_from([1, 2]))
def test_the_interval_lies_around_the_share_and_inside(method, counts, confidence, sides):
    found = method(*counts, confidence, sides)
    assert 0 <= found.low <= found.high + 1e-12 <= 1 + 1e-12
    if method is wilson or confidence > 0.8:
        share = counts[0] / counts[1]
        assert found.low - 1e-12 <= share <= found.high + 1e-12


@settings(deadline=None)
@given(COUNTS, st.floats(0.6, 0.9999))
def test_clopper_and_pearson_are_wider_than_jeffreys(counts, confidence):
    wide, narrow = clopper_pearson(*counts, confidence), jeffreys(*counts, confidence)
    assert wide.low <= narrow.low + 1e-12
    assert narrow.high <= wide.high + 1e-12


# x, n, limit, binom.test p of "greater" and "less", prop.test(correct = FALSE) likewise
P_VALUES = [
    (95, 100, 0.9, 0.0575768864870338, 0.976288917336523, 0.0477903522728147, 0.952209647727185),
    (3, 17, 0.3, 0.922614747387929, 0.201907008787147, 0.866810038328759, 0.133189961671241),
    (0, 20, 0.1, 1.0, 0.121576654590569, 0.931981435942928, 0.0680185640570718),
    (20, 20, 0.9, 0.121576654590569, 1.0, 0.0680185640570718, 0.931981435942928),
    (
        *(520000, 1000000, 0.5195),
        *(0.158713188352935, 0.841770765488999, 0.158471095142687, 0.841528904857313),
    ),
]


@pytest.mark.parametrize(
    ("successes", "trials", "limit", "exact", "exact_less", "score", "score_less"), P_VALUES
)
def test_p_values_as_r(successes, trials, limit, exact, exact_less, score, score_less):
    counts = (successes, trials, limit)
    assert binomial_p_value(*counts) == pytest.approx(exact, rel=1e-9)
    assert binomial_p_value(*counts, "less") == pytest.approx(exact_less, rel=1e-9)
    assert score_p_value(*counts) == pytest.approx(score, rel=1e-9)
    assert score_p_value(*counts, "less") == pytest.approx(score_less, rel=1e-9)


@settings(deadline=None)
@given(
    st.sampled_from([(clopper_pearson, binomial_p_value), (wilson, score_p_value)]),
    COUNTS,
    st.floats(0, 1),
    st.floats(0.5, 0.999),
)
def test_a_bound_is_clear_of_a_limit_just_where_its_test_rejects(pair, counts, limit, confidence):
    method, test = pair
    found, alpha = method(*counts, confidence, 1), 1 - confidence
    if abs(found.low - limit) > 1e-9:
        assert (found.low > limit) == (test(*counts, limit) < alpha)
    if abs(found.high - limit) > 1e-9:
        assert (found.high < limit) == (test(*counts, limit, "less") < alpha)


@pytest.mark.parametrize("test", [binomial_p_value, score_p_value])
def test_hypotheses_that_must_or_cannot_be_true(test):
    assert test(0, 0, 0.5) == test(0, 0, 0.5, "less") == 1
    assert test(5, 5, 1) == test(5, 5, 1.2) == test(0, 5, 0, "less") == test(0, 5, -1, "less") == 1
    assert test(0, 5, -0.1) == test(5, 5, 1.1, "less") == test(1, 5, 0) == 0
    assert test(4, 5, 1, "less") == 0
