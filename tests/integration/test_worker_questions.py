# SPDX-License-Identifier: Apache-2.0
"""The worker asked about a finished model: threshold, latency, metrics of the project's own."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from shipway_runtime import formats, questions
from shipway_runtime.formats import PredictRequest, TableFiles
from shipway_runtime.predictor import load_predictor
from shipway_runtime.questions import Asked, LatencyRequest, MetricsRequest, ThresholdRequest

from .test_worker import make_project, request, run

METRICS = """
import math
import numpy as np

def profit(target, prediction):
    print("counted")
    return 20 * ((target == 1) & (prediction == 1)).sum() - (prediction == 1).sum()

def each(y_true, y_score):
    return abs(y_true - y_score)

def worth(target, prediction, rows):
    assert list(rows.columns)[:2] == ["id", "amount"]
    return float((rows["amount"].to_numpy() * (target == prediction)).sum())

def undefined(target):
    return math.nan

def needs_both(target, prediction):
    if len(set(target.tolist())) < 2:
        raise ValueError("one class only")
    return 1.0

def raises(target):
    return divide(len(target))

def divide(number):
    return number / 0

def short(target):
    return [1.0]

def are_lists(target, prediction):
    return float(type(target) is type(prediction) is list)

def wrong(target, price):
    return 0.0
"""


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A project with a model of four features' worth of work, trained once."""
    project = make_project(tmp_path_factory.mktemp("questions") / "project")
    (project / "mine.py").write_text(METRICS)
    result, _ = run(project, request(project, "train"))
    assert result.error is None
    return project


def table(project):
    return TableFiles((str(project / "train.parquet"),), "parquet")


def predicted(project, model):
    asked = PredictRequest(
        str(model), str(project / "p.json"), str(project / "p-result.json"), table(project),
        sys_path=(str(project),),
    )  # fmt: skip
    assert run(project, asked)[0].error is None
    return formats.read_predictions(project / "p.json")


def test_a_threshold_is_what_decides_from_then_on(trained, tmp_path):
    model = trained / "out"
    before = formats.read_golden(model)
    asked = ThresholdRequest(str(model), str(tmp_path / "r.json"), 0.9, (str(trained),))
    result, _ = run(trained, asked)
    assert (result.error, result.golden_rows) == (None, 7)
    info = formats.read_model(model)
    assert info.threshold == 0.9
    assert info.files == formats.file_digests(model)
    golden = formats.read_golden(model)
    assert (golden.rows, golden.scores) == (before.rows, before.scores)
    assert list(golden.predictions) == [int(score >= 0.9) for score in golden.scores]
    found = predicted(trained, model)
    assert found.predictions == [int(score >= 0.9) for score in found.scores]
    served = load_predictor(model).predict(golden.rows)
    assert served.predictions == list(golden.predictions)
    again, _ = run(trained, asked._replace(threshold=0.01))
    assert again.error is None
    assert sum(formats.read_golden(model).predictions) >= sum(golden.predictions)


def test_single_predictions_are_timed(trained, tmp_path):
    asked = LatencyRequest(
        str(trained / "out"), str(tmp_path / "o.json"), str(tmp_path / "r.json"), table(trained),
        calls=30, warm_up=3, sys_path=(str(trained),),
    )  # fmt: skip
    result, _ = run(trained, asked)
    assert (result.error, result.rows) == (None, 30)
    took = formats.read(tmp_path / "o.json")["milliseconds"]
    assert len(took) == 30
    assert all(0 < one < 60_000 for one in took)
    result, _ = run(trained, asked._replace(seconds=0.0))
    assert (result.error, result.rows) == (None, 1)


def ask(project, tmp_path, *functions, parts=None, champion=True, seconds=20.0, **environment):
    frame = pl.read_parquet(project / "train.parquet")
    target = frame["is_fraud"].to_list()
    score = [min(0.99, amount / 300) for amount in frame["amount"]]
    asked = Asked(
        target=target,
        prediction=[int(one > 0.4) for one in score],
        score=score,
        champion_prediction=[int(one > 0.6) for one in score] if champion else None,
        champion_score=score if champion else None,
        parts=parts or {},
    )
    questions.write_asked(tmp_path / "asked", asked)
    request_ = MetricsRequest(
        {name: f"mine:{name}" for name in functions}, str(tmp_path / "asked"),
        str(tmp_path / "answers"), str(tmp_path / "r.json"), table(project), "polars",
        resamples=150, seconds=seconds, sys_path=(str(project),),
    )  # fmt: skip
    result, done = run(project, request_, **environment)
    answers = {} if result.error else questions.read_answers(tmp_path / "answers")
    return asked, result, answers, done


