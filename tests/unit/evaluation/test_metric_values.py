# SPDX-License-Identifier: Apache-2.0
"""Every metric against scikit-learn and scipy on many random samples, with and without weights."""

import warnings
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from sklearn import metrics as sk
from sklearn.linear_model import LogisticRegression

from shipway.base.errors import InputError
from shipway.evaluation import columns
from shipway.evaluation.measure import measure
from shipway.evaluation.metric_forms import FORMS
from shipway.evaluation.metrics import DEFAULTS, KINDS, find, words_for
from shipway.evaluation.predictions import Predictions

from .made_up import COSTS, draw


def threshold(t, s, w, share, condition, limit):
    """The largest `share` over all thresholds at which the condition holds, one by one."""
    found = [0.0]
    for cut in np.unique(s):
        y = s >= cut
        tp, fp = w[(t == 1) & y].sum(), w[(t == 0) & y].sum()
        shares = {
            "recall": tp / w[t == 1].sum(),
            "precision": tp / (tp + fp),
            "specificity": 1 - fp / w[t == 0].sum(),
            "fpr": fp / w[t == 0].sum(),
        }
        holds = shares[condition] <= limit if condition == "fpr" else shares[condition] >= limit
        found += [shares[share]] if holds else []
    return max(found)


def ece(said, right, w, bins):
    edges = np.linspace(0, 1, bins + 1)
    place = np.digitize(said, edges[1:-1], right=True)
    parts = [place == number for number in range(bins)]
    gaps = [abs((w[part] * (said[part] - right[part])).sum()) for part in parts]
    return sum(gaps) / w.sum()


BINARY = {
    "roc_auc": lambda t, y, s, w: sk.roc_auc_score(t, s, sample_weight=w),
    "average_precision": lambda t, y, s, w: sk.average_precision_score(t, s, sample_weight=w),
    "accuracy": lambda t, y, s, w: sk.accuracy_score(t, y, sample_weight=w),
    "balanced_accuracy": lambda t, y, s, w: sk.balanced_accuracy_score(t, y, sample_weight=w),
    "precision": lambda t, y, s, w: sk.precision_score(t, y, sample_weight=w),
    "recall": lambda t, y, s, w: sk.recall_score(t, y, sample_weight=w),
    "specificity": lambda t, y, s, w: sk.recall_score(t, y, pos_label=0, sample_weight=w),
    "npv": lambda t, y, s, w: sk.precision_score(t, y, pos_label=0, sample_weight=w),
    "fpr": lambda t, y, s, w: 1 - sk.recall_score(t, y, pos_label=0, sample_weight=w),
    "fnr": lambda t, y, s, w: 1 - sk.recall_score(t, y, sample_weight=w),
    "selection_rate": lambda t, y, s, w: np.average(y, weights=w),
    "f1": lambda t, y, s, w: sk.f1_score(t, y, sample_weight=w),
    "fbeta@beta=2": lambda t, y, s, w: sk.fbeta_score(t, y, beta=2, sample_weight=w),
    "f1@threshold=0.6": lambda t, y, s, w: sk.f1_score(t, s >= 0.6, sample_weight=w),
    "recall@threshold=0.3": lambda t, y, s, w: sk.recall_score(t, s >= 0.3, sample_weight=w),
    "mcc": lambda t, y, s, w: sk.matthews_corrcoef(t, y, sample_weight=w),
    "kappa": lambda t, y, s, w: sk.cohen_kappa_score(t, y, sample_weight=w),
    "cost": lambda t, y, s, w: np.average(
        np.select([(t == 0) & (y == 1), (t == 1) & (y == 0), (t == 0) & (y == 0)], [1, 20, 0.25]),
        weights=w,
    ),
    "brier": lambda t, y, s, w: sk.brier_score_loss(t, s, sample_weight=w),
    "log_loss": lambda t, y, s, w: sk.log_loss(t, s, sample_weight=w),
    "calibration_error": lambda t, y, s, w: ece(s, t, w, 10),
    "calibration_error@bins=15": lambda t, y, s, w: ece(s, t, w, 15),
    "recall@precision=0.6": lambda t, y, s, w: threshold(t, s, w, "recall", "precision", 0.6),
    "recall@fpr=0.25": lambda t, y, s, w: threshold(t, s, w, "recall", "fpr", 0.25),
    "recall@specificity=75%": lambda t, y, s, w: threshold(t, s, w, "recall", "specificity", 0.75),
    "precision@recall=0.8": lambda t, y, s, w: threshold(t, s, w, "precision", "recall", 0.8),
    "specificity@recall=0.8": lambda t, y, s, w: threshold(t, s, w, "specificity", "recall", 0.8),
}
MULTICLASS = {
    "accuracy": lambda t, y, s, w: sk.accuracy_score(t, y, sample_weight=w),
    "balanced_accuracy": lambda t, y, s, w: sk.balanced_accuracy_score(t, y, sample_weight=w),
    "mcc": lambda t, y, s, w: sk.matthews_corrcoef(t, y, sample_weight=w),
    "kappa": lambda t, y, s, w: sk.cohen_kappa_score(t, y, sample_weight=w),
    "roc_auc_ovr": lambda t, y, s, w: np.mean(
        [sk.roc_auc_score(t == c, s[:, c], sample_weight=w) for c in range(3)]
    ),
    "roc_auc_ovr@class=b": lambda t, y, s, w: sk.roc_auc_score(t == 1, s[:, 1], sample_weight=w),
    "log_loss": lambda t, y, s, w: sk.log_loss(t, s, sample_weight=w),
    "brier": lambda t, y, s, w: sk.brier_score_loss(t, s, sample_weight=w, scale_by_half=False),
    "top_k_accuracy@k=2": lambda t, y, s, w: sk.top_k_accuracy_score(
        t, s - np.arange(3) * 1e-9, k=2, sample_weight=w
    ),
    "calibration_error": lambda t, y, s, w: ece(s.max(axis=1), s.argmax(axis=1) == t, w, 10),
    "precision@class=b": lambda t, y, s, w: sk.precision_score(t == 1, y == 1, sample_weight=w),
    "recall@class=b": lambda t, y, s, w: sk.recall_score(t == 1, y == 1, sample_weight=w),
    "f1@class=b": lambda t, y, s, w: sk.f1_score(t == 1, y == 1, sample_weight=w),
    "selection_rate@class=b": lambda t, y, s, w: np.average(y == 1, weights=w),
    "cost": lambda t, y, s, w: np.average(
        np.array([[0, 1, 5], [2, 0, 0], [3, 0, 0]])[t, y], weights=w
    ),
}
for _part, _score in (
    ("precision", sk.precision_score), ("recall", sk.recall_score), ("f1", sk.f1_score)
):  # fmt: skip
    for _mean in ("macro", "weighted"):
        MULTICLASS[f"{_part}_{_mean}"] = lambda t, y, s, w, score=_score, mean=_mean: score(
            t, y, average=mean, zero_division=0, sample_weight=w
        )
