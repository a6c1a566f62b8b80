# SPDX-License-Identifier: Apache-2.0
"""How a real model behaves when one column changes, and what is said where it can't answer."""

import dataclasses

import numpy as np
import polars as pl
import pytest

from shipway.base.errors import InputError
from shipway.stages import perturbing
from shipway.stages.behaviours import (
    as_numbers,
    ask_behaviours,
    check_behaviours,
    gates_on_behaviour,
    moved,
    one_way,
)
from shipway.stages.evaluate import _as_version
from shipway.stages.predictions import open_model
from shipway_runtime.formats import Feature, ModelInfo

from .conftest import RULES, SPEC, TOY

GATES = "gates: [accuracy >= 0.9]"
# Scores lie apart by country, rise with the amount up to 9, and are missing for country XX.
MOODY = """import json
from pathlib import Path

def predict(rows):
    rows = rows if isinstance(rows, list) else rows.to_dict("records")
    if any(row["country"] == "YY" for row in rows):
        raise ValueError("never heard of YY")
    return [score(row) for row in rows]

def score(row):
    if row["country"] == "XX":
        return float("nan")
    shift = 0.05 if row["country"] == "FR" else 0.0
    return min(row["amount"], 9.0) / 12 + shift - (0.3 if row["amount"] > 9.5 else 0.0)
"""


def behaviours_of(make, *gates, rules=MOODY, files=()):
    spec = SPEC.replace(GATES, f"gates: [{', '.join(gates)}]")
    road = make(spec, {**TOY, "rules.py": rules, **dict(files)})
    model = road.trained()
    ctx = road.context()
    notes = []
    ctx = dataclasses.replace(ctx, note=notes.append)
    opened = open_model(ctx, road.environment, _as_version(ctx, model))
    check_behaviours(ctx, opened.info)
    frame = pl.read_csv(road.folder / "data/test.csv")
    return ask_behaviours(ctx, opened, frame, gates_on_behaviour(ctx)), frame, notes


def test_how_far_the_score_moves_and_whether_it_only_rises(make):
    gates = ("invariance(country) <= 0.1", "increasing(amount) >= 0.9", "invariance(country) <= 1")
    found, frame, _ = behaviours_of(make, *gates)
    assert set(found.values) == {"invariance(country)", "increasing(amount)"}
    assert found.values["invariance(country)"] == pytest.approx(np.full(100, 0.05))
    # The grid's largest amount is above 9.5, where every score falls.
    assert (found.values["increasing(amount)"] == 0).all()
    assert (found.unanswered, found.notes) == ({}, [])
    assert frame.height == 100


def test_a_rule_that_only_rises(make):
    found, _, _ = behaviours_of(
        make, "increasing(amount) >= 1", "decreasing(amount) >= 1", rules=RULES
    )
    assert (found.values["increasing(amount)"] == 1).all()
    assert (found.values["decreasing(amount)"] == 0).all()


def test_rows_that_were_not_asked_about_are_no_number(make, monkeypatch):
    monkeypatch.setattr(perturbing, "MOST_ASKED", 30)
    found, _, _ = behaviours_of(make, "invariance(country) <= 0.1")
    values = found.values["invariance(country)"]
    assert np.isfinite(values).sum() == 10
    assert found.notes == [
        "invariance(country): asked about 10 of 100 rows, drawn at random, with 2 values of country"
    ]


@pytest.mark.parametrize(
    ("country", "why"),
    [
        ("XX", "the model gives no prediction for 100 rows when country changes"),
        ("YY", "the model could not answer: predict raised ValueError: never heard of YY"),
    ],
)
def test_a_model_that_can_not_answer_is_told_and_the_others_are_asked(make, country, why):
    test = TOY["data/test.csv"].replace("0,0.05,DE", f"0,0.05,{country}", 1)
    gates = ("invariance(country) <= 0.1", "increasing(id) >= 0.9")
    found, _, notes = behaviours_of(make, *gates, files={"data/test.csv": test}.items())
    assert found.unanswered["invariance(country)"] == why
    assert bool(notes) == (country == "YY")


def test_a_column_that_is_no_feature_has_a_neighbour(make):
    with pytest.raises(InputError, match="no feature 'amounts'") as caught:
        behaviours_of(make, "increasing(amounts) >= 0.9")
    assert "Did you mean 'amount'?" in caught.value.cure
    assert caught.value.where.startswith("shipway.yaml:14:")


def test_texts_have_no_order(make):
    with pytest.raises(InputError, match="country has no order"):
        behaviours_of(make, "increasing(country) >= 0.9")


def info(task, **more):
    return ModelInfo("python", task, "y", (Feature("c", "string"),), "rows", **more)


def test_the_class_that_moves_most_counts():
    copies = [
        {"prediction": ["a"], "0": [0.5], "1": [0.3], "2": [0.2]},
        {"prediction": ["b"], "0": [0.4], "1": [0.5], "2": [0.1]},
    ]
    assert moved(as_numbers(copies, info("multiclass"))) == pytest.approx([0.2])


def test_labels_move_by_one():
    copies = [{"prediction": ["a", "b"]}, {"prediction": ["c", "b"]}]
    assert moved(as_numbers(copies, info("multiclass"))).tolist() == [1, 0]
    copies = [{"prediction": [0, 1, 0]}, {"prediction": [1, 0, 0]}]
    numbers = as_numbers(copies, info("binary", positive=1))
    assert moved(numbers).tolist() == [1, 1, 0]
    assert one_way(numbers, "increasing").tolist() == [1, 0, 1]
    assert one_way(numbers, "decreasing").tolist() == [0, 1, 1]


def test_a_regression_moves_by_its_prediction_and_rounding_is_no_fall():
    copies = [{"prediction": [1e9, 1.0]}, {"prediction": [1e9 - 0.5, 0.9]}]
    numbers = as_numbers(copies, info("regression"))
    assert moved(numbers) == pytest.approx([0.5, 0.1])
    assert one_way(numbers, "increasing").tolist() == [1, 0]


def test_no_prediction_is_no_number():
    copies = [{"prediction": [1, None]}, {"prediction": [1, 1]}]
    numbers = as_numbers(copies, info("binary", positive=1))
    assert np.isnan(numbers).tolist() == [[[False], [True]], [[False], [False]]]


def test_several_classes_have_no_one_score(make):
    road = make(SPEC.replace(GATES, "gates: [increasing(c) >= 1]"))
    with pytest.raises(InputError, match="no one score"):
        check_behaviours(road.context(), info("multiclass"))