def test_a_number_is_asked_of_all_rows_parts_and_resamples(trained, tmp_path):
    part = list(range(0, 200, 2))
    asked, result, answers, done = ask(trained, tmp_path, "profit", parts={"even": part})
    assert result.rows == 200

    def profit(positions, said):
        target = np.array(asked.target)[positions]
        prediction = np.array(said)[positions]
        return 20 * (target & prediction).sum() - prediction.sum()

    found = answers["profit"]
    assert found.rows is None
    for name, positions in (("", np.arange(200)), ("even", np.array(part))):
        one = found.parts[name]
        assert one.value == profit(positions, asked.prediction)
        assert one.champion == profit(positions, asked.champion_prediction)
        assert len(one.replicates) == len(one.champion_replicates) == 150
    # The same seed draws the same rows, for both models.
    dice = np.random.default_rng(0)
    drawn = dice.integers(0, 200, 200)
    assert found.parts[""].replicates[0] == profit(drawn, asked.prediction)
    assert found.parts[""].champion_replicates[0] == profit(drawn, asked.champion_prediction)
    assert done.stdout.count("counted") == 4


def test_numbers_of_rows_are_asked_once(trained, tmp_path):
    asked, _, answers, _ = ask(trained, tmp_path, "each", parts={"x": [0, 1]}, champion=False)
    found = answers["each"]
    expected = [abs(t - s) for t, s in zip(asked.target, asked.score, strict=True)]
    assert list(found.rows) == expected
    assert (found.champion_rows, found.parts) == (None, {})


def test_the_table_is_given_to_who_asks_for_it(trained, tmp_path):
    asked, _, answers, _ = ask(trained, tmp_path, "worth", parts={"x": [3, 5]})
    amount = pl.read_parquet(trained / "train.parquet")["amount"].to_numpy()
    right = np.array(asked.target) == np.array(asked.prediction)
    assert answers["worth"].parts[""].value == pytest.approx((amount * right).sum())
    assert answers["worth"].parts["x"].value == pytest.approx((amount * right)[[3, 5]].sum())


def test_what_has_no_value_says_why(trained, tmp_path):
    target = pl.read_parquet(trained / "train.parquet")["is_fraud"].to_list()
    legal = [number for number, one in enumerate(target) if one == 0][:5]
    _, result, answers, _ = ask(
        trained, tmp_path, "undefined", "needs_both", parts={"legal": legal}
    )
    assert result.error is None
    assert answers["undefined"].parts[""].value is None
    assert answers["undefined"].parts[""].note == "the function returned nan"
    part = answers["needs_both"].parts["legal"]
    assert part.note == "mine:needs_both raised ValueError: one class only"
    assert list(part.replicates) == []


def test_resampling_ends_with_its_time(trained, tmp_path):
    _, _, answers, _ = ask(trained, tmp_path, "profit", seconds=0.0)
    assert answers["profit"].parts[""].value is not None
    assert len(answers["profit"].parts[""].replicates) == 0


def test_a_project_without_numpy_gets_lists(trained, tmp_path):
    (tmp_path / "sitecustomize.py").write_text(
        "import sys, importlib.util as u\n"
        "found = u.find_spec\n"
        "u.find_spec = lambda name, *more: None if name == 'numpy' else found(name, *more)\n"
    )
    path = f"{tmp_path}:{Path(formats.__file__).parents[1]}"
    _, _, answers, _ = ask(trained, tmp_path, "are_lists", parts={"x": [1, 2]}, PYTHONPATH=path)
    for part in answers["are_lists"].parts.values():
        assert (part.value, set(part.replicates)) == (1.0, {1.0})


@pytest.mark.parametrize(
    ("function", "kind", "says"),
    [
        ("raises", "raised", "mine:raises raised ZeroDivisionError: division by zero"),
        ("short", "returned", "mine:short returned 1 values for 200 rows"),
        ("wrong", "params", "mine:wrong asks for price, but no metric function is given that"),
        ("absent", "function-missing", "mine has no function 'absent'"),
    ],
)
def test_mistakes_of_functions_are_told(trained, tmp_path, function, kind, says):
    _, result, _, _ = ask(trained, tmp_path, function)
    assert (result.error.kind, result.error.message) == (kind, says)
    if function == "raises":
        assert 'File "mine.py", line 28, in divide' in result.error.traceback
        assert "shipway_runtime" not in result.error.traceback
