# SPDX-License-Identifier: Apache-2.0
"""What a model said, in the form that it is judged in: classes, shapes, and what is missing."""

import numpy as np
import pytest

from shipway.spec.types import ModelSpec
from shipway.stages.answers import (
    Asked,
    Truth,
    all_classes,
    class_note,
    incomparable,
    predictions_of,
    usable,
)
from shipway_runtime.formats import Predictions as Answers

BINARY = ModelSpec("m", "binary", "y", positive="1")
MANY = ModelSpec("m", "multiclass", "y")
NUMBER = ModelSpec("m", "regression", "y")
TARGET = np.array(["a", "b", "c"], dtype=object)


def test_good_answers_stay_as_they_are():
    asked = Asked(Answers([0, 1], [0.1, None]), (0, 1), 1)
    assert usable(BINARY, asked) == (asked, ())


def test_a_row_without_a_prediction_is_a_wrong_one():
    asked, notes = usable(BINARY, Asked(Answers([0, None, True], [0.1, 0.2, 0.3])))
    assert notes == ("1 of 3 rows have no prediction: counted as wrong",)
    found = predictions_of(BINARY, Truth(np.array([0, 1, 1])), asked)
    assert found.label.tolist() == [0, 2, 1]


@pytest.mark.parametrize(
    ("spec", "scores", "note"),
    [
        (BINARY, [[0.1, 0.9], [0.2, 0.8]], "not one number a row"),
        (MANY, [0.1, 0.9], "0 a row, for 2 classes"),
        (MANY, [[0.1, 0.9], [0.2, 0.4, 0.4]], "2 or 3 a row, for 2 classes"),
    ],
)
def test_scores_of_a_wrong_shape_are_left_out(spec, scores, note):
    asked, notes = usable(spec, Asked(Answers([0, 1], scores), (0, 1)))
    assert asked.answers.scores is None
    assert len(notes) == 1 and note in notes[0]


def test_a_regression_has_no_scores_and_may_lack_values():
    asked, notes = usable(NUMBER, Asked(Answers([1.0, None], [0.1, 0.2])))
    assert (asked.answers.scores, notes) == (None, ())
    found = predictions_of(NUMBER, Truth(np.array([1.0, 2.0])), asked)
    assert np.isnan(found.label).tolist() == [False, True]


def test_labels_that_are_no_class_are_wrong():
    asked = Asked(Answers(["0", "maybe", "true"], None))
    found = predictions_of(BINARY, Truth(np.array([0, 1, 1])), asked)
    assert found.label.tolist() == [0, 2, 1]


def test_weights_go_with_the_rows():
    found = predictions_of(
        BINARY, Truth(np.array([0, 1]), weight=np.array([1.0, 3.0])), Asked(Answers([0, 1], None))
    )
    assert found.weight.tolist() == [1, 3]


def test_scores_stand_in_the_challengers_order_of_classes():
    truth = Truth(TARGET, classes=("b", "a"))
    assert all_classes(truth) == ("b", "a", "c")
    ours = Asked(Answers(["a", "b", "b"], [[0.1, 0.9], [0.8, 0.2], [0.7, 0.3]]), ("b", "a"))
    theirs = Asked(
        Answers(["a", "x", "a"], [[0.6, 0.1, 0.3], [0.2, 0.5, 0.3], [0.8, 0, 0.2]]), ("a", "x", "b")
    )
    first, second = (predictions_of(MANY, truth, each) for each in (ours, theirs))
    assert first.classes == second.classes == ("b", "a", "c")
    assert first.score.tolist() == [[0.1, 0.9, 0], [0.8, 0.2, 0], [0.7, 0.3, 0]]
    assert second.score.tolist() == [[0.3, 0.6, 0], [0.3, 0.2, 0], [0.2, 0.8, 0]]
    assert (first.target == second.target).all()
    assert second.label.tolist() == [1, 3, 1]
    assert incomparable(MANY, truth, theirs) == ""
    assert class_note(MANY, truth, theirs) == (
        "the champion knows other classes: x is known to it alone"
    )


def test_a_class_that_is_new_is_told():
    truth = Truth(TARGET, classes=("a", "b", "c"))
    asked = Asked(Answers(["a", "b", "b"], None), ("a", "b"))
    assert class_note(MANY, truth, asked) == "the champion knows other classes: c is new to it"
    assert class_note(MANY, truth, Asked(asked.answers, ("c", "b", "a"))) == ""
    assert class_note(BINARY, truth, asked) == ""


@pytest.mark.parametrize(
    ("spec", "asked", "why"),
    [
        (BINARY, Asked(Answers([0, 1], [0.1, 0.2]), (0, 1), 1, "binary", "y"), ""),
        (BINARY, Asked(Answers([False, True], [0.1, 0.2]), (False, True), True), ""),
        (BINARY, Asked(Answers([1], None), task="regression"), "its task is regression"),
        (BINARY, Asked(Answers([1], None), target="z"), "it predicts 'z', and the target is 'y'"),
        (
            BINARY,
            Asked(Answers(["no", "yes"], None)),
            "it predicts no, yes, and the target holds 0, 1",
        ),
        (BINARY, Asked(Answers([0, 1], [0.1, 0.2]), (0, 1), 0), "those of class 0, and 1 is"),
        (NUMBER, Asked(Answers([1.5, None, 2], None)), ""),
        (NUMBER, Asked(Answers(["high"], None)), "it predicts 'high', which is no number"),
    ],
)
def test_what_can_not_be_compared_has_a_reason(spec, asked, why):
    found = incomparable(spec, Truth(np.array([0, 1, 1])), asked)
    assert found == why if not why else why in found
