# SPDX-License-Identifier: Apache-2.0
"""The champion's predictions from a file: how its rows are paired, and what is refused."""

import polars as pl
import pytest

from shipway.base.errors import InputError
from shipway.spec.types import ModelSpec
from shipway.stages import evaluate as stage
from shipway.stages.champion_file import answers_in_file

from .conftest import SPEC, TOY

GATES = "  gates: [accuracy >= 0.9]"
FRAME = pl.DataFrame({"id": [1, 2, 3, 4], "y": [0, 1, 1, 0]})


def answers(make, given, csv, frame=FRAME, task="binary"):
    spec = SPEC.replace(GATES, f"  champion: {{predictions: c.csv, {given}}}")
    road = make(spec, {**TOY, "c.csv": csv})
    model = ModelSpec("toy", task, "y", positive="1" if task == "binary" else None)
    asked, digest = answers_in_file(road.context(), road.folder, frame, model)
    assert digest == road.files.digest(road.folder / "c.csv")
    return asked


def test_rows_are_paired_by_key(make):
    csv = "p,id,label,more\n0.4,4,0,x\n0.1,1,0,x\n0.2,2,1,x\n0.3,3,1,x\n0.9,9,1,x\n"
    asked = answers(make, "prediction: label, score: p, key: id", csv)
    assert asked.answers.predictions == [0, 1, 1, 0]
    assert asked.answers.scores == [0.1, 0.2, 0.3, 0.4]


def test_keys_of_other_types_are_compared_as_texts(make):
    frame = FRAME.with_columns(pl.col("id").cast(pl.String))
    csv = "id,p\n4,0.4\n1,0.1\n2,0.2\n3,0.3\n"
    assert answers(make, "score: p, key: id", csv, frame).answers.scores == [0.1, 0.2, 0.3, 0.4]


def test_rows_are_paired_by_position_where_the_targets_agree(make):
    asked = answers(make, "score: p", "y,p\n0,0.1\n1,0.2\n1,0.3\n0,0.4\n")
    assert asked.answers.predictions == []
    assert asked.answers.scores == [0.1, 0.2, 0.3, 0.4]
    asked = answers(make, "score: p", "y,p\nfalse,0.1\ntrue,0.2\ntrue,0.3\nfalse,0.4\n")
    assert asked.answers.scores[0] == 0.1


def test_several_classes_have_a_column_each(make):
    frame = pl.DataFrame({"id": [1, 2], "y": ["a", "b"]})
    csv = "id,label,p_b,p_a\n2,b,0.9,0.1\n1,a,0.2,0.8\n"
    asked = answers(make, "prediction: label, score: p, key: id", csv, frame, "multiclass")
    assert (asked.classes, asked.answers.scores) == (("b", "a"), [[0.2, 0.8], [0.9, 0.1]])


def test_a_regression_has_no_scores(make):
    frame = pl.DataFrame({"id": [1, 2], "y": [1.5, 2.5]})
    asked = answers(make, "prediction: v, key: id", "id,v\n2,3\n1,4\n", frame, "regression")
    assert asked.answers == ([4, 3], None)


@pytest.mark.parametrize(
    ("given", "csv", "what"),
    [
        ("score: pp, key: id", "id,p\n1,0.1\n", "c.csv: has no column 'pp'"),
        ("key: id", "id,p\n1,0.1\n", "which column holds the predictions?"),
        ("score: p, key: no", "no,p\n1,0.1\n", "the dataset has no column 'no'"),
        (
            "score: p, key: id",
            "id,p\n1,1\n2,1\n2,1\n4,1\n4,1\n",
            "2 values of id stand in several rows of the file; the first: 2, 4",
        ),
        ("score: p, key: id", "id,p\n1,1\n,1\n3,1\n", "1 rows of the file have no id; .* is row 1"),
        (
            "score: p, key: id",
            "id,p\n1,1\n2,1\n7,1\n",
            "2 of 4 rows of the dataset are not in it, and 1 of its rows are not in the dataset; "
            "the first: id 3, 4",
        ),
        (
            "score: p, key: id",
            "id,p,y\n1,1,0\n2,1,1\n3,1,0\n4,1,0\n",
            "1 of 4 rows have another y than in the dataset; the first is row 2",
        ),
        ("score: p", "y,p\n0,1\n", "has 1 rows, the dataset 4"),
        ("score: p", "p\n1\n1\n1\n1\n", "nothing tells whether its rows are in the order"),
        ("score: p", "y,p\n1,1\n0,1\n1,1\n0,1\n", "2 of 4 rows have another y .*another order"),
        (
            "score: p, key: id",
            "id,p\n1,x\n2,x\n3,x\n4,x\n",
            "'p' holds something else than numbers",
        ),
    ],
)
def test_what_does_not_pair_is_refused_with_counts_and_the_first_rows(make, given, csv, what):
    with pytest.raises(InputError, match=what) as caught:
        answers(make, given, csv)
    assert caught.value.where.startswith("shipway.yaml:14:")


@pytest.mark.parametrize(
    "hidden",
    [
        ("train.csv, test", "train.csv, columns: {id: {sensitive: true}}, test"),
        ("train:\n", "report: {rows: none}\ntrain:\n"),
    ],
)
@pytest.mark.parametrize("csv", ["id,p\n71,1\n", "id,p\n71,1\n71,1\n"])
def test_keys_that_may_not_be_shown_are_counted_alone(make, hidden, csv):
    frame = FRAME.with_columns(id=pl.col("id") + 71)
    given = "  champion: {predictions: c.csv, score: p, key: id}"
    road = make(SPEC.replace(*hidden).replace(GATES, given), {**TOY, "c.csv": csv})
    model = ModelSpec("toy", "binary", "y", positive="1")
    with pytest.raises(InputError) as caught:
        answers_in_file(road.context(), road.folder, frame, model)
    assert not any(str(key) in str(caught.value) for key in range(71, 76))


def test_a_dataset_whose_keys_stand_twice(make):
    frame = pl.DataFrame({"id": [1, 1], "y": [0, 1]})
    with pytest.raises(InputError, match="1 values of id stand in several rows of the dataset"):
        answers(make, "score: p, key: id", "id,p\n1,0.5\n", frame)


def test_scores_of_several_classes_that_are_not_there(make):
    frame = pl.DataFrame({"id": [1], "y": ["a"]})
    with pytest.raises(InputError, match="has no column p_CLASS"):
        answers(make, "score: p, key: id", "id,p\n1,0.5\n", frame, "multiclass")


def test_the_fingerprint_follows_the_files_content(make):
    spec = SPEC.replace(GATES, "  champion: {predictions: c.csv, score: p, key: id}\n" + GATES)
    road, same, other = (make(spec, {**TOY, "c.csv": text}) for text in ("a", "a", "b"))
    parts = stage.depends(road.scope(champion="x"))
    assert parts == stage.depends(same.scope(champion="y"))
    assert parts != stage.depends(other.scope(champion="x"))
    assert "c.csv" not in road.code().digests(None, False)
    with pytest.raises(InputError, match=r"c\.csv does not exist"):
        stage.depends(make(spec).scope())
