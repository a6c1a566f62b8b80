# SPDX-License-Identifier: Apache-2.0
"""Rows for a promise, against ease.ml/ci (Renggli et al., MLSys 2019) and brute force."""

from math import exp, log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from shipway.stats.budget import log_delta
from shipway.stats.exact_labels import (
    binomial_rows,
    binomial_rows_beyond,
    log_sum_at_least,
    paired_rows,
    paired_rows_beyond,
)
from shipway.stats.labels import (
    bennett,
    coarse_then_fine,
    hoeffding,
    hoeffding_of_sum,
    zero_error,
)


# Section 3's formulas by hand: n = ln(32 / delta) / (2 eps^2), and with 32 ln 2 for ln 32; for
# n - o half the tolerance and half of delta for each.
@pytest.mark.parametrize(
    ("delta", "tolerance", "counts"),
    [
        (0.01, 0.1, (404, 1340, 1753, 5496)),
        (0.01, 0.05, (1615, 5358, 7012, 21984)),
        (0.0001, 0.01, (63381, 156956, 267385, 641684)),
    ],
)
def test_hoeffding_for_32_steps(delta, tolerance, counts):
    none, full = log_delta(delta, 32), log_delta(delta, 32, "full")
    assert counts == (
        hoeffding(1, tolerance, none),
        hoeffding(1, tolerance, full),
        hoeffding_of_sum([1, 1], tolerance, none),
        hoeffding_of_sum([1, 1], tolerance, full),
    )


def test_a_sum_is_cheapest_where_all_parts_need_the_same():
    # Any other way to share the tolerance out needs a larger largest sample.
    best = hoeffding_of_sum([1.0, 1.1], 0.01, log(0.05))
    for share in np.linspace(0.05, 0.95, 91):
        parts = (1.0, 0.01 * share), (1.1, 0.01 * (1 - share))
        assert max(hoeffding(span, part, log(0.025)) for span, part in parts) >= best


def test_a_difference_row_by_row_costs_no_union():
    # n = r^2 (ln H - ln(delta / 2)) / (2 eps^2) with r = 2, two-sided.
    by_hand = 4 * (log(32) - log(0.001 / 2)) / (2 * 0.01**2)
    assert hoeffding(2, 0.01, log_delta(0.001, 32), sides=2) == int(by_hand) + 1


def test_bennett_as_the_paper():
    # Section 4, pattern 1, p = 0.1 and 1 - delta = 0.9999: 29K rows for 32 steps of which the
    # developers learn nothing, 67K for 32 of which they learn all, 2,188 labels a commit; half of
    # delta goes to the test of d. The paper rounds down.
    assert bennett(0.1, 0.01, log_delta(0.00005, 32), sides=2) == 29_048
    assert bennett(0.1, 0.01, log_delta(0.00005, 32, "full"), sides=2) == 67_706
    assert bennett(0.1, 0.01, log(0.00005), sides=2) * 0.1 == pytest.approx(2188.9, abs=0.05)


def test_bennett_needs_less_than_hoeffding_where_little_changes():
    assert bennett(0.01, 0.01, log(0.05)) < bennett(0.2, 0.01, log(0.05))
    assert bennett(0.2, 0.01, log(0.05)) < hoeffding(2, 0.01, log(0.05))


def test_coarse_then_fine_is_worth_it_near_one():
    assert coarse_then_fine(0.02, 0.01, log(0.001)) < hoeffding(1, 0.01, log(0.001)) / 4
    assert coarse_then_fine(0.5, 0.01, log(0.001)) == hoeffding(1, 0.01, log(0.001))


def test_zero_error():
    # The rule of three: none in 299 shows less than 1 % at 95 %.
    assert zero_error(0.01, log(0.05)) == 299
    assert 0.99**299 <= 0.05 < 0.99**298


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: hoeffding(1, 0, -1.0),
        lambda: hoeffding(1, 0.1, 0.0),
        lambda: bennett(0, 0.1, -1.0),
        lambda: bennett(1.1, 0.1, -1.0),
        lambda: zero_error(0, -1.0),
        lambda: binomial_rows(0.5, 0.5, -1.0),
        lambda: binomial_rows(0.5, 1.1, -1.0),
        lambda: binomial_rows_beyond(0.5, 0.5, -1.0),
        lambda: paired_rows(0.1, 0.0, 0.2, -1.0),
        lambda: paired_rows_beyond(0.1, -0.2, 0.1, -1.0),
    ],
)
def test_what_makes_no_sense_is_refused(wrong):
    with pytest.raises(ValueError, match=r"above 0|below 1|lies in|no shares|no differences"):
        wrong()


