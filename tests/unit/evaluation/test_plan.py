# SPDX-License-Identifier: Apache-2.0
"""What is wrong with `evaluate:`, found before a run begins."""

import pytest

from shipway.evaluation.plan import Source, problems, sources
from shipway.spec.demands import ColumnSpec
from shipway.spec.evaluation import (
    BudgetSpec,
    ChampionSpec,
    EvaluateSpec,
    GateSpec,
    OwnMetricSpec,
    SliceSpec,
    ThresholdSpec,
)
from shipway.spec.types import DataSpec, ModelSpec

OWN = {"profit": OwnMetricSpec("shop:profit", "higher")}


def spec(*gates, **fields):
    return EvaluateSpec(gates=tuple(GateSpec(gate) for gate in gates), **fields)


def found(*gates, task="binary", may_report=False, better=None, model=None, data=None, **fields):
    return problems(
        spec(*gates, **fields), task, may_report=may_report, better=better, model=model, data=data
    )


@pytest.mark.parametrize(
    ("gate", "task"),
    [
        ("roc_auc >= 0.9 at 95%", "binary"),
        ("roc_auc >= champion - 1% at 95%", "binary"),
        ("recall >= champion at 95%", "binary"),
        ("recall@precision=0.9 >= champion - 2% at 90%", "binary"),
        ("precision[country=*, channel=web] >= 0.9 at 95%", "binary"),
        ("recall@class='Iris setosa' >= 0.9 at 95%", "multiclass"),
        ("f1 >= 0.8 at 95%", "binary"),
        ("roc_auc_ovr >= 0.9 at 95%", "multiclass"),
        ("mae <= champion + 1% at 95%", "regression"),
        ("quantile_loss@q=0.9 <= 3 at 95%", "regression"),
        ("max_error <= 3", "regression"),
        ("churn <= 0.05 at 95%", "binary"),
        ("predict_ms.p99 <= 5", "binary"),
        ("predict_ms.mean <= 5 at 95%", "binary"),
        ("model_mb <= 400", "regression"),
        ("profit >= champion at 95%", "binary"),
        ("profit[big] >= 2 at 95%", "binary"),
        ("cost <= champion - 5% at 95%", "binary"),
        ("difference(recall, gender) <= 0.1 at 95%", "binary"),
        ("ratio(selection_rate, gender, country) >= 0.8 at 95%", "binary"),
        ("difference(recall, gender) <= champion + 0.01", "binary"),
        ("invariance(gender) <= 0.01", "binary"),
        ("invariance(gender)[country=DE] <= 0.01 at 95%", "multiclass"),
        ("increasing(amount) >= 1", "regression"),
        ("decreasing(amount) >= 0.99 at 95%", "binary"),
        ("recall >= 0", "binary"),
    ],
)
def test_what_can_be_decided(gate, task):
    named = (SliceSpec("amount >= 1000", "big"),)
    costs = {"fp": 1.0, "fn": 20.0} if task == "binary" else {}
    assert found(gate, task=task, functions=OWN, slices=named, cost=costs) == ()


