# SPDX-License-Identifier: Apache-2.0
"""The decision threshold: against trying every one, and what there is nothing to choose from."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shipway.base.errors import InputError
from shipway.evaluation.cost import Costs
from shipway.evaluation.measure import measure
from shipway.evaluation.metrics import find
from shipway.evaluation.predictions import Predictions
from shipway.evaluation.thresholds import choose, cost_curve

COSTS = Costs({"fp": 1.0, "fn": 20.0})
NAMES = (
    "f1", "fbeta@beta=2", "accuracy", "balanced_accuracy", "mcc", "kappa", "precision", "cost",
    "recall@precision=0.6", "precision@recall=0.7", "recall@fpr=0.2",
)  # fmt: skip


def kind(name):
    return find(name, "binary", costs=COSTS)


def made_up(seed, rows=200, weighted=False):
    rng = np.random.default_rng(seed)
    positive = np.append(rng.random(rows - 2) < 0.3, [True, False])
    scores = (positive * 0.3 + rng.random(rows)).round(2) / 1.4
    return positive, scores, rng.uniform(0.2, 2, rows) if weighted else None


def at(name, positive, scores, weight, threshold):
    labels = (scores >= threshold).astype(int)
    found = Predictions(positive.astype(int), labels, scores, ("no", "yes"), weight)
    return measure(kind(name.split("@")[0] if "=0." in name else name), found, "binary").value


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("name", NAMES)
def test_no_other_threshold_is_better(name, seed, weighted):
    positive, scores, weight = made_up(seed, weighted=weighted)
    found = choose(positive, scores, kind(name), weight=weight)
    assert at(name, positive, scores, weight, found.value) == pytest.approx(found.metric_value)
    assert found.low <= found.value <= found.high
    sign = -1 if kind(name).better == "lower" else 1
    for other in np.append(np.unique(scores), 2.0):
        if "=0." in name:
            option, limit = next(iter(kind(name).options.items()))
            share = at(option, positive, scores, weight, other)
            if share is None or (share > limit if option == "fpr" else share < limit):
                continue
        tried = at(name, positive, scores, weight, other)
        assert tried is None or sign * (tried - found.metric_value) <= 1e-12, other


def test_the_threshold_lies_in_the_middle_of_its_neighbours():
    positive, scores = np.array([0, 0, 1, 1], dtype=bool), np.array([0.1, 0.2, 0.6, 0.9])
    found = choose(positive, scores, kind("f1"))
    assert (found.value, found.metric_value) == (pytest.approx(0.4), 1.0)


def test_of_equally_good_cuts_the_one_with_the_fewest_positives_is_taken():
    # Accuracy is 3/4 with the first row alone and with the first three.
    positive, scores = np.array([1, 0, 1, 0], dtype=bool), np.array([0.9, 0.7, 0.5, 0.3])
    assert choose(positive, scores, kind("accuracy")).value == pytest.approx(0.8)


def test_scores_next_to_each_other_are_told_apart():
    low = 0.5
    high = np.nextafter(low, 1)
    found = choose(np.array([False, True]), np.array([low, high]), kind("f1"))
    assert low < found.value <= high


def test_where_mistakes_cost_nothing_else_no_row_or_every_row_is_positive():
    positive, scores, _ = made_up(1)
    never = choose(positive, scores, kind("cost"), costs=Costs({"fp": 1.0}))
    assert never.value > scores.max()
    assert never.metric_value == 0
    always = choose(positive, scores, kind("cost"), costs=Costs({"fn": 1.0}))
    assert always.metric_value == 0
    assert always.value <= scores[positive].min()


def test_calibrated_scores_have_bayes_threshold():
    # With costs fp 1 and fn 4 a calibrated model predicts positive from 1 / (1 + 4) up
    # (C. Elkan, "The foundations of cost-sensitive learning", IJCAI 2001).
    rng = np.random.default_rng(3)
    scores = rng.random(200_000)
    found = choose(
        rng.random(200_000) < scores, scores, kind("cost"), costs=Costs({"fp": 1.0, "fn": 4.0})
    )
    assert found.low <= 0.2 <= found.high
    assert found.value == pytest.approx(0.2, abs=0.02)


def test_the_interval_covers_the_threshold_of_the_population():
    rng = np.random.default_rng(4)

    def sample(rows):
        scores = rng.random(rows)
        return rng.random(rows) < scores, scores

    costs = Costs({"fp": 1.0, "fn": 4.0})
    found = [choose(*sample(400), kind("cost"), costs=costs, seed=seed) for seed in range(60)]
    assert sum(each.low <= 0.2 <= each.high for each in found) >= 51  # 85 % of 60


def test_a_threshold_is_chosen_the_same_way_twice():
    positive, scores, weight = made_up(5, weighted=True)
    assert choose(positive, scores, kind("f1"), weight=weight, seed=7) == choose(
        positive, scores, kind("f1"), weight=weight, seed=7
    )


@pytest.mark.parametrize(
    ("positive", "scores", "message"),
    [
        ([1, 1, 1], [0.1, 0.2, 0.3], "all 3 rows are positive"),
        ([0, 0, 0], [0.1, 0.2, 0.3], "all 3 rows are negative"),
        ([], [], "all 0 rows are negative"),
        ([0, 1, 1], [0.5, 0.5, 0.5], "all rows have the same score"),
        ([0, 1, 1], [0.5, np.nan, np.inf], "2 of 3 scores are missing or infinite"),
        ([0, 1], [0.5], "2 rows have a target but 1 a score"),
    ],
)
def test_rows_that_leave_nothing_to_choose(positive, scores, message):
    with pytest.raises(InputError, match=message):
        choose(np.array(positive, dtype=bool), np.array(scores, dtype=float), kind("f1"))


def test_a_class_without_weight_leaves_nothing_to_choose():
    positive, scores = np.array([True, False]), np.array([0.9, 0.1])
    with pytest.raises(InputError, match="rows of one class weigh nothing"):
        choose(positive, scores, kind("f1"), weight=np.array([1.0, 0.0]))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("recall", "best when every row is predicted positive"),
        ("fnr", "best when every row is predicted positive"),
        ("specificity", "best when no row is predicted positive"),
        ("fpr", "best when no row is predicted positive"),
        ("roc_auc", "has no threshold to choose"),
        ("precision@k=3", "has no threshold to choose"),
        ("selection_rate", "not better in any direction"),
        ("f1@threshold=0.5", "has its threshold already"),
    ],
)
def test_metrics_that_choose_no_threshold(name, message):
    positive, scores, _ = made_up(0)
    with pytest.raises(InputError, match=message):
        choose(positive, scores, kind(name))


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.tuples(st.booleans(), st.floats(-5, 5)), min_size=2, max_size=40),
    name=st.sampled_from(NAMES),
)
def test_any_rows_have_a_threshold_or_a_reason(rows, name):
    positive, scores = np.array([p for p, _ in rows]), np.array([s for _, s in rows])
    try:
        found = choose(positive, scores, kind(name))
    except InputError as error:
        assert error.what
    else:
        assert np.isfinite([found.value, found.metric_value, found.low, found.high]).all()
        assert found.low <= found.value <= found.high


def test_the_cost_of_every_threshold():
    positive = np.array([1, 0, 1, 0], dtype=bool)
    thresholds, costs = cost_curve(positive, np.array([0.9, 0.7, 0.5, 0.3]), COSTS)
    assert thresholds == pytest.approx([0.9, 0.8, 0.6, 0.4, 0.3])
    assert costs == pytest.approx([10, 5, 5.25, 0.25, 0.5])
