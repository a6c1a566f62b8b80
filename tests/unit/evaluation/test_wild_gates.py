# SPDX-License-Identifier: Apache-2.0
"""Whatever the rows are, every gate has a verdict with a reason, and no number in it is NaN."""

from math import isfinite

import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shipway.evaluation.decide import Evidence, decide
from shipway.evaluation.evaluate import Subject, evaluate
from shipway.evaluation.gate_parser import parse_gate
from shipway.evaluation.predictions import Predictions
from shipway.evaluation.slices import groups
from shipway.records.training import Evaluation, GateResult
from shipway.spec.evaluation import EvaluateSpec, SliceSpec

BINARY = (
    "accuracy", "precision", "recall", "specificity", "selection_rate", "fpr", "npv", "f1",
    "fbeta@beta=2", "mcc", "kappa", "balanced_accuracy", "roc_auc", "average_precision", "brier",
    "log_loss", "recall@precision=0.6", "precision@recall=0.5", "precision@k=3", "lift@k=2",
    "recall@threshold=0.5", "f1@threshold=0.3", "calibration_error", "churn",
)  # fmt: skip
MULTICLASS = (
    "accuracy", "f1_macro", "f1_weighted", "precision_macro", "recall_weighted", "mcc", "kappa",
    "recall@class=a", "precision@class=b", "f1@class=c", "roc_auc_ovr", "log_loss", "brier",
    "top_k_accuracy@k=2", "churn",
)  # fmt: skip
REGRESSION = (
    "mae", "mse", "rmse", "median_absolute_error", "max_error", "mape", "smape", "bias",
    "quantile_loss@q=0.9", "r2", "explained_variance", "pearson", "spearman", "churn",
)  # fmt: skip
NAMES = {"binary": BINARY, "multiclass": MULTICLASS, "regression": REGRESSION}
FORMS = (
    "{} >= 0.5",
    "{} >= 0.5 at 95%",
    "{} < 0.5 at 99.99%",
    "{} > champion",
    "{} > champion - 0.02 at 90%",
    "{} >= champion - 1% at 95%",
    "{} <= champion + 10% at 60%",
    "{}[g=*] >= 0.5 at 80%",
    "difference({}, g) <= 0.1",
    "difference({}, g) <= 0.1 at 95%",
    "difference({}, g) <= champion + 5% at 95%",
    "ratio({}, g) >= 0.8 at 95%",
)
SCORES = st.sampled_from([0.0, 0.25, 0.5, 0.7, 1.0]) | st.floats(0, 1)


def vector(draw, elements, rows, dtype=np.float64):
    return np.array(draw(st.lists(elements, min_size=rows, max_size=rows)), dtype=dtype)


@st.composite
def models(draw, task):
    """One or two models on up to 30 rows: ties, one class, constants, weights, unknown labels."""
    rows = draw(st.integers(1, 30))
    weight = None
    if draw(st.booleans()):
        weight = vector(draw, st.sampled_from([0.0, 0.5, 1.0, 7.0]), rows)
    classes = {"binary": ("0", "1"), "multiclass": ("a", "b", "c"), "regression": ()}[task]
    values = st.sampled_from([0.0, 1.0, 2.5]) | st.floats(-1e6, 1e6)
    if task == "regression":
        target = vector(draw, values, rows)
    else:
        target = vector(draw, st.integers(0, len(classes) - 1), rows, np.int64)

    def model():
        if task == "regression":
            return Predictions(target, vector(draw, values, rows), weight=weight)
        label = vector(draw, st.integers(0, len(classes)), rows, np.int64)
        shape = (rows,) if task == "binary" else (rows, len(classes))
        score = vector(draw, SCORES, int(np.prod(shape))).reshape(shape)
        return Predictions(target, label, score, classes, weight)

    challenger = model()
    champion = draw(st.sampled_from(["same", "other", "none"]))
    other = {"same": lambda: challenger, "other": model, "none": lambda: None}[champion]()
    codes = vector(draw, st.integers(0, 2), rows, np.int64)
    slices = {"g": groups("g", ("x", "y", "z"), codes)}
    return Evidence(task, challenger, other, slices=slices, min_slice=draw(st.sampled_from([1, 5])))


def check(found: GateResult):
    assert found.verdict in ("passed", "failed", "inconclusive")
    assert found.reason
    assert "nan" not in found.reason.lower().split()
    numbers = [found.observed, found.bound, found.champion, found.effect, found.p_value]
    assert all(isfinite(each) for each in numbers if each is not None), found
    if found.interval is not None:
        assert found.interval.low <= found.interval.high
        assert isfinite(found.interval.low) and isfinite(found.interval.high)
    if found.p_value is not None:
        assert 0 <= found.p_value <= 1
        if found.verdict == "passed" and "=" not in found.gate:
            assert found.p_value <= 1 - found.level + 1e-6, found
    if found.rows_needed is not None:
        assert found.verdict == "inconclusive"
        assert found.rows_needed >= 1
    assert msgspec.json.decode(msgspec.json.encode(found), type=GateResult) == found


@pytest.mark.parametrize("task", NAMES)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_gate_has_a_verdict(task, data):
    evidence = data.draw(models(task))
    name = data.draw(st.sampled_from(NAMES[task]))
    form = data.draw(st.sampled_from(FORMS))
    for found in decide(parse_gate(form.format(name)), evidence):
        check(found)


@pytest.mark.parametrize("task", NAMES)
@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_metric_is_reported_or_says_why_not(task, data):
    evidence = data.draw(models(task))
    spec = EvaluateSpec(metrics=NAMES[task], slices=(SliceSpec("g"),))
    found = evaluate(spec, evidence, Subject("m", "test", "t", evidence.rows))
    for metric in found.metrics:
        assert (metric.value is None) == bool(metric.note), metric
        for sure in (metric.interval, metric.champion_interval, metric.difference):
            assert sure is None or sure.low <= sure.high
        assert metric.p_value is None or 0 <= metric.p_value <= 1
    assert msgspec.json.decode(msgspec.json.encode(found), type=Evaluation) == found
