# SPDX-License-Identifier: Apache-2.0
import math
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipway.spec.types import MetricsSource, NoProgressSpec, TrainSpec
from shipway.stages.printed import Printed
from shipway.stages.progress import Progress


def progress(*rules, run=None):
    told = []
    made = Progress(TrainSpec(stop_if=rules), run or threading.Event(), told.append)
    return made, told


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("loss=0.25", {"loss": 0.25}),
        ("epoch=3 loss=1e-3 val_acc=.5", {"loss": 0.001, "val_acc": 0.5}),
        ("[12:00] loss=-2.5, acc=1.", {"loss": -2.5, "acc": 1.0}),
        ("a=inf b=-inf", {"a": math.inf, "b": -math.inf}),
        ("loss = 0.25", {}),
        ("version=1.2.3", {}),
        ("path=/a/b key=value x=0x10 y=12abc", {}),
        ("config.loss=0.5", {}),
        ("step=4", {}),
        ("", {}),
    ],
)
def test_metrics_in_a_line(text, found):
    made, _ = progress()
    made.line(text)
    assert made.last() == found


def test_steps_are_named_or_counted():
    made, told = progress()
    for text in ("loss=3", "loss=2 step=7", "epoch=9 loss=1"):
        made.line(text)
    assert [(p.step, p.value) for p in made.curves["loss"]] == [(0, 3), (7, 2), (9, 1)]
    assert told == ["loss 3", "loss 2 at step 7", "loss 1 at step 9"]


@given(st.text())
def test_no_line_is_too_wild(text):
    made, _ = progress("nan")
    made.line(text)
    assert made.problem == "" or made.stop.is_set()


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_value_that_is_not_finite_stops(value):
    made, _ = progress("nan")
    made.metric("loss", 0.5, 0)
    assert not made.stop.is_set()
    made.metric("loss", value, 4)
    assert made.stop.is_set()
    assert made.problem == f"loss became {value} at step 4"
    without, _ = progress()
    without.metric("loss", value, 4)
    assert not without.stop.is_set()


@pytest.mark.parametrize(
    ("metric", "values", "stuck"),
    [
        ("val_loss", [3, 2, 2, 2], True),
        ("val_loss", [3, 2, 2, 1.9], False),
        ("val_loss", [3, 2], False),
        ("accuracy", [0.5, 0.6, 0.6, 0.6], True),
        ("accuracy", [0.5, 0.6, 0.5, 0.61], False),
        ("accuracy", [0.9, 0.1, 0.8], True),
    ],
)
def test_no_progress_for_some_reports_stops(metric, values, stuck):
    made, _ = progress(NoProgressSpec(no_progress=2, metric=metric))
    for value in values:
        assert not made.stop.is_set()
        made.metric("other", 1, None)
        made.metric(metric, value, None)
    assert made.stop.is_set() is stuck
    assert made.problem == (f"{metric} has not improved for 2 reports" if stuck else "")


def test_the_first_problem_is_the_one_that_is_told():
    made, _ = progress("nan", NoProgressSpec(no_progress=1, metric="loss"))
    made.metric("loss", 1, None)
    made.metric("loss", 1, None)
    made.metric("loss", math.nan, None)
    assert made.problem == "loss has not improved for 1 reports"


def test_the_end_of_the_run_stops_the_training_too():
    run = threading.Event()
    made, _ = progress("nan", run=run)
    assert not made.stop.is_set()
    run.set()
    assert made.stop.is_set()
    assert made.problem == ""


def test_a_curve_stays_small_however_much_is_reported():
    made, told = progress()
    for number in range(20_000):
        made.metric("loss", 1 / (1 + number), None)
    points = made.curves["loss"]
    assert 500 < len(points) <= 2001
    assert (points[0].step, points[-1].step, made.last()["loss"]) == (0, 19_999, 1 / 20_000)
    assert len(told) < 500


def test_a_declared_direction_counts():
    better = MetricsSource(better={"score": "lower"})
    rules = (NoProgressSpec(no_progress=2, metric="score"),)
    made = Progress(TrainSpec(stop_if=rules, metrics=better), threading.Event(), print)
    for value in (3, 2, 1):
        made.metric("score", value, None)
    assert made.problem == ""


def test_patterns_find_metrics_and_their_steps():
    printed = Printed(["Epoch {epoch}/{_} - auc: {auc}"])
    made = Progress(TrainSpec(), threading.Event(), lambda text: None, printed)
    for number in (1, 2):
        made.line(f"Epoch {number}/9 - auc: 0.{number} - lr=0.1")
    assert [(p.step, p.value) for p in made.curves["auc"]] == [(1, 0.1), (2, 0.2)]
    assert made.last() == {"auc": 0.2, "lr": 0.1}
