# SPDX-License-Identifier: Apache-2.0
"""Metrics of the project's own in an evaluation: measured, sliced, compared, demanded."""

import threading
import time

import pytest

from shipway.base.errors import InputError, StoppedError
from shipway.stages import evaluate as stage

from .conftest import SPEC, TOY
from .test_champions import go_live

MINE = """
import math

def profit(target, prediction):
    return float(sum(t * p for t, p in zip(target, prediction)) - sum(prediction) / 10)

def right(y_true, y_pred):
    return [float(t == p) for t, p in zip(y_true, y_pred)]

def undefined(target):
    return math.nan

def raises(target):
    return 1 / 0
"""
FILES = {**TOY, "mine.py": MINE}


def asked(functions: str, metrics: str = "[accuracy]", gates: str = "[]", more: str = "") -> str:
    head, _, _ = SPEC.partition("evaluate:")
    return (
        f"{head}evaluate:\n  functions: {{{functions}}}\n  metrics: {metrics}\n"
        f"  gates: {gates}\n{more}deploy:\n  production: {{target: local}}\n"
    )


PROFIT = "profit: {function: mine:profit, better: higher}"
RIGHT = "right: {function: mine:right, better: higher}"


def judged(make, once, road, *words: str, files=FILES):
    return make(asked(*words), files, kept=road.store).evaluated(once.model)


def value_of(found, name: str, part: str = ""):
    return next(m for m in found.metrics if (m.name, m.slice) == (name, part))


def test_a_number_has_an_interval_and_slices(make, once, trained_road):
    gates = '["profit >= 30 at 95%", "profit[country=*] >= 40 at 95%"]'
    found = judged(make, once, trained_road, PROFIT, "[profit]", gates, "  slices: [country]\n")
    positives = sum(line.endswith("1") for line in TOY["data/test.csv"].splitlines())
    whole = value_of(found, "profit")
    assert whole.value == pytest.approx(0.9 * positives)
    assert whole.interval.low < whole.value < whole.interval.high
    parts = [value_of(found, "profit", f"country={name}") for name in ("DE", "FR")]
    assert sum(part.value for part in parts) == pytest.approx(whole.value)
    assert all(part.interval is not None for part in parts)
    assert [gate.verdict for gate in found.gates] == ["passed", "failed", "failed"]
    assert found.gates[0].interval.low > 30


def test_a_number_for_each_row_is_a_mean(make, once, trained_road):
    found = judged(make, once, trained_road, RIGHT, "[right, accuracy]", '["right >= 0.99"]')
    assert value_of(found, "right").value == value_of(found, "accuracy").value == 1.0
    assert found.verdict == "passed"


def test_groups_of_a_gate_are_asked_about(make, once, trained_road):
    gates = '["difference(profit, country) <= 50"]'
    found = judged(make, once, trained_road, PROFIT, "[accuracy]", gates)
    (gate,) = found.gates
    first, second = (value_of_groups(found, name) for name in ("DE", "FR"))
    assert gate.verdict == "passed"
    assert gate.observed == pytest.approx(abs(first - second))


def value_of_groups(found, country: str) -> float:
    rows = [line.split(",") for line in TOY["data/test.csv"].splitlines()[1:]]
    return 0.9 * sum(int(row[3]) for row in rows if row[2] == country)


def test_the_champion_is_asked_the_same(make, once, trained_road):
    go_live(trained_road, trained_road.registered(once.model, once.evaluation))
    gates = '["profit >= champion - 1 at 95%", "right >= champion at 95%"]'
    spec = asked(f"{PROFIT}, {RIGHT}", "[profit, right]", gates)
    made = make(spec.replace('LIMIT: "5"', 'LIMIT: "7"'), FILES, kept=trained_road.store)
    found = made.evaluated(made.trained())
    profit = value_of(found, "profit")
    assert profit.champion > profit.value
    assert profit.difference.high < 0
    assert [gate.verdict for gate in found.gates] == ["failed", "failed"]
    assert found.gates[0].champion == profit.champion


def test_without_metrics_every_function_is_asked(make, once, trained_road):
    found = judged(make, once, trained_road, f"{PROFIT}, {RIGHT}", "[]")
    assert value_of(found, "profit").value is not None
    assert value_of(found, "right").value == 1.0


def test_a_function_that_nothing_names_is_not_called(make, once, trained_road):
    found = judged(make, once, trained_road, "bad: {function: mine:raises, better: lower}")
    assert "bad" not in {metric.name for metric in found.metrics}