@pytest.mark.parametrize(
    ("gate", "task", "at", "what", "cure"),
    [
        ("rocauc >= 0.9", "binary", 0, "there is no metric 'rocauc'", "Did you mean 'roc_auc'?"),
        ("difference(recal, a) <= 1", "binary", 11, "no metric 'recal'", "'recall'"),
        ("recall@precison=0.9 >= 0.5", "binary", 0, "no option 'precison'", "'precision'"),
        ("recall@k=no >= 0.5", "binary", 0, "k of recall can't be 'no'", "whole number"),
        ("fbeta >= 0.5", "binary", 0, "fbeta needs an option", "beta=…"),
        ("cost <= 1", "binary", 0, "needs to know what mistakes cost", "cost: {fp: 1"),
        ("roc_auc >= 0.5", "regression", 0, "no metric 'roc_auc' for regression", ""),
        ("max_error <= 3 at 95%", "regression", 15, "the value of one row", "Leave 'at' out"),
        ("predict_ms.max <= 5 at 95%", "binary", 20, "the slowest call", "Leave 'at' out"),
        ("model_mb <= 5 at 95%", "binary", 14, "one number", "Leave 'at' out"),
        ("invariance(a) <= champion", "binary", 17, "only the challenger is asked", "a number"),
        ("churn <= champion + 1%", "binary", 9, "compares with the champion already", "a number"),
        ("predict_ms.p99 <= champion", "binary", 18, "only the challenger is measured", "a number"),
        ("predict_ms.p99[a=b] <= 5", "binary", 14, "it has no slices", "Remove the slice"),
        ("ratio(model_mb, a) <= 5", "binary", 6, "it has no groups", ""),
        ("ratio(mcc, gender) >= 0.8", "binary", 0, "mcc can be negative", "difference(mcc, …)"),
        ("increasing(a) >= 1", "multiclass", 0, "the score of which class?", "invariance"),
        ("difference(recall, a)[a=b] <= 1", "binary", 21, "only one group", "another column"),
        ("recall <= champion", "binary", 10, "is better when higher", "Write recall >= …"),
        ("difference(recall, a) >= champion", "binary", 25, "better when lower", "<= …"),
        ("ratio(recall, a) <= champion", "binary", 20, "better when higher", ">= …"),
        ("selection_rate >= champion", "binary", 18, "neither more nor less", "a number"),
        ("recall[big] >= 0.5", "binary", 7, "there is no slice named 'big'", "big=*"),
        ("recall >= 1.2", "binary", 10, "between 0 and 1: nothing reaches 1.2", ""),
        ("recall >= 60 at 95%", "binary", 10, "nothing reaches 60", "Did you mean 60%?"),
        ("recall > 1", "binary", 9, "nothing goes beyond 1", ""),
        ("recall >= 1 at 95%", "binary", 10, "no number of rows shows", "a little less than 1"),
        ("recall >= -1", "binary", 10, "this demands nothing", ""),
        ("recall <= 2", "binary", 10, "this demands nothing", "Did you mean 2%?"),
        ("brier <= -1", "binary", 9, "nothing reaches -1", ""),
        ("brier <= 0 at 95%", "binary", 9, "no number of rows shows", "Leave 'at' out"),
        ("mae < 0", "regression", 6, "mae is at least 0: nothing goes beyond 0", ""),
        ("r2 >= 1.5", "regression", 6, "r2 is at most 1: nothing reaches 1.5", ""),
        ("mcc <= -2", "binary", 7, "mcc lies between -1 and 1", ""),
        ("difference(mcc, a) <= 3", "binary", 22, "lies between 0 and 2", ""),
        ("recall >= champion - 2", "binary", 10, "demands nothing", "2% of the champion's value?"),
        ("recall >= champion + 2", "binary", 10, "no model is 2 better", "2% of the champion's"),
        ("recall >= champion - 200%", "binary", 10, "this demands nothing", ""),
        ("mae <= champion - 120%", "regression", 7, "nothing is that small", ""),
    ],
)
def test_what_can_not_be_decided_is_pointed_at(gate, task, at, what, cure):
    (problem,) = found(gate, task=task)
    assert problem.keys == ("evaluate", "gates", 0)
    assert what in problem.what
    assert cure in problem.cure
    assert problem.at == at
    assert problem.what.splitlines()[-1] == "  " + " " * at + "^"


def test_images_are_not_measured_yet():
    (problem,) = found("image_mb <= 400")
    assert (problem.kind, "not available yet" in problem.what) == ("not-yet", True)


def test_metrics_that_only_the_training_knows():
    assert found("auc/val >= 0.9", may_report=True, metrics=("auc/val",)) == ()
    (problem,) = found("profits >= 0.9 at 95%", may_report=True)
    assert "a number that the training reports has no confidence bound" in problem.what
    (problem,) = found("difference(profits, a) <= 1", may_report=True)
    assert "has no groups" in problem.what
    (problem,) = found("profits >= champion", may_report=True)
    assert "higher or lower is not known" in problem.what
    assert found("profits >= champion", may_report=True, better={"profits": "higher"}) == ()


