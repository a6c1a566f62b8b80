# SPDX-License-Identifier: Apache-2.0
"""What metric functions of a project are given, and what they may return."""

import math
from fractions import Fraction

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import brier_score_loss, f1_score

from shipway_runtime.errors import UserError
from shipway_runtime.metric_calls import bind, read_value

VALUES = {"target": [0, 1], "prediction": [1, 1], "score": [0.2, 0.9], "rows": "table"}


def given(function, offered=VALUES):
    binding = bind("m:f", function, offered)
    return binding.call(function, VALUES)


@pytest.mark.parametrize(
    ("function", "gets"),
    [
        (lambda target, prediction: (target, prediction), ([0, 1], [1, 1])),
        (lambda score, target: (score, target), ([0.2, 0.9], [0, 1])),
        (lambda y_true, y_pred: (y_true, y_pred), ([0, 1], [1, 1])),
        (lambda y_true, *, y_score: (y_true, y_score), ([0, 1], [0.2, 0.9])),
        (lambda truth, said: (truth, said), ([0, 1], [1, 1])),
        (lambda truth, said, p, power=2: (truth, p, power), ([0, 1], [0.2, 0.9], 2)),
        (lambda *all_of_it: all_of_it, ([0, 1], [1, 1], [0.2, 0.9])),
        (lambda target, rows=None, scale=3: (target, rows, scale), ([0, 1], "table", 3)),
        (lambda target, weight=None: (target, weight), ([0, 1], None)),
        (lambda target, /, prediction: (target, prediction), ([0, 1], [1, 1])),
    ],
)
def test_it_gets_what_its_parameters_ask_for(function, gets):
    assert given(function) == gets


def test_functions_of_scikit_learn_are_taken_as_they_are():
    assert given(f1_score) == pytest.approx(2 / 3)
    assert given(brier_score_loss) == pytest.approx((0.04 + 0.01) / 2)


@pytest.mark.parametrize(
    ("function", "says"),
    [
        (lambda target, amount: 0, "asks for amount, but no metric function is given that"),
        (lambda target, weight: 0, "asks for weight, but evaluate.weights names no column"),
        (lambda target, score: 0, "asks for score, but the model gives no scores"),
        (lambda a, b, c: 0, "asks for c, but the model gives no scores"),
        (lambda a, b, c, d: 0, "asks for d, but no metric function is given that"),
        (lambda *, key: 0, "asks for key"),
        (lambda: 0, "asks for nothing"),
    ],
)
def test_what_it_can_not_get_is_said(function, says):
    with pytest.raises(UserError) as caught:
        bind("m:f", function, {"target", "prediction", "rows"})
    assert caught.value.message.startswith("m:f ")
    assert says in caught.value.message
    assert "target, prediction, score" in caught.value.cure


@pytest.mark.parametrize(
    ("returned", "value"),
    [
        (3, 3.0),
        (np.float32(0.5), 0.5),
        (np.array(2.0), 2.0),
        (Fraction(1, 4), 0.25),
        ([1, 2.5], [1.0, 2.5]),
        (np.array([1, 2]), [1.0, 2.0]),
        (pl.Series([1.0, 2.0]), [1.0, 2.0]),
        ((np.float64(1), 2), [1.0, 2.0]),
    ],
)
def test_numbers_of_every_library_are_read(returned, value):
    assert read_value("m:f", returned, 2) == value


def test_what_is_missing_in_a_row_is_no_number():
    first, second = read_value("m:f", [None, float("nan")], 2)
    assert math.isnan(first)
    assert math.isnan(second)


@pytest.mark.parametrize(
    ("returned", "says"),
    [
        (None, "returned None"),
        (True, "returned a bool"),
        ("0.5", "returned a str"),
        ({"f1": 0.5}, "returned a dict"),
        ([1.0], "returned 1 values for 2 rows"),
        (["a", "b"], "returned 'a' for a row"),
        ([[1.0], [2.0]], "returned [1.0] for a row"),
        (object(), "returned a object"),
    ],
)
def test_what_is_no_number_is_refused(returned, says):
    with pytest.raises(UserError) as caught:
        read_value("m:f", returned, 2)
    assert (caught.value.kind, caught.value.message) == ("returned", f"m:f {says}")