REGRESSION = {
    "mae": lambda t, y, w: sk.mean_absolute_error(t, y, sample_weight=w),
    "mse": lambda t, y, w: sk.mean_squared_error(t, y, sample_weight=w),
    "rmse": lambda t, y, w: sk.root_mean_squared_error(t, y, sample_weight=w),
    "median_absolute_error": lambda t, y, w: sk.median_absolute_error(t, y, sample_weight=w),
    "max_error": lambda t, y, w: sk.max_error(t, y),
    "mape": lambda t, y, w: sk.mean_absolute_percentage_error(t, y, sample_weight=w),
    "smape": lambda t, y, w: np.average(np.abs(t - y) / ((np.abs(t) + np.abs(y)) / 2), weights=w),
    "bias": lambda t, y, w: np.average(y - t, weights=w),
    "quantile_loss@q=0.9": lambda t, y, w: sk.mean_pinball_loss(t, y, alpha=0.9, sample_weight=w),
    "r2": lambda t, y, w: sk.r2_score(t, y, sample_weight=w),
    "explained_variance": lambda t, y, w: sk.explained_variance_score(t, y, sample_weight=w),
    "pearson": lambda t, y, w: (
        np.cov(t, y, aweights=w)[0, 1] / np.sqrt(np.cov(t, aweights=w) * np.cov(y, aweights=w))
    ),
}
SAMPLES = range(8)
CLOSE = {"rel": 1e-12, "abs": 1e-12}


def value(name, predictions, task):
    return measure(find(name, task, costs=COSTS[task]), predictions, task)


def oracle_weight(predictions):
    return np.ones(len(predictions)) if predictions.weight is None else predictions.weight


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("seed", SAMPLES)
@pytest.mark.parametrize("name", BINARY)
def test_binary_as_scikit_learn(name, seed, weighted):
    found = draw("binary", seed, 80, weighted=weighted)
    t, y, s, w = found.target, found.label, found.score, oracle_weight(found)
    assert value(name, found, "binary").value == pytest.approx(BINARY[name](t, y, s, w), **CLOSE)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("seed", SAMPLES)
