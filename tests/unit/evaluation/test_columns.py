# SPDX-License-Identifier: Apache-2.0
"""Columns as tables have them: classes written in several ways, missing values, wrong shapes."""

import numpy as np
import polars as pl
import pytest

from shipway.base.errors import InputError
from shipway.evaluation import columns


@pytest.mark.parametrize(
    ("target", "label", "positive", "classes"),
    [
        ([0, 1, 1], [0.0, 1.0, 0.0], "1", ("0", "1")),
        ([0, 1, 1], ["0", "1", "0"], None, ("0", "1")),
        ([0, 1, 1], [False, True, False], "1", ("0", "1")),
        ([False, True, True], [0, 1, 0], "true", ("false", "true")),
        ([False, True, True], [0, 1, 0], "1", ("false", "true")),
        ([0.0, 1.0, 1.0], ["0", "1.0", "0.0"], "1", ("0", "1")),
        (["no", "yes", "yes"], ["no", "yes", "no"], "yes", ("no", "yes")),
        (["yes", "no", "no"], ["yes", "no", "yes"], "no", ("yes", "no")),
        ([1, 0, 0], [1, 0, 1], "0", ("1", "0")),
    ],
)
def test_the_same_class_in_several_spellings(target, label, positive, classes):
    found = columns.binary(target, label=label, positive=positive)
    assert found.classes == classes
    assert found.target.tolist() == [0, 1, 1]
    assert found.label.tolist() == [0, 1, 0]


def test_columns_of_polars_are_read():
    frame = pl.DataFrame({"y": ["n", "y"], "p": [0.2, 0.7]})
    found = columns.binary(frame["y"], score=frame["p"], positive="y")
    assert found.score.tolist() == [0.2, 0.7]
    assert len(found) == 2


def test_one_class_alone_keeps_the_other_ones_place():
    assert columns.binary([0, 0], positive="1").classes == ("0", "1")
    assert columns.binary(["ok", "ok"], positive="bad").classes == ("ok", "bad")
    assert columns.binary(["bad"], positive="bad").classes == ("not bad", "bad")
    assert columns.binary([1]).target.tolist() == [1]


@pytest.mark.parametrize(
    ("target", "positive", "message"),
    [
        ([0, 1, 2], "1", "has 3 classes: 0, 1, 2"),
        (["a", "b"], None, "which class is the positive one"),
        (["a", "b"], "c", "'c' is not in the target, which holds a, b"),
        ([0, None, 1], "1", "1 of 3 rows have no target"),
        ([0.0, float("nan"), 1.0], "1", "1 of 3 rows have no target"),
        ([[0, 1]], "1", "not one column"),
    ],
)
def test_a_target_that_can_not_be_used(target, positive, message):
    with pytest.raises(InputError, match=message):
        columns.binary(target, positive=positive)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"label": [0]}, "2 rows have a target but 1 a prediction"),
        ({"label": [0, None]}, "1 of 2 rows have no prediction"),
        ({"score": [0.1, 0.2, 0.3]}, "2 rows have a target but 3 a score"),
        ({"score": ["high", "low"]}, "something else than numbers"),
        ({"score": [[0.1, 0.9], [0.2, 0.8]]}, "not one column"),
    ],
)
def test_predictions_that_do_not_fit_the_target(more, message):
    with pytest.raises(InputError, match=message):
        columns.binary([0, 1], **more)


def test_a_missing_score_stays_missing():
    assert np.isnan(columns.binary([0, 1], score=[None, 0.5]).score[0])


def test_multiclass_keeps_the_order_of_the_scores():
    found = columns.multiclass(
        ["b", "a", "new"], label=["a", "a", "?"], classes=["b", "a"], score=np.full((3, 3), 1 / 3)
    )
    assert found.classes == ("b", "a", "new")
    assert (found.target.tolist(), found.label.tolist()) == ([0, 1, 2], [1, 1, 3])
    assert columns.multiclass([10, 9, 2]).classes == ("2", "9", "10")
    with pytest.raises(InputError, match="not 3 rows × 3 classes") as caught:
        columns.multiclass([1, 2, 3], score=np.zeros((3, 2)))
    assert "1, 2, 3" in caught.value.cure


def test_regression_needs_numbers():
    with pytest.raises(InputError, match="something else than numbers"):
        columns.regression([1.0], ["x"])
    with pytest.raises(InputError, match="no target"):
        columns.regression([1.0, None], [1.0, 2.0])
    with pytest.raises(InputError, match="2 rows have a target but 1"):
        columns.regression([1.0, 2.0], [1.0])


def test_rows_are_taken_from_all_columns():
    found = columns.binary([0, 1, 1], label=[0, 1, 0], score=[0.1, 0.9, 0.4])
    part = found.take(np.array([True, False, True]))
    assert (part.target.tolist(), part.label.tolist(), part.score.tolist()) == (
        [0, 1], [0, 0], [0.1, 0.4],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("weight", "message"),
    [
        ([1.0, -1.0, 2.0], "1 of 3 weights are negative"),
        ([1.0, None, 2.0], "1 of 3 weights are missing or infinite"),
        ([1.0, np.inf, 2.0], "1 of 3 weights are missing or infinite"),
        ([0.0, 0.0, 0.0], "all weights are 0"),
        ([1.0, 2.0], "3 rows have a target but 2 a weight"),
        (["a", "b", "c"], "something else than numbers"),
    ],
)
def test_weights_are_checked(weight, message):
    with pytest.raises(InputError, match=message):
        columns.weighted(columns.binary([0, 1, 1]), weight)


def test_weights_and_groups_go_with_their_rows():
    found = columns.weighted(columns.binary([0, 1, 1]), [1, 0, 2])
    found = columns.grouped(found, {"query": ["b", None, "b"], "day": [1.5, 1.5, float("nan")]})
    part = found.take(np.array([0, 2]))
    assert part.weight.tolist() == [1, 2]
    assert part.groups["query"].tolist() == [0, 0]
    assert len(set(part.groups["day"].tolist())) == 2
    with pytest.raises(InputError, match="3 rows have a target but 1 a value of query"):
        columns.grouped(found, {"query": ["a"]})


def test_an_infinite_target_is_refused():
    with pytest.raises(InputError, match="1 of 2 rows have no target, or an infinite one"):
        columns.regression([1.0, np.inf], [1.0, 2.0])


@pytest.mark.parametrize("scale", [1e-300, 1e-5, 1.0, 1e300])
def test_only_the_ratio_of_weights_counts(scale):
    found = columns.weighted(
        columns.binary([0, 1, 1], label=[0, 1, 0]), scale * np.array([1.0, 2.0, 1e-90])
    ).weight
    assert found is not None
    assert np.isfinite(1 / (found @ found))
    assert found[1] / found[0] == pytest.approx(2)
    assert found[2] == 0