@settings(max_examples=30, deadline=None)
@given(st.floats(0, 0.9), st.sampled_from((0.08, 0.1, 0.3)), st.sampled_from((0.2, 0.05, 0.001)))
def test_the_exact_test_is_the_smallest_that_there_is(low, apart, delta):
    high = min(low + apart, 1.0)
    found = binomial_rows(low, high, log(delta))
    rows = np.arange(1, found.rows + 1)
    critical = binom.isf(delta, rows, low) + 1
    holds = binom.cdf(critical - 1, rows, high) <= delta * (1 - 1e-9)
    assert binom.sf(found.critical - 1, found.rows, low) <= delta * (1 + 1e-9)
    assert binom.cdf(found.critical - 1, found.rows, high) <= delta * (1 + 1e-9)
    assert not holds[:-1].any()


def test_a_test_that_lets_pass_what_measures_enough():
    found = binomial_rows_beyond(0.98, 0.99, log(0.001))
    assert found.critical <= 0.99 * found.rows
    assert binom.sf(found.critical - 1, found.rows, 0.98) <= 0.001
    few = found.rows - 200
    assert binom.sf(np.floor(0.99 * few) - 1, few, 0.98) > 0.001


def distribution(rows, plus, minus):
    """P(S = s) for s from -rows to rows, by convolution."""
    shares = np.array([1.0])
    for _ in range(rows):
        shares = np.convolve(shares, [minus, 1 - plus - minus, plus])
    return shares


@pytest.mark.parametrize(
    ("rows", "plus", "minus"),
    [(50, 0.3, 0.2), (200, 0.03, 0.06), (30, 0.5, 0.5), (40, 0.0, 0.3), (40, 0.2, 0.0)],
)
def test_tails_of_a_sum_of_steps(rows, plus, minus):
    shares = distribution(rows, plus, minus)
    for least in (-rows - 1, -rows, -5, 0, 3, 10, 25, rows - 1, rows, rows + 1):
        expected = shares[max(least + rows, 0) :].sum()
        found = exp(log_sum_at_least(least, rows, plus, minus))
        assert found == pytest.approx(expected, rel=1e-9, abs=1e-300)


def test_tails_far_out_keep_their_digits():
    # Without steps down it is binomial.
    assert log_sum_at_least(400, 1000, 0.1, 0.0) == pytest.approx(binom.logsf(399, 1000, 0.1))


@pytest.mark.parametrize(
    ("changed", "low", "high", "delta"),
    [(0.1, 0.0, 0.1, 0.05), (0.3, -0.05, 0.05, 0.05), (1.0, 0.0, 0.2, 0.05)],
)
def test_the_exact_paired_test_is_the_smallest_that_there_is(changed, low, high, delta):
    found = paired_rows(changed, low, high, log(delta))

    def least_errors(rows):
        """The larger error of each critical count from 1 - rows."""
        at_low = distribution(rows, (changed + low) / 2, (changed - low) / 2)
        at_high = distribution(rows, (changed + high) / 2, (changed - high) / 2)
        says_high = at_low[::-1].cumsum()[::-1][1:]
        return np.maximum(says_high, at_high.cumsum()[:-1])

    assert least_errors(found.rows)[found.critical - 1 + found.rows] <= delta
    for rows in range(max(1, found.rows - 12), found.rows):
        assert least_errors(rows).min() > delta


def test_the_exact_paired_test_needs_less_than_bennett():
    test = paired_rows(0.1, 0.02, 0.04, log(0.001))
    assert test.rows == 9460 < bennett(0.1, 0.01, log(0.001))
    # A difference seldom varies more than when all changes are gone into it.
    assert paired_rows(0.05, 0.02, 0.04, log(0.001)).rows < test.rows


def test_a_paired_test_that_lets_pass_what_measures_enough():
    found = paired_rows_beyond(0.03, 0.02, 0.025, log(0.01))
    assert found.critical <= 0.025 * found.rows
    assert log_sum_at_least(found.critical, found.rows, 0.025, 0.005) <= log(0.01)


def test_what_would_take_millions_is_not_computed():
    assert binomial_rows(0.5, 0.5001, log(0.01)) is None
    assert paired_rows(0.1, 0.02, 0.0201, log(0.01)) is None