@pytest.mark.parametrize("name", MULTICLASS)
def test_multiclass_as_scikit_learn(name, seed, weighted):
    found = draw("multiclass", seed, 80, weighted=weighted)
    scale = found.score / found.score.sum(axis=1, keepdims=True)
    if seed == 0:
        found = replace(found, label=np.minimum(found.label, 1))
    t, y, w = found.target, found.label, oracle_weight(found)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = MULTICLASS[name](t, y, scale, w)
    assert value(name, replace(found, score=scale), "multiclass").value == pytest.approx(
        expected, **CLOSE
    )


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("seed", SAMPLES)
@pytest.mark.parametrize("name", REGRESSION)
def test_regression_as_scikit_learn(name, seed, weighted):
    found = draw("regression", seed, 51, weighted=weighted)
    t, y, w = found.target, found.label, oracle_weight(found)
    assert value(name, found, "regression").value == pytest.approx(
        REGRESSION[name](t, y, w), **CLOSE
    )


@pytest.mark.parametrize("seed", SAMPLES)
def test_spearman_as_scipy(seed):
    found = draw("regression", seed)
    expected = stats.spearmanr(found.target, found.label).statistic
    assert value("spearman", found, "regression").value == pytest.approx(expected, **CLOSE)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("seed", SAMPLES)
def test_calibration_slope_is_that_of_a_logistic_regression(seed, weighted):
    found = draw("binary", seed, 300, weighted=weighted)
    found = replace(found, score=found.score.clip(0.01, 0.99))
    odds = np.log(found.score / (1 - found.score))[:, None]
    model = LogisticRegression(C=np.inf, tol=1e-10, solver="newton-cholesky")
    model.fit(odds, found.target, sample_weight=found.weight)
    assert value("calibration_slope", found, "binary").value == pytest.approx(
        model.coef_[0, 0], rel=1e-5
    )


@pytest.mark.parametrize("seed", SAMPLES)
def test_the_calibration_intercept_makes_the_mean_right(seed):
    found = draw("binary", seed, weighted=True)
    shift = value("calibration_intercept", found, "binary").value
    score = found.score.clip(1e-12, 1)
    odds = np.log(score / (1 - score)) + shift
    assert np.average(1 / (1 + np.exp(-odds)), weights=found.weight) == pytest.approx(
        np.average(found.target, weights=found.weight)
    )


def test_scores_that_are_right_have_slope_1_intercept_0_and_hardly_an_error():
    rng = np.random.default_rng(0)
    score = rng.beta(2, 5, 200_000)
    found = columns.binary((rng.random(200_000) < score).astype(int), score=score)
    assert value("calibration_slope", found, "binary").value == pytest.approx(1, abs=0.02)
    assert value("calibration_intercept", found, "binary").value == pytest.approx(0, abs=0.02)
    for name in ("calibration_error", "calibration_error@strategy=quantile,bins=20"):
        assert value(name, found, "binary").value < 0.006


def test_bins_by_quantile_have_equally_many_rows():
    # Scores 0.1 … 0.8 in 4 bins of 2 rows; gaps |0.15 - 0|, |0.35 - 0.5|, |0.55 - 1|, |0.75 - 1|.
    found = columns.binary([0, 0, 0, 1, 1, 1, 1, 1], score=np.arange(1, 9) / 10)
    error = value("calibration_error@bins=4,strategy=quantile", found, "binary").value
    assert error == pytest.approx((0.15 + 0.15 + 0.45 + 0.25) / 4)


def test_classes_that_scores_separate_have_no_slope():
    found = columns.binary([0, 0, 1, 1], score=[0.1, 0.2, 0.8, 0.9])
    assert value("calibration_slope", found, "binary").note.startswith("the classes are separated")
    assert value("calibration_intercept", found, "binary").value is not None
    one = columns.binary([1, 1], score=[0.6, 0.7], positive="1")
    assert value("calibration_intercept", one, "binary").value is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("precision@k=2", (1 + 1 / 3) / 2),
        ("precision@k=4", 2 / 4),
        ("recall@k=2", (1 + 1 / 3) / 2),
        ("lift@k=1", 1 / (2 / 5)),
        ("recall@k=5", 1.0),
    ],
)
def test_tied_rows_share_the_last_places(name, expected):
    # One positive at the top; one of three rows at 0.5 is positive; one negative below.
    found = columns.binary([1, 1, 0, 0, 0], score=[0.9, 0.5, 0.5, 0.5, 0.1])
    assert value(name, found, "binary").value == pytest.approx(expected)


def test_more_places_than_rows_say_so():
    found = columns.binary([0, 1], score=[0.1, 0.2])
    assert value("precision@k=3", found, "binary").note == "there are only 2 rows, fewer than k"