def test_a_misspelt_function_of_the_project_is_named():
    (problem,) = found("profi >= 1", functions=OWN)
    assert problem.cure.startswith("Did you mean 'profit'?")
    (problem,) = found("profit <= champion", functions=OWN)
    assert "profit is better when higher" in problem.what


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("recall >= 0.9", "recall < 0.8"),
        ("recall >= 0.9 at 95%", "recall < 0.9"),
        ("recall[country=*] >= 0.9", "recall[country=DE] <= 0.8 at 90%"),
        ("recall[a=1,b=2] >= 0.9", "recall[b=2,a=*] <= 0.8"),
        ("difference(recall, a) > 0.2", "difference(recall, a) <= 0.2"),
    ],
)
def test_gates_that_exclude_each_other(one, two):
    (problem,) = found(one, two)
    assert problem.keys == ("evaluate", "gates", 1)
    assert f"no value can pass both this gate and gate 1 (`{one}`)" in problem.what


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("recall >= 0.9", "recall <= 0.9"),
        ("recall >= 0.9", "recall >= 0.8"),
        ("recall[country=FR] >= 0.9", "recall[country=DE] <= 0.8"),
        ("recall[country=DE] >= 0.9", "recall <= 0.8"),
        ("recall >= 0.9", "precision <= 0.8"),
        ("recall >= champion - 0.02", "recall <= 0.4"),
        ("recall >= 0.9", "recall >= 0.9 at 95%"),
    ],
)
def test_gates_that_go_together(one, two):
    assert found(one, two) == ()


def test_the_same_gate_twice():
    (problem,) = found("recall[a=1, b=2] >= 0.9", "f1 > 0", "recall[b=2,a='1']>=90%")
    assert problem.keys[-1] == 2
    assert "stands here twice: it is gate 1" in problem.what
    (problem,) = found(metrics=("recall", "f1", "recall"))
    assert "recall stands here twice" in problem.what


def test_all_problems_are_found_at_once():
    several = problems(
        EvaluateSpec(
            metrics=("recall", "recal"),
            slices=(SliceSpec("country"), SliceSpec("amount >")),
            gates=tuple(
                map(GateSpec, ("roc_auc >= 0.9", "f1 >= 2", "f1 = 2", "recall > champion at 5%"))
            ),
            cost={"fpp": 1.0},
        ),
        "binary",
    )  # fmt: skip
    assert [each.keys[1:] for each in several] == [
        ("cost",),
        ("metrics", 1),
        ("slices", 1),
        ("gates", 1),
        ("gates", 2),
        ("gates", 3),
    ]


def test_slices_and_their_names():
    named = SliceSpec("amount >= 1000", "big")
    assert found("recall[big] >= 0.5", slices=(named, SliceSpec("country"))) == ()
    (problem,) = found(slices=(named, SliceSpec("amount >= 5000", "big")))
    assert problem.what == "two slices are named 'big'"
    (problem,) = found(slices=(named, SliceSpec("amount>=1000")))
    assert problem.what == "amount >= 1000 stands here twice"
    (problem,) = found(slices=(SliceSpec("country", "land"),))
    assert "names a column, not a condition" in problem.what
    (problem,) = found("f1[big=*] > 0", slices=(named,))
    assert problem.what == "'big' is the name of a column too"
    (problem,) = found(slices=(SliceSpec("amount > 2", "y"),), model=ModelSpec("m", "binary", "y"))
    assert problem.what == "'y' is the name of a column too"


def test_what_is_sensitive_makes_no_slices():
    data = DataSpec(columns={"iban": ColumnSpec(sensitive=True)})
    shown = found(
        "recall[iban=*] > 0", "difference(f1, iban) < 1", "recall[iban=DE1] > 0",
        "recall[iban is null] > 0", slices=(SliceSpec("iban"),), data=data,
    )  # fmt: skip
    assert [each.keys[1:] for each in shown] == [("slices", 0), ("gates", 0), ("gates", 1)]
    assert all("iban is sensitive" in each.what for each in shown)


VALIDATION = DataSpec(train="a.csv", validation="b.csv", test="c.csv")