def test_no_number_fails_the_gate_and_says_so(make, once, trained_road):
    function = "nothing: {function: mine:undefined, better: lower}"
    found = judged(make, once, trained_road, function, "[nothing]", '["nothing <= 1"]')
    assert value_of(found, "nothing").value is None
    (gate,) = found.gates
    assert gate.verdict == "failed"
    assert "the function returned nan" in gate.reason


def test_what_a_function_raises_stops_the_run(make, once, trained_road):
    function = "bad: {function: mine:raises, better: lower}"
    with pytest.raises(StoppedError) as caught:
        judged(make, once, trained_road, function, "[bad]")
    assert caught.value.what == "mine:raises raised ZeroDivisionError: division by zero"
    assert 'File "mine.py", line 14, in raises' in caught.value.cure
    assert caught.value.where.endswith("shipway.yaml:13:14")


def test_a_function_that_is_not_there_is_an_input_error(make, once, trained_road):
    function = "bad: {function: mine:profits, better: lower}"
    with pytest.raises(InputError, match="mine has no function 'profits'") as caught:
        judged(make, once, trained_road, function, "[bad]")
    assert "profit" in caught.value.cure
    assert caught.value.exit_code == 2


HANGS = """
import time
from pathlib import Path

def hangs(target):
    Path("MARK").touch()
    time.sleep(600)
"""


def test_a_cancelled_run_waits_for_no_function(make, once, trained_road, tmp_path):
    mark = tmp_path / "begun"
    files = {**FILES, "mine.py": HANGS.replace("MARK", str(mark))}
    road = make(asked("f: {function: mine:hangs, better: lower}", "[f]"), files, trained_road.store)

    def cancel() -> None:
        while not mark.exists():
            time.sleep(0.05)
        road.cancelled.set()

    watching = threading.Thread(target=cancel, daemon=True)
    watching.start()
    with pytest.raises(StoppedError, match="own metrics was cancelled"):
        road.evaluated(once.model)


def test_their_code_is_part_of_the_question(make):
    def code(spec, files):
        return stage.depends(make(spec, files).scope()).get("code")

    changed = {**FILES, "mine.py": MINE.replace("/ 10", "/ 20")}
    assert code(asked(PROFIT), FILES) != code(asked(PROFIT), changed)
    assert code(SPEC, FILES) is None


SEVERAL = """
import json
from pathlib import Path

def predict(rows):
    rows = rows if isinstance(rows, list) else rows.to_dicts()
    limit = json.loads(Path("rule.json").read_text())["limit"]
    high = [row["amount"] > limit for row in rows]
    return [3 if one else 1 for one in high], [[0.1, 0.2, 0.7] if one else [0.8, 0.1, 0.1]
                                               for one in high]
"""
ABOUT_SEVERAL = """
def surest(target, prediction, score):
    assert set(target) <= {1, 2, 3}, target
    assert score.shape == (len(target), 3)
    assert set(prediction) <= {1, 3}
    return score.max(axis=1).mean()
"""


def test_several_classes_are_the_models_own(make):
    lines = ["id,amount,country,y"]
    lines += [f"{n},{n / 10},DE,{1 + (n > 40) + (n > 60)}" for n in range(100)]
    data = "\n".join(lines) + "\n"
    spec = asked("surest: {function: mine:surest, better: higher}", "[surest]")
    spec = spec.replace("task: binary, target: y, positive: 1", "task: multiclass, target: y")
    files = {**TOY, "rules.py": SEVERAL, "mine.py": ABOUT_SEVERAL,
             "data/train.csv": data, "data/test.csv": data}  # fmt: skip
    road = make(spec, files)
    found = road.evaluated(road.trained())
    assert value_of(found, "surest").value == pytest.approx(0.51 * 0.8 + 0.49 * 0.7)


def test_numbers_are_given_as_they_are(make):
    spec = asked("off: {function: mine:off, better: lower}", "[off, mae]")
    spec = spec.replace("task: binary, target: y, positive: 1", "task: regression, target: y")
    mine = "def off(y_true, y_pred):\n    return abs(y_true - y_pred)\n"
    road = make(spec, {**TOY, "mine.py": mine})
    found = road.evaluated(road.trained())
    assert value_of(found, "off").value == pytest.approx(value_of(found, "mae").value)
    assert value_of(found, "off").interval == value_of(found, "mae").interval
