# SPDX-License-Identifier: Apache-2.0
"""DeLong against R's pROC 1.18 on its own data set aSAH, and the cases where it has no answer."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import rankdata
from sklearn.metrics import roc_auc_score

from shipway.stats.auc import area, compare
from shipway.stats.ranks import midranks

# 113 patients with subarachnoid haemorrhage: N. Turck et al., Intensive Care Med. 36 (2010).
ASAH = np.genfromtxt(Path(__file__).with_name("asah.csv"), delimiter=",", names=True)
S100B, NDKA, WFNS = ASAH["s100b"], ASAH["ndka"], ASAH["wfns"]
POOR = ASAH["poor"] == 1


@pytest.mark.parametrize(
    ("scores", "value", "variance", "low", "high"),
    [
        (S100B, 0.73136856368564, 0.00266868245717, 0.630118212, 0.832618916),
        (NDKA, 0.61195799457995, 0.00319081054939, 0.501244999, 0.72267099),
        (WFNS, 0.82367886178862, 0.00146991470882, 0.748534888, 0.898822836),
    ],
)
def test_one_area_as_proc(scores, value, variance, low, high):
    found = area(POOR, scores)
    assert (found.value, found.variance) == pytest.approx((value, variance), rel=1e-10)
    bounds = found.bounds(0.95)
    assert (bounds.low, bounds.high, bounds.method) == (
        pytest.approx(low, abs=1e-8),
        pytest.approx(high, abs=1e-8),
        "DeLong",
    )


def test_one_sided_bounds_are_the_ends_of_the_90_percent_interval():
    bounds = area(POOR, S100B).bounds(0.95, sides=1)
    assert (bounds.low, bounds.high) == pytest.approx((0.646396589759, 0.816340537613))


def test_two_areas_as_proc():
    found = compare(POOR, S100B, NDKA)
    bounds = found.bounds(0.95)
    assert found.p_value() == pytest.approx(0.164295175223054, rel=1e-9)
    assert (bounds.low, bounds.high) == pytest.approx((-0.0488706064228, 0.2876917446342))
    covariance = (found.first.variance + found.second.variance - found.variance) / 2
    assert covariance == pytest.approx(-0.000756164938057)


def test_two_areas_with_ties_as_proc():
    found = compare(POOR, S100B, WFNS)
    bounds = found.bounds(0.95)
    assert found.p_value() == pytest.approx(0.02717578222919, rel=1e-9)
    assert (bounds.low, bounds.high) == pytest.approx((-0.17421441924948, -0.01040617695648))


def test_the_order_of_the_models_turns_the_sign():
    one, other = compare(POOR, S100B, NDKA), compare(POOR, NDKA, S100B)
    assert one.value == pytest.approx(-other.value)
    assert one.variance == pytest.approx(other.variance)


@pytest.mark.parametrize("labels", [[True] * 5, [False] * 5, []])
def test_one_class_has_no_area(labels):
    labels = np.array(labels, dtype=bool)
    scores = np.arange(len(labels), dtype=float)
    assert area(labels, scores) is None
    assert compare(labels, scores, scores) is None


@pytest.mark.parametrize(("scores", "value"), [([0, 0, 1, 1], 1.0), ([1, 1, 0, 0], 0.0)])
def test_a_perfect_area_is_not_certain(scores, value):
    labels = np.repeat([False, False, True, True], 10)
    found = area(labels, np.repeat(scores, 10).astype(float))
    bounds = found.bounds(0.95)
    assert found.value == value
    assert bounds.high - bounds.low == pytest.approx(0.1611251580528194)
    assert bounds.method == "Wilson on the rarer class"


def test_ties_everywhere_are_a_half_with_a_wide_interval():
    labels = np.repeat([False, True], 30)
    bounds = area(labels, np.zeros(60)).bounds()
    assert bounds.low < 0.35 < 0.65 < bounds.high


def test_a_handful_of_rows_gets_no_narrow_interval():
    labels = np.array([True, True, False, False, False])
    bounds = area(labels, np.array([0.9, 0.8, 0.1, 0.2, 0.3])).bounds()
    assert bounds.low < 0.4


def test_models_that_rank_alike_differ_by_nothing():
    found = compare(POOR, S100B, np.exp(S100B))
    assert found.alike
    assert (found.bounds().low, found.bounds().high, found.p_value()) == (0.0, 0.0, 1.0)


def test_two_perfect_models_are_bounded_by_the_rows_that_were_seen():
    labels = np.repeat([False, True], 50)
    first = np.arange(100.0)
    second = np.concatenate((np.arange(50.0)[::-1], 50 + np.arange(50.0)[::-1]))
    found = compare(labels, first, second)
    bounds = found.bounds(0.95, sides=1)
    assert found.value == 0
    assert bounds.low == pytest.approx(-(1 - 0.05 ** (1 / 50)))
    assert found.p_value() == 1.0


def test_a_certain_difference_without_variance_keeps_its_value():
    labels = np.repeat([False, True], 50)
    found = compare(labels, np.zeros(100), np.arange(100.0))
    assert found.value == -0.5
    assert found.bounds().high < -0.4
    assert found.p_value() is None


def test_too_few_rows_to_compare_say_nothing():
    labels = np.array([True, False, False])
    found = compare(labels, np.array([0.9, 0.1, 0.2]), np.array([0.1, 0.5, 0.2]))
    assert (found.bounds().low, found.bounds().high, found.p_value()) == (-1.0, 1.0, None)


def test_a_missing_score_is_refused():
    with pytest.raises(ValueError, match="NaN"):
        area(np.array([True, False]), np.array([0.1, np.nan]))


@settings(max_examples=60)
@given(st.lists(st.tuples(st.booleans(), st.integers(-3, 3)), min_size=1, max_size=60))
def test_any_sample_has_a_finite_answer(rows):
    labels = np.array([label for label, _ in rows])
    scores = np.array([score for _, score in rows], dtype=float)
    found = area(labels, scores)
    if found is None:
        assert labels.all() or not labels.any()
        return
    assert found.value == pytest.approx(roc_auc_score(labels, scores))
    assert 0 <= found.bounds().low <= found.value + 1e-12
    assert found.value - 1e-12 <= found.bounds().high <= 1


@given(st.lists(st.integers(-5, 5) | st.just(float("inf")), max_size=50))
def test_midranks_as_scipy(values):
    values = np.array(values, dtype=float)
    assert midranks(values) == pytest.approx(rankdata(values))