@pytest.mark.parametrize(
    ("rule", "data", "what"),
    [
        ({"maximise": "f1"}, VALIDATION, None),
        ({"maximise": "fbeta@beta=2"}, VALIDATION, None),
        ({"minimise": "cost"}, VALIDATION, "needs to know what mistakes cost"),
        ({"maximise": "f1"}, DataSpec(train="a.csv"), "there is no validation table"),
        ({}, VALIDATION, "neither of them"),
        ({"maximise": "f1", "minimise": "brier"}, VALIDATION, "both of them"),
        ({"maximise": "f2"}, VALIDATION, "there is no metric 'f2'"),
        ({"minimise": "f1"}, VALIDATION, "f1 is better when higher"),
        ({"maximise": "roc_auc"}, VALIDATION, "does not depend on a threshold"),
        ({"maximise": "recall@precision=0.9"}, VALIDATION, None),
        ({"maximise": "selection_rate"}, VALIDATION, "neither more nor less"),
        ({"maximise": "recall@threshold=0.5"}, VALIDATION, "does not depend on a threshold"),
        ({"maximise": "recall"}, VALIDATION, "giving every row the same label"),
    ],
)
def test_the_rule_of_a_threshold(rule, data, what):
    model = ModelSpec("m", "binary", "y", threshold=ThresholdSpec("validation", **rule))
    several = found(model=model, data=data)
    assert [what in each.what for each in several] == ([] if what is None else [True])
    assert all(each.keys[:2] == ("model", "threshold") for each in several)


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"weights": "y"}, "y is the target"),
        ({"functions": {"recall": OWN["profit"]}}, "one of Shipway's own metrics"),
        ({"functions": {"net profit": OWN["profit"]}}, "can't stand in a gate"),
        ({"champion": ChampionSpec("c.csv")}, "which column"),
        ({"champion": ChampionSpec("c.csv", "p", "p")}, "both the predicted label and the score"),
        ({"champion": ChampionSpec("c.csv", "p", key="y")}, "does not tell rows apart"),
        ({"cost": {"fp": -1.0}}, "a number of at least 0"),
    ],
)
def test_other_settings(fields, what):
    (problem,) = found(model=ModelSpec("m", "binary", "y"), **fields)
    assert what in problem.what


def test_a_budget_is_paid_with_confidence():
    gates = ("recall >= 0.5", "recall >= 0.9 at 95%", "churn <= 0.1", "predict_ms.p99 <= 5",
             "invariance(a) <= 0.1", "recall[a=*] >= 0.6 at 80%")  # fmt: skip
    assert found(*gates, test_set_budget=BudgetSpec(8, "none")) == ()
    for adaptivity in ("firstChange", "full"):
        (problem,) = found(*gates, test_set_budget=BudgetSpec(8, adaptivity))
        assert problem.keys[-1] == 0
        assert "no confidence that test_set_budget could pay with" in problem.what
        assert "at 95%" in problem.cure
    (problem,) = found("max_error <= 5", task="regression", test_set_budget=BudgetSpec(8, "full"))
    assert "let it warn" in problem.cure
    warned = EvaluateSpec(
        gates=(GateSpec("recall >= 0.5", "warn"),), test_set_budget=BudgetSpec(8, "full")
    )
    assert problems(warned, "binary") == ()


def test_a_budget_that_no_confidence_can_pay_for():
    (problem,) = found("recall >= 0.9 at 95%", test_set_budget=BudgetSpec(60, "full"))
    assert "there can be 45 at most" in problem.what
    assert problem.at == 14


def test_the_groups_that_are_needed_are_named_once():
    listed = [SliceSpec("country"), SliceSpec("amount>=1000"), SliceSpec("a == 1", "one")]
    gates = [
        "recall[country=*, amount >= 1000] >= 0.5",
        "f1[`a b`=x, one, other] > 0",
        "difference(f1, gender)[b > 2] < 1",
        "invariance(city) < 1",
    ]
    assert sources(listed, gates) == (
        Source("country"),
        Source("amount >= 1000", "amount >= 1000"),
        Source("one", "a == 1"),
        Source("a b"),
        Source("b > 2", "b > 2"),
        Source("gender"),
    )
