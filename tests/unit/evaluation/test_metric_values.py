# SPDX-License-Identifier: Apache-2.0
"""Every metric against scikit-learn on many random samples, and where it has no value."""

import numpy as np
import pytest
from sklearn import metrics as sk

from shipway.base.errors import InputError
from shipway.evaluation import binary, columns, multiclass, regression
from shipway.evaluation.measure import bounds, interval, measure
from shipway.evaluation.metrics import DEFAULTS, KINDS, find, words_for

BINARY = {
    "roc_auc": lambda t, y, s: sk.roc_auc_score(t, s),
    "average_precision": lambda t, y, s: sk.average_precision_score(t, s),
    "accuracy": lambda t, y, s: sk.accuracy_score(t, y),
    "balanced_accuracy": lambda t, y, s: sk.balanced_accuracy_score(t, y),
    "precision": lambda t, y, s: sk.precision_score(t, y),
    "recall": lambda t, y, s: sk.recall_score(t, y),
    "specificity": lambda t, y, s: sk.recall_score(t, y, pos_label=0),
    "f1": lambda t, y, s: sk.f1_score(t, y),
    "mcc": lambda t, y, s: sk.matthews_corrcoef(t, y),
    "brier": lambda t, y, s: sk.brier_score_loss(t, s),
    "log_loss": lambda t, y, s: sk.log_loss(t, s),
}
MULTICLASS = {
    "accuracy": lambda t, y, s: sk.accuracy_score(t, y),
    "balanced_accuracy": lambda t, y, s: sk.balanced_accuracy_score(t, y),
    "precision_macro": lambda t, y, s: sk.precision_score(t, y, average="macro", zero_division=0),
    "precision_weighted": lambda t, y, s: sk.precision_score(
        t, y, average="weighted", zero_division=0
    ),
    "recall_macro": lambda t, y, s: sk.recall_score(t, y, average="macro", zero_division=0),
    "recall_weighted": lambda t, y, s: sk.recall_score(t, y, average="weighted"),
    "f1_macro": lambda t, y, s: sk.f1_score(t, y, average="macro", zero_division=0),
    "f1_weighted": lambda t, y, s: sk.f1_score(t, y, average="weighted", zero_division=0),
    "mcc": lambda t, y, s: sk.matthews_corrcoef(t, y),
    "roc_auc_ovr": lambda t, y, s: sk.roc_auc_score(t, s, multi_class="ovr"),
    "log_loss": lambda t, y, s: sk.log_loss(t, s),
}
REGRESSION = {
    "mae": sk.mean_absolute_error,
    "mse": sk.mean_squared_error,
    "rmse": sk.root_mean_squared_error,
    "median_absolute_error": sk.median_absolute_error,
    "max_error": sk.max_error,
    "mape": sk.mean_absolute_percentage_error,
    "r2": sk.r2_score,
    "explained_variance": sk.explained_variance_score,
}
SAMPLES = range(12)


def value(name, predictions, task):
    return measure(find(name, task), predictions, task)


@pytest.mark.parametrize("seed", SAMPLES)
def test_binary_as_scikit_learn(seed):
    draw = np.random.default_rng(seed)
    target = np.append(draw.integers(0, 2, 80), [0, 1])
    score = (target * 0.3 + draw.random(82)).round(2) / 1.3
    label = (score > 0.4).astype(int)
    found = columns.binary(target, label=label, score=score)
    for name, oracle in BINARY.items():
        assert value(name, found, "binary").value == pytest.approx(oracle(target, label, score))


@pytest.mark.parametrize("seed", SAMPLES)
def test_multiclass_as_scikit_learn(seed):
    draw = np.random.default_rng(seed)
    target = np.append(draw.integers(0, 3, 60), [0, 1, 2])
    score = draw.dirichlet([1, 1, 1], 63) + np.eye(3)[target] * 0.2
    score /= score.sum(axis=1, keepdims=True)
    label = score.argmax(axis=1) if seed else np.zeros(63, dtype=int)
    found = columns.multiclass(target, label=label, score=score)
    for name, oracle in MULTICLASS.items():
        if seed or name != "mcc":
            expected = pytest.approx(oracle(target, label, score))
            assert value(name, found, "multiclass").value == expected, name


@pytest.mark.parametrize("seed", SAMPLES)
def test_regression_as_scikit_learn(seed):
    draw = np.random.default_rng(seed)
    target = draw.normal(5, 2, 50)
    predicted = target + draw.normal(0.3, 1, 50)
    found = columns.regression(target, predicted)
    for name, oracle in REGRESSION.items():
        assert value(name, found, "regression").value == pytest.approx(oracle(target, predicted))