def test_recall_is_0_where_no_threshold_has_the_precision():
    found = columns.binary([0, 1, 0], score=[0.9, 0.5, 0.1])
    assert value("recall@precision=0.6", found, "binary").value == 0.0
    assert value("recall@precision=0.5", found, "binary").value == 1.0


def groups(*parts):
    """Predictions of groups, each (targets, scores)."""
    target, score = (np.concatenate([part[i] for part in parts]) for i in (0, 1))
    codes = np.repeat(np.arange(len(parts)), [len(part[0]) for part in parts])
    shuffled = np.random.default_rng(0).permutation(len(target))
    found = Predictions(target[shuffled], None, score[shuffled], ("no", "yes"))
    return replace(found, groups={"q": codes[shuffled]})


@pytest.mark.parametrize("seed", SAMPLES)
@pytest.mark.parametrize("k", ["", "k=3,"])
def test_ndcg_as_scikit_learn(seed, k):
    rng = np.random.default_rng(seed)
    parts = [(rng.integers(0, 4, 8), rng.integers(0, 5, 8) / 5) for _ in range(6)]
    graded = groups(*parts)
    graded = replace(graded, label=graded.score, score=None, classes=())
    expected = [sk.ndcg_score([t], [s], k=3 if k else None) for t, s in parts if t.any()]
    found = value(f"ndcg@{k}by=q", graded, "regression").value
    assert found == pytest.approx(np.mean(expected), **CLOSE)


@pytest.mark.parametrize("seed", SAMPLES)
def test_map_as_scikit_learn(seed):
    rng = np.random.default_rng(seed)
    parts = [(rng.integers(0, 2, 7), rng.integers(0, 5, 7) / 5) for _ in range(6)]
    parts.append((np.zeros(3, dtype=int), rng.random(3)))
    expected = [sk.average_precision_score(t, s) for t, s in parts if t.any()]
    found = value("map@by=q", groups(*parts), "binary").value
    assert found == pytest.approx(np.mean(expected), **CLOSE)


@pytest.mark.parametrize("seed", SAMPLES)
def test_the_first_hit_one_group_after_the_other(seed):
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 4, 20)
    parts = [(rng.integers(0, 2, size), rng.permutation(size) / 4) for size in sizes]
    expected = [1 / (1 + np.argmax(t[np.argsort(-s)])) for t, s in parts if t.any()]
    found = value("mrr@by=q", groups(*parts), "binary").value
    assert found == pytest.approx(np.mean(expected), **CLOSE)


def test_the_first_hit_and_the_hits_among_the_first():
    found = groups(
        (np.array([0, 1, 0, 1]), np.array([0.9, 0.8, 0.7, 0.6])),
        (np.array([1, 0, 0]), np.array([0.3, 0.5, 0.3])),  # place 2 or 3, by lot
        (np.array([0, 0]), np.array([0.5, 0.4])),  # nothing to find: left out
    )
    assert value("mrr@by=q", found, "binary").value == pytest.approx((1 / 2 + 1 / 2.5) / 2)
    assert value("precision@k=2,by=q", found, "binary").value == pytest.approx((1 + 0.5) / 2 / 2)
    assert value("recall@k=2,by=q", found, "binary").value == pytest.approx((0.5 + 0.5) / 2)
    assert value("map@by=other", found, "binary").note == "there is no column other to group by"
    assert "below 0" in value(
        "ndcg@by=q", replace(found, target=-found.target), "binary"
    ).note  # fmt: skip


def test_every_form_has_an_oracle():
    special = {
        "calibration_slope",
        "calibration_intercept",
        "lift",
        "ndcg",
        "map",
        "mrr",
        "spearman",
    }
    for task, oracles in (
        ("binary", BINARY),
        ("multiclass", MULTICLASS),
        ("regression", REGRESSION),
    ):
        bases = {name.split("@")[0] for name in oracles} | special
        assert {form.base for form in FORMS[task] if form.needs != "sample"} - {"churn"} <= bases
    assert all(set(names) <= set(KINDS[task]) for task, names in DEFAULTS.items())


@pytest.mark.parametrize("name", ["mae", "rmse", "mape", "brier", "log_loss", "max_error"])
def test_errors_are_better_when_lower(name):
    kinds = [kinds[name] for kinds in KINDS.values() if name in kinds]
    assert {kind.better for kind in kinds} == {"lower"}


