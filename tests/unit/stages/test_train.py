# SPDX-License-Identifier: Apache-2.0
"""Training by function and by command, in the Python that runs the tests."""

import json

import pytest

from shipway.base.errors import InputError, StoppedError
from shipway.stages import train as stage
from shipway.stages.train import train
from shipway.storage.trees import fetch_tree

from .conftest import HEAD, NO_TESTS, RULES, SPEC, TOY

FUNCTION = """
import polars as pl
import shipway_runtime
from sklearn.linear_model import LogisticRegression

def fit(train: pl.DataFrame, strength: float = 1.0):
    for step in range(3):
        shipway_runtime.log(step=step, loss=1 / (1 + step))
    model = LogisticRegression(C=strength).fit(train.select("amount"), train["y"])
    return model, {"rows": train.height}
"""
BY_FUNCTION = (
    HEAD
    + """data: {train: data/train.csv, test: data/test.csv}
train: {function: toy:fit, params: {strength: 2.5}, code: ["*.py"], require: [loss <= 0.4]}
"""
)


def command(lines, **changes):
    """A spec whose training command is a small script, and the files of its project."""
    spec = SPEC
    for old, new in changes.items():
        spec = spec.replace(*{"model": ("  model: rule.json\n", new),
                              "extra": ("  model: rule.json\n", f"  model: rule.json\n{new}"),
                              "metrics": ("{json: metrics.json}", new)}[old])  # fmt: skip
    return spec, {**TOY, "train.py": "\n".join(lines) + "\n"}


def test_a_function_gives_a_model_with_golden_predictions(make, tmp_path):
    road = make(BY_FUNCTION, {**TOY, "toy.py": FUNCTION})
    model = road.trained()
    assert model.flavour == "sklearn"
    assert model.params == {"strength": 2.5}
    assert model.features == ("amount",)
    assert model.golden_rows == 100
    assert model.reported == {"rows": 80.0, "loss": 1 / 3}
    assert [(p.step, p.value) for p in model.curves["loss"]] == [(0, 1), (1, 0.5), (2, 1 / 3)]
    fetch_tree(road.store.objects, model.digest, tmp_path / "model")
    golden = json.loads((tmp_path / "model" / "golden.json").read_text())
    assert set(golden["predictions"]) == {0, 1}
    fetch_tree(road.store.objects, model.code, tmp_path / "code")
    assert sorted(p.name for p in (tmp_path / "code").iterdir()) == [
        "rules.py", "toy.py", "train.py",
    ]  # fmt: skip


def test_a_command_gives_a_model_with_its_own_metrics(once, tmp_path):
    model = once.model
    assert model.flavour == "python"
    assert model.reported == {"loss": 0.25, "rows": 80.0, "deep.loss": 0.25}
    assert [point.step for point in model.curves["loss"]] == [1, 2]
    assert "loss 0.25 at step 2" in once.road.told
    fetch_tree(once.road.store.objects, model.digest, tmp_path / "model")
    found = list((tmp_path / "model").rglob("rule.json"))
    assert json.loads(found[0].read_text()) == {"limit": 5.0}


def test_the_user_folder_stays_as_it_was(once):
    names = {p.relative_to(once.road.folder).as_posix() for p in once.road.folder.rglob("*.*")}
    assert names == set(TOY)


def test_metrics_are_renamed_and_unknown_ones_said(make):
    renamed = "{json: metrics.json, map: {final: deep.loss}}"
    spec, files = command(TOY["train.py"].splitlines(), metrics=renamed)
    assert make(spec, files).trained().reported == {"loss": 0.25, "final": 0.25}
    spec, files = command(TOY["train.py"].splitlines(), metrics=renamed.replace("deep", "dep"))
    with pytest.raises(InputError, match=r"no number 'dep\.loss'") as caught:
        make(spec, files).trained()
    assert caught.value.cure == "It has: deep.loss, rows."


def ended(make, lines, error=StoppedError, **changes):
    spec, files = command(lines, **changes)
    with pytest.raises(error) as caught:
        make(spec, files).trained()
    return caught.value


def test_a_command_that_fails_shows_its_last_lines(make):
    error = ended(make, ["import sys", "print('no luck')", "sys.exit(4)"])
    assert "exit code 4" in error.what
    assert "no luck" in error.cure
    assert error.where.startswith("shipway.yaml:6:")


def test_a_file_that_is_not_declared_is_named(make):
    spec, files = command(["open('conf.json')"])
    with pytest.raises(StoppedError) as caught:
        make(spec, {**files, "conf.json": "{}"}).trained()
    assert "inputs: [conf.json]" in caught.value.cure


def test_a_model_that_was_not_written_stops(make):
    error = ended(make, ["open('metrics.json', 'w').write('{}')"])
    assert "rule.json" in str(error)


def test_metrics_that_are_no_json_are_the_users_mistake(make):
    lines = [
        "open('metrics.json', 'w').write('no')",
        "open('rule.json', 'w').write('{\"limit\":1}')",
    ]
    error = ended(make, lines, InputError)
    assert "metrics.json is not JSON" in error.what


def test_nan_stops_a_training_at_once(make):
    error = ended(make, ["import time", "print('loss=nan', flush=True)", "time.sleep(60)"])
    assert error.what == "training was stopped: loss became nan at step 0"


def test_a_training_that_takes_too_long_is_ended(make):
    error = ended(make, ["import time", "time.sleep(60)"], extra="  timeout: 0.3s\n")
    assert error.what == "training took longer than 0.3 seconds"


def test_a_demand_that_is_not_met_stops(make):
    error = ended(make, TOY["train.py"].splitlines(), extra="  require: [loss <= 0.2]\n")
    assert error.what == "loss <= 0.2: loss is 0.25"


def test_a_cancelled_run_ends_the_training(make):
    spec, files = command(["import time", "time.sleep(60)"])
    road = make(spec, files)
    data = road.data()
    road.cancelled.set()
    with pytest.raises(StoppedError, match="cancelled"):
        train(road.context(), road.source, road.environment, data, NO_TESTS)


def test_the_test_set_is_not_handed_to_a_function(make):
    body = "def fit(test):\n    return None\n"
    road = make(BY_FUNCTION, {**TOY, "toy.py": body})
    with pytest.raises((InputError, StoppedError), match="test"):
        road.trained()


def test_what_the_fingerprint_covers(make):
    first = make(BY_FUNCTION, {**TOY, "toy.py": FUNCTION})

    def parts(spec, **files):
        return stage.depends(make(spec, {**TOY, "toy.py": FUNCTION, **files}).scope())

    same = stage.depends(first.scope())
    assert parts(BY_FUNCTION.replace("positive: 1", "positive: 1, owner: me")) == same
    assert parts(BY_FUNCTION, **{"README.md": "x"}) == same
    assert parts(BY_FUNCTION, **{"more.py": "x"}) != same
    assert parts(BY_FUNCTION.replace("2.5", "2.6")) != same
    assert parts(BY_FUNCTION, **{"rules.py": RULES + "\n"}) != same