def test_every_named_metric_can_be_computed():
    assert set(KINDS["binary"]) == set(binary.COMPUTE) == set(BINARY)
    assert set(KINDS["multiclass"]) == set(multiclass.COMPUTE) == set(MULTICLASS)
    assert set(KINDS["regression"]) == set(regression.FORMULAS) == set(REGRESSION)
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
        ([0, 0], [0, 0], "f1", "no row is positive or predicted positive"),
        ([0, 0], [0, 0], "mcc", "truth or prediction is the same for all rows"),
        ([0, 0], [0, 0], "balanced_accuracy", "no row is positive"),
    ],
)
def test_an_undefined_metric_says_why(target, label, name, note):
    found = columns.binary(target, label=label, positive="1")
    assert (value(name, found, "binary").value, value(name, found, "binary").note) == (None, note)


@pytest.mark.parametrize("name", ["roc_auc", "average_precision", "brier", "log_loss"])
def test_a_missing_score_leaves_no_value(name):
    found = columns.binary([0, 1, 1], score=[0.1, np.nan, 0.3])
    assert value(name, found, "binary").note == "1 of 3 scores are missing"


@pytest.mark.parametrize("name", ["brier", "log_loss"])
def test_a_rank_is_no_probability(name):
    found = columns.binary([0, 1], score=[-1.0, 7.0])
    assert "outside [0, 1]" in value(name, found, "binary").note
    assert value("roc_auc", found, "binary").value == 1.0


@pytest.mark.parametrize("target", [[0, 0], [1, 1]])
def test_one_class_has_no_area(target):
    found = columns.binary(target, score=[0.1, 0.2], positive="1")
    assert value("roc_auc", found, "binary").value is None


def test_metrics_without_their_columns_say_so():
    labels_only, scores_only = columns.binary([0, 1], label=[0, 1]), columns.binary([0, 1])
    assert value("roc_auc", labels_only, "binary").note == "the model gives no scores"
    assert value("recall", scores_only, "binary").note == "there are no predicted labels"


def test_no_rows_leave_no_value_in_any_task():
    empty = np.zeros(2, dtype=bool)
    cases = {
        "binary": columns.binary([0, 1], label=[0, 1], score=[0.1, 0.9]),
        "multiclass": columns.multiclass([0, 1], label=[0, 1], score=np.eye(2)),
        "regression": columns.regression([1.0, 2.0], [1.0, 2.0]),
    }
    for task, predictions in cases.items():
        for name in KINDS[task]:
            assert value(name, predictions.take(empty), task).value is None, name


def test_regression_without_a_scale_or_a_prediction_has_no_value():
    assert value("mape", columns.regression([0.0, 1.0], [1.0, 1.0]), "regression").value is None
    assert value("r2", columns.regression([2.0, 2.0], [1.0, 3.0]), "regression").value is None
    missing = columns.regression([0.0, 1.0], [1.0, np.nan])
    assert value("mae", missing, "regression").note.startswith("1 of 2 predictions")


def test_a_label_that_is_no_class_is_wrong():
    found = columns.binary([0, 0, 1, 1], label=["0", "maybe", "1", "maybe"])
    assert value("accuracy", found, "binary").value == 0.5
    assert value("specificity", found, "binary").value == 0.5
    many = columns.multiclass(["a", "b", "c"], label=["a", "b", "z"])
    assert value("accuracy", many, "multiclass").value == pytest.approx(2 / 3)


def test_shares_and_areas_carry_intervals_and_others_do_not():
    draw = np.random.default_rng(0)
    target = draw.integers(0, 2, 200)
    score = target * 0.3 + draw.random(200)
    found = columns.binary(target, label=(score > 0.6).astype(int), score=score)
    methods = {}
    for name, kind in KINDS["binary"].items():
        sure = interval(bounds(kind, found, "binary", 0.95, 2))
        methods[name] = sure and sure.method
        if sure:
            assert sure.low < value(name, found, "binary").value < sure.high
    assert {name for name, method in methods.items() if method == "Wilson"} == {
        "accuracy", "precision", "recall", "specificity",
    }  # fmt: skip
    assert {name for name, method in methods.items() if method == "DeLong"} == {"roc_auc"}
    one = interval(bounds(KINDS["binary"]["recall"], found, "binary", 0.95, 1))
    assert one.method == "Wilson, one-sided"


def test_an_unknown_metric_names_the_nearest():
    with pytest.raises(InputError, match="there is no metric 'roc_auk'") as caught:
        find("roc_auk", "binary", where="shipway.yaml:9:3")
    assert caught.value.cure == "Did you mean 'roc_auc'?"
    assert caught.value.where == "shipway.yaml:9:3"
    with pytest.raises(InputError):
        find("f1", "multiclass")


def test_words_name_the_metric():
    assert words_for("recall") == "share of positives that are found (recall)"
    assert words_for("my_metric") == "my_metric"
