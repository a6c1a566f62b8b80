# SPDX-License-Identifier: Apache-2.0
"""p-values: against scipy where it has them, by their false alarms where it has none."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2_contingency, fisher_exact, ks_2samp

from shipway.stats.drift import counts_of
from shipway.stats.homogeneity import chi_square_p, ks_p, pool

pairs = st.lists(
    st.tuples(st.integers(20, 10**6), st.integers(20, 10**6)), min_size=2, max_size=12
).map(lambda rows: tuple(np.array(each, float) for each in zip(*rows, strict=True)))


@given(pairs.filter(lambda pair: min(pair[0].sum(), pair[1].sum()) > 10_000))
def test_chi_square_is_that_of_scipy(pair):
    expected = chi2_contingency(np.array(pair), correction=False)
    if expected.expected_freq.min() >= 5:
        assert chi_square_p(*pair) == pytest.approx(expected.pvalue, rel=1e-8, abs=1e-280)


def test_tiny_tables_are_permuted():
    """Two cells: the permutation test of Pearson's statistic is nearly Fisher's."""
    assert chi_square_p([8, 2], [1, 9]) == pytest.approx(
        fisher_exact([[8, 2], [1, 9]]).pvalue, abs=0.005
    )


def test_ks_of_a_large_table_without_ties_is_that_of_scipy():
    rng = np.random.default_rng(1)
    one, other = rng.normal(size=4000), rng.normal(0.03, 1, size=5000)
    expected = ks_2samp(one, other, method="asymp").pvalue
    assert ks_p(*counts_of(one, other)) == pytest.approx(expected, abs=0.03)


def test_ks_of_a_small_table_is_that_of_scipy():
    rng = np.random.default_rng(2)
    one, other = rng.normal(size=40), rng.normal(0.6, 1, size=60)
    expected = ks_2samp(one, other, method="exact").pvalue
    assert ks_p(*counts_of(one, other)) == pytest.approx(expected, rel=0.3)


@pytest.mark.parametrize("size", [300, 3000])
def test_what_no_draw_reaches_is_bounded_by_the_tail(size):
    far = ks_p(np.r_[np.full(10, size / 10), np.zeros(10)], np.r_[np.zeros(10), np.full(10, 30)])
    assert 0 <= far < 1e-6


@pytest.mark.parametrize("test", [chi_square_p, ks_p])
@pytest.mark.parametrize(
    "pair", [([], []), ([0, 0], [3, 4]), ([5], [900]), ([7, 0], [9, 0]), ([1], [1])]
)
def test_nothing_to_compare_is_no_evidence(test, pair):
    assert test(*pair) == 1


@pytest.mark.parametrize("test", [chi_square_p, ks_p])
@pytest.mark.parametrize(("rows", "others"), [(12, 30), (80, 400), (700, 3000), (40, 20_000)])
def test_false_alarms_stay_below_the_nominal_rate(test, rows, others):
    """Heavy ties: a distribution of six values, of which one has half of the rows."""
    rng = np.random.default_rng(rows)
    shares = [0.5, 0.2, 0.15, 0.1, 0.04, 0.01]
    pairs = [(rng.multinomial(rows, shares), rng.multinomial(others, shares)) for _ in range(200)]
    alarms = np.mean([test(*pair) <= 0.1 for pair in pairs])
    assert alarms <= 0.1 + 2.4 * np.sqrt(0.1 * 0.9 / 200)


@pytest.mark.parametrize("test", [chi_square_p, ks_p])
@pytest.mark.parametrize("rows", [40, 400, 40_000])
def test_a_large_difference_is_seen(test, rows):
    assert test([rows * 0.8, rows * 0.2], [rows * 0.3, rows * 0.7]) < 0.01


@given(
    st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)), min_size=1, max_size=40),
    st.booleans(),
)
@settings(max_examples=300)
def test_pooling_keeps_the_rows_and_leaves_no_poor_cell(rows, ordered):
    a, b = (np.array(each, float) for each in zip(*rows, strict=True))
    pooled = pool(a, b, ordered=ordered)
    assert [each.sum() for each in pooled] == [a.sum(), b.sum()]
    if min(a.sum(), b.sum()) < 50:
        assert len(pooled[0]) == len(a)
    else:
        least = (pooled[0] + pooled[1]) * min(a.sum(), b.sum()) / (a.sum() + b.sum())
        assert least.min() >= 5 - 1e-9


def test_neighbours_are_pooled_in_order_and_others_are_not():
    a, b = [50, 1, 1, 50, 2], [60, 1, 2, 40, 3]
    assert [list(each) for each in pool(a, b, ordered=True)] == [[50, 54], [60, 46]]
    assert [list(each) for each in pool(a, b, ordered=False)] == [[54, 50], [46, 60]]


def test_tables_beyond_what_can_be_exchanged_row_by_row():
    assert chi_square_p([20, 10], [2e9, 1e9]) > 0.5
    assert ks_p([20, 10], [2e9, 1e9]) > 0.5
