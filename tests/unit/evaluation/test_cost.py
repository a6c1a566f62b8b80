# SPDX-License-Identifier: Apache-2.0
import pytest

from shipway.base.errors import InputError
from shipway.evaluation.cost import Costs, cost_problems, parse_costs


@pytest.mark.parametrize(
    ("written", "task", "problem"),
    [
        ({"fp": 1, "fm": 20}, "binary", "'fm' is no cell of a binary model's table"),
        ({"fp": -1}, "binary", "the cost of fp is -1: a cost is a number of at least 0"),
        ({"fp": float("nan")}, "binary", "the cost of fp is nan"),
        ({"fp": {"fn": 1}}, "binary", "the cost of fp is a number, not a mapping"),
        ({"fp": 0, "fn": 0}, "binary", "all costs are 0"),
        ({"cat": 3}, "multiclass", "the costs of cat are a mapping"),
        ({"cat": {"dog": -2}}, "multiclass", "the cost of cat predicted as dog is -2"),
        ({"cat": {"dog": 0}}, "multiclass", "all costs are 0"),
        ({"fp": 1}, "regression", "a regression model has none"),
    ],
)
def test_what_is_wrong_with_costs(written, task, problem):
    assert any(problem in each for each in cost_problems(written, task))
    with pytest.raises(InputError):
        parse_costs(written, task)


def test_classes_are_checked_where_they_are_known():
    written = {"cat": {"dog": 1.0}, "wolf": {"cat": 2.0}}
    assert cost_problems(written, "multiclass") == []
    found = cost_problems(written, "multiclass", ("cat", "dig"))
    assert [each.split(".")[0] for each in found] == [
        "there is no class 'dog'", "there is no class 'wolf'",
    ]  # fmt: skip
    assert "Did you mean 'dig'?" in found[0]


def test_no_costs_are_none():
    assert parse_costs({}, "binary") is None
    assert cost_problems({}, "regression") == []


def test_costs_by_true_and_predicted_class():
    binary = parse_costs({"fp": 1, "fn": 20}, "binary")
    assert binary.rows(("no", "yes")) == [[0, 1, 1], [20, 0, 20]]
    many = parse_costs({"a": {"b": 1, "c": 5}, "b": {"a": 2}}, "multiclass")
    assert many.rows(("a", "b", "c")) == [[0, 1, 5, 5], [2, 0, 0, 2], [0, 0, 0, 0]]
    with pytest.raises(InputError, match="'c', which the model does not have"):
        many.rows(("a", "b"))
    assert Costs().of("fp") == 0
