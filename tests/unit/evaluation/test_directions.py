# SPDX-License-Identifier: Apache-2.0
"""Which way a metric is better, and what is said at plan time when nobody knows."""

import pytest

from shipway.evaluation.directions import better_way
from shipway.evaluation.plan import problems, stop_problems
from shipway.spec.types import EvaluateSpec, GateSpec, MetricsSource, NoProgressSpec, TrainSpec


@pytest.mark.parametrize(
    ("name", "way"),
    [
        ("roc_auc", "higher"), ("brier", "lower"), ("rmse", "lower"), ("r2", "higher"),
        ("val_loss", "lower"), ("test.auc", "higher"), ("f1-score", "higher"),
        ("neg_mean_squared_error", "higher"), ("neg_log_loss", "higher"), ("MAPE", "lower"),
        ("accuracy_top5", "higher"), ("my_score", None), ("profit", None), ("", None),
        ("recall_error", None), ("negatives", None),
    ],
)  # fmt: skip
def test_the_direction_of_a_name(name, way):
    assert better_way(name) == way


def test_a_declaration_wins():
    assert better_way("my_score", {"my_score": "lower"}) == "lower"
    assert better_way("accuracy", {"accuracy": "lower"}) == "lower"


def found(gate, **better):
    spec = EvaluateSpec(gates=(GateSpec(gate),))
    return problems(spec, "binary", may_report=True, better=better)


def test_a_comparison_with_the_champion_needs_a_direction():
    (problem,) = found("profit >= champion - 2")
    assert problem.what.startswith("whether profit is better when higher or lower is not known\n")
    assert problem.cure == "Add under 'train': metrics: {better: {profit: higher}} (or lower)."
    assert found("profit >= champion - 2", profit="higher") == ()
    assert found("profit >= 2") == ()


@pytest.mark.parametrize("gate", ["brier >= champion", "roc_auc <= champion", "rank > champion"])
def test_a_comparison_the_wrong_way_round(gate):
    (problem,) = found(gate, rank="lower")
    assert "this passes when the model is worse" in problem.what


def test_a_metric_of_ones_own_is_declared():
    (problem,) = problems(EvaluateSpec(gates=(GateSpec("rocauc >= 0.9"),)), "binary")
    assert "Did you mean 'roc_auc'?" in problem.cure
    assert "metrics: {better: {rocauc: higher}}" in problem.cure


def test_waiting_for_progress_needs_a_direction():
    rules = ("nan", NoProgressSpec(3, "loss"), NoProgressSpec(3, "score"))
    (problem,) = stop_problems(TrainSpec(stop_if=rules))
    assert problem.keys == ("train", "stop_if", 2)
    declared = MetricsSource(better={"score": "higher"})
    assert stop_problems(TrainSpec(stop_if=rules, metrics=declared)) == ()
