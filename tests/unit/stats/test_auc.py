# SPDX-License-Identifier: Apache-2.0
"""DeLong against R's pROC 1.18 on its own data set aSAH, and the cases where it has no answer."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm, rankdata
from sklearn.metrics import roc_auc_score

from shipway.stats.auc import area, compare, difference, influence
from shipway.stats.influence import variance
from shipway.stats.ranks import alike, placements

# 113 patients with subarachnoid haemorrhage: N. Turck et al., Intensive Care Med. 36 (2010).
ASAH = np.genfromtxt(Path(__file__).with_name("asah.csv"), delimiter=",", names=True)
S100B, NDKA, WFNS = ASAH["s100b"], ASAH["ndka"], ASAH["wfns"]
POOR = ASAH["poor"] == 1
# aSAH$gender == "Male", the rows in pROC's order.
MEN = np.array(
    list(
        "00000111001011001001000100100100000100100001011110010000101001000111100"
        "010101110000010110100000010101000100011001"
    )
) == ("1")


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
    assert found.p_value() == pytest.approx(2 * 0.5**50)


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


@given(st.lists(st.tuples(st.booleans(), st.integers(-5, 5) | st.just(np.inf)), max_size=50))
def test_placements_are_what_their_ranks_say(rows):
    positive = np.array([label for label, _ in rows], dtype=bool)
    scores = np.array([score for _, score in rows], dtype=float)
    placed = placements(positive, scores)
    if positive.all() or not positive.any():
        assert placed is None
        return
    ranks, (ahead, behind) = rankdata(scores), (positive.sum(), (~positive).sum())
    assert placed[positive] == pytest.approx(
        (ranks[positive] - rankdata(scores[positive])) / behind
    )
    assert placed[~positive] == pytest.approx(
        1 - (ranks[~positive] - rankdata(scores[~positive])) / ahead
    )


@given(st.lists(st.tuples(st.integers(-2, 2), st.integers(-2, 2)), max_size=6))
def test_alike_is_the_same_ranks(rows):
    first, second = (np.array([row[side] for row in rows], dtype=float) for side in (0, 1))
    assert alike(first, second) == np.array_equal(rankdata(first), rankdata(second))


def test_areas_on_different_rows_as_proc():
    # roc.test(men, women, paired = FALSE, method = "delong"): D = 0.501880774326713. Its p-value
    # is of a t distribution with 106 degrees of freedom, ours of its limit, the normal one.
    men, women = (area(POOR[each], S100B[each]) for each in (MEN, ~MEN))
    found = difference(men, women)
    assert (men.variance, women.variance) == pytest.approx((0.005176655481679, 0.00586081354991))
    assert found.value / found.variance**0.5 == pytest.approx(0.501880774326713, abs=1e-12)
    assert found.p_value() == pytest.approx(2 * norm.sf(0.501880774326713))
    assert found.bounds().low == pytest.approx(
        found.value - 1.959963984540054 * found.variance**0.5
    )
    assert found.bounds().method == "DeLong, unpaired"
    assert difference(men, women, 0.9).value == pytest.approx(men.value - 0.9 * women.value)


def test_a_perfect_area_on_its_own_rows_is_still_uncertain():
    perfect = area(np.repeat([False, True], 20), np.repeat([0.0, 1.0], 20))
    found = difference(perfect, area(POOR, S100B))
    narrow = difference(area(POOR, WFNS), area(POOR, S100B)).bounds()
    assert found.p_value() is None
    assert found.value - found.bounds().low > 1.5 * (0.00266868**0.5)
    assert found.bounds().method == "square-and-add, unpaired"
    assert narrow.low < narrow.high <= 1


def test_a_one_sided_p_value_as_proc():
    # From roc.test with alternative = "greater".
    found = compare(POOR, S100B, NDKA)
    assert found.p_value(0.0, "greater") == pytest.approx(0.0821475876115272, rel=1e-9)
    assert found.p_value(0.0, "less") == pytest.approx(1 - 0.0821475876115272, rel=1e-9)


@pytest.mark.parametrize("factor", [0.0, 0.5, 0.99, 1.2])
def test_a_contrast_has_the_variance_of_its_parts(factor):
    found = compare(POOR, S100B, NDKA, factor=factor)
    # From pROC: var(a), var(b), cov(a, b).
    covariance = -0.000756164938057
    expected = 0.002668682457172 + factor**2 * 0.003190810549391 - 2 * factor * covariance
    assert found.variance == pytest.approx(expected)
    assert found.value == pytest.approx(0.731368563685637 - factor * 0.61195799457958)


def test_a_share_of_the_same_ranking_is_not_certain():
    found = compare(POOR, S100B, np.exp(S100B), factor=0.9)
    bounds = found.bounds()
    assert found.alike and bounds.low < found.value == pytest.approx(0.1 * 0.73136856368564)
    assert bounds.high - bounds.low == pytest.approx(2 * 1.96 * 0.1 * 0.00266868245717**0.5, 1e-4)


def test_a_negative_factor_is_refused():
    with pytest.raises(ValueError, match="negative"):
        compare(POOR, S100B, NDKA, factor=-1.0)
    with pytest.raises(ValueError, match="negative"):
        difference(area(POOR, S100B), area(POOR, NDKA), -1.0)


@pytest.mark.parametrize("limit", [0.5, 0.6, 0.7, 0.8, 0.95])
@pytest.mark.parametrize("alternative", ["greater", "less"])
@pytest.mark.parametrize("kind", ["area", "perfect", "paired", "unpaired", "none seen"])
def test_p_values_belong_to_the_bounds(limit, alternative, kind):
    labels = np.repeat([False, True], 30)
    found = {
        "area": area(POOR, S100B),
        "perfect": area(labels, labels.astype(float)),
        "paired": compare(POOR, S100B, 1 - NDKA),
        "unpaired": difference(area(POOR, S100B), area(~POOR, NDKA), 0.2),
        "none seen": compare(labels, np.arange(60.0), np.zeros(60), factor=0.4),
    }[kind]
    p_value = found.p_value(limit, alternative)
    for confidence in (0.51, 0.8, 0.95, 0.999):
        bounds = found.bounds(confidence, 1)
        clear = bounds.low > limit if alternative == "greater" else bounds.high < limit
        assert clear == (p_value < 1 - confidence)


WEIGHT = 1 + np.arange(113) % 4


def test_a_weighted_area_as_scikit_learn():
    found = area(POOR, WFNS, WEIGHT.astype(float))
    assert found.value == pytest.approx(roc_auc_score(POOR, WFNS, sample_weight=WEIGHT))
    assert found.effective < found.smaller == POOR.sum()


def test_equal_weights_change_nothing():
    plain, weighted = area(POOR, S100B), area(POOR, S100B, np.full(113, 0.3))
    assert weighted.value == pytest.approx(plain.value)
    assert weighted.variance == pytest.approx(plain.variance)
    assert weighted.effective == plain.effective


def test_rows_without_weight_are_not_there():
    kept = np.arange(113) % 5 > 0
    some = area(POOR, S100B, kept.astype(float))
    fewer = area(POOR[kept], S100B[kept])
    assert (some.value, some.variance) == pytest.approx((fewer.value, fewer.variance))
    assert (some.positives, some.effective) == (fewer.positives, fewer.effective)
    assert area(POOR, S100B, np.where(POOR, 0.0, 1.0)) is None


@pytest.mark.parametrize("weight", [None, WEIGHT.astype(float)])
def test_influence_is_how_the_area_answers_to_a_row(weight):
    psi = influence(POOR, WFNS, weight)
    base = np.ones(113) if weight is None else weight
    for row in (0, 7, 50, 112):
        moved = base.copy()
        moved[row] += 1e-6
        rate = (area(POOR, WFNS, moved).value - area(POOR, WFNS, base).value) / 1e-6
        assert psi[row] == pytest.approx(rate * 113 * base[row], abs=1e-4)
    assert psi.sum() == pytest.approx(0, abs=1e-9)
    assert variance(psi) == pytest.approx(area(POOR, WFNS, weight).variance, rel=0.03)
    assert influence(np.ones(113, dtype=bool), WFNS) is None