@pytest.mark.parametrize(
    ("target", "label", "name", "note"),
    [
        ([0, 0], [0, 1], "recall", "no row is positive"),
        ([1, 1], [0, 1], "specificity", "no row is negative"),
        ([0, 1], [0, 0], "precision", "no row is predicted positive"),
        ([0, 1], [1, 1], "npv", "no row is predicted negative"),
        ([0, 0], [0, 0], "f1", "no row is positive or predicted positive"),
        ([0, 0], [0, 0], "mcc", "truth or prediction is the same for all rows"),
        ([0, 0], [0, 0], "kappa", "truth and prediction are the same class for all rows"),
        ([0, 0], [0, 0], "balanced_accuracy", "one class has no rows"),
    ],
)
def test_an_undefined_metric_says_why(target, label, name, note):
    found = Predictions(np.array(target), np.array(label), classes=("0", "1"))
    assert (value(name, found, "binary").value, value(name, found, "binary").note) == (None, note)


@pytest.mark.parametrize("name", [k.name for k in KINDS["binary"].values() if k.needs == "scores"])
def test_a_missing_score_leaves_no_value(name):
    found = columns.binary([0, 1, 1], score=[0.1, np.nan, 0.3])
    assert value(name, found, "binary").note == "1 of 3 scores are missing"


@pytest.mark.parametrize("name", ["brier", "log_loss", "calibration_error", "calibration_slope"])
def test_a_rank_is_no_probability(name):
    found = columns.binary([0, 1], score=[-1.0, 7.0])
    assert "outside [0, 1]" in value(name, found, "binary").note
    assert value("roc_auc", found, "binary").value == 1.0


@pytest.mark.parametrize("target", [[0, 0], [1, 1]])
def test_one_class_has_no_area(target):
    found = columns.binary(target, score=[0.1, 0.2], positive="1")
    assert value("roc_auc", found, "binary").value is None
    assert value("recall@fpr=0.1", found, "binary").value is None


def test_metrics_without_their_columns_say_so():
    labels_only, scores_only = columns.binary([0, 1], label=[0, 1]), columns.binary([0, 1])
    assert value("roc_auc", labels_only, "binary").note == "the model gives no scores"
    assert value("recall@threshold=0.5", labels_only, "binary").note == "the model gives no scores"
    assert value("recall", scores_only, "binary").note == "there are no predicted labels"


def test_regression_without_a_scale_or_a_prediction_has_no_value():
    assert value("mape", columns.regression([0.0, 1.0], [1.0, 1.0]), "regression").value is None
    assert value("smape", columns.regression([0.0, 1.0], [0.0, 1.0]), "regression").value is None
    assert value("r2", columns.regression([2.0, 2.0], [1.0, 3.0]), "regression").value is None
    assert value("r2", columns.regression([0.1] * 3, [1.0, 3.0, 2.0]), "regression").value is None
    assert value("pearson", columns.regression([1.0, 2.0], [0.1, 0.1]), "regression").value is None
    missing = columns.regression([0.0, 1.0], [1.0, np.nan])
    assert value("mae", missing, "regression").note.startswith("1 of 2 predictions")


def test_a_label_that_is_no_class_is_wrong():
    found = Predictions(np.array([0, 0, 1, 1]), np.array([0, 2, 1, 2]), classes=("0", "1"))
    for name in ("accuracy", "specificity", "recall", "precision", "npv", "fpr", "fnr"):
        assert value(name, found, "binary").value == 0.5, name
    assert value("cost", found, "binary").value == pytest.approx((0.25 + 1 + 0 + 20) / 4)
    many = columns.multiclass(["a", "b", "c"], label=["a", "b", "z"])
    assert value("accuracy", many, "multiclass").value == pytest.approx(2 / 3)
    # A label that is no class costs as much as the dearest mistake: c taken for a, 3.
    assert value("cost", many, "multiclass").value == pytest.approx(1.0)


def test_classes_in_options_are_found_as_people_write_them():
    found = columns.multiclass([1, 2, 3], label=[1.0, 2.0, 2.0])
    assert value("recall@class=2.0", found, "multiclass").value == 1.0
    with pytest.raises(InputError, match="there is no class '4'"):
        value("recall@class=4", found, "multiclass")
    with pytest.raises(InputError, match="'wolf', which the model does not have"):
        other = draw("multiclass", 0)
        measure(find("cost", "multiclass", costs=COSTS["multiclass"]), other, "multiclass")
        wolf = replace(other, classes=("a", "b", "dog"))
        costs = type(COSTS["multiclass"])(by_class={"a": {"wolf": 1.0}})
        measure(find("cost", "multiclass", costs=costs), wolf, "multiclass")


def test_words_name_the_metric():
    assert words_for("recall") == "share of positives that are found (recall)"
    assert (
        words_for("recall@class=a") == "share of the class's rows that are found (recall@class=a)"
    )
    assert words_for("my_metric") == "my_metric"
