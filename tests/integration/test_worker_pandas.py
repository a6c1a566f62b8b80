# SPDX-License-Identifier: Apache-2.0
"""The worker in an environment of its own, with pandas, as most projects have it."""

import os
import subprocess
from pathlib import Path

import pytest

from shipway.adapters.environments.interface import worker_environment
from shipway.adapters.environments.uv import UvEnvironments
from shipway.base.errors import OutsideError
from shipway.spec.types import EnvironmentSpec
from shipway_runtime import formats
from shipway_runtime.formats import PredictRequest, TableFiles, TrainRequest

PROGRAM = """
import pandas as pd
from pathlib import Path
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OrdinalEncoder

def hours(frame):
    return pd.DataFrame({"hour": pd.to_datetime(frame["at"]).dt.hour})

def train(train: pd.DataFrame):
    target = train.pop("is_fraud")
    encode = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    model = make_pipeline(
        make_column_transformer(
            (encode, ["country"]), (FunctionTransformer(hours), ["at"]), (
            "passthrough", ["amount", "known"]),
        ),
        HistGradientBoostingClassifier(max_iter=5),
    )
    return model.fit(train.drop(columns="id"), target)

def predict(rows):
    assert isinstance(rows, pd.DataFrame)
    return (rows["amount"] / 1000).clip(0, 1)
"""


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    folder = tmp_path_factory.mktemp("environment")
    (folder / "requirements.txt").write_text("pandas\nscikit-learn\n")
    spec = EnvironmentSpec(requirements=("requirements.txt",))
    try:
        return UvEnvironments(folder / "cache").resolve(folder, spec, print)
    except OutsideError as error:
        pytest.skip(f"needs pandas: {error.what}")


@pytest.fixture
def project(tmp_path) -> Path:
    lines = ["id,amount,country,at,known,is_fraud"]
    for n in range(120):
        country = ["DE", "", "?", "FR"][n % 4]
        at = f"2026-10-{n % 28 + 1:02d} {n % 24:02d}:30:00"
        lines.append(f"t{n},{n * 7 % 100 + 0.5},{country},{at},{n % 2},{int(n * 7 % 100 > 60)}")
    (tmp_path / "train.csv").write_text("\n".join(lines) + "\n")
    (tmp_path / "model_code.py").write_text(PROGRAM)
    rows = [
        {"id": "x", "amount": 99.5, "country": None, "at": "2026-10-01T12:30:00", "known": 1},
        {"id": "y", "amount": None, "country": "NO", "at": "2026-10-01T12:30:00", "known": None},
    ]
    (tmp_path / "golden.json").write_bytes(formats.encode(rows))
    return tmp_path


def run(project, environment, asked):
    formats.write(project / "request.json", asked)
    command = [environment.interpreter, "-m", "shipway_runtime.worker", "request.json"]
    env = worker_environment(environment, os.environ)
    done = subprocess.run(command, cwd=project, env=env, capture_output=True, text=True)
    result = formats.read_result(project / "result.json")
    assert result.error is None, (result.error, done.stderr)
    return result


@pytest.mark.parametrize("predict", [None, "model_code:predict"])
def test_pandas_from_csv_to_predictions(project, environment, predict):
    table = TableFiles((str(project / "train.csv"),), "csv", ("?",))
    asked = TrainRequest(
        function="model_code:train",
        data={"train": table},
        output=str(project / "out"),
        result=str(project / "result.json"),
        task="binary",
        target="is_fraud",
        positive="1",
        id="id",
        sys_path=(str(project),),
        trusted_types=("model_code.hours",),
        golden=str(project / "golden.json"),
        predict=predict,
    )
    run(project, environment, asked)
    info = formats.read_model(project / "out")
    types = {feature.name: (feature.type, feature.nullable) for feature in info.features}
    assert types == {
        "amount": ("float", False),
        "country": ("string", True),
        "at": ("string", False),
        "known": ("integer", False),
    }
    assert info.frame == "pandas"
    golden = formats.read_golden(project / "out")
    assert len(golden.predictions) == 2
    again = PredictRequest(
        model=str(project / "out"),
        output=str(project / "predictions.json"),
        result=str(project / "result.json"),
        data=table,
        sys_path=(str(project),),
        trusted_types=("model_code.hours",),
    )
    assert run(project, environment, again).rows == 120
    scores = formats.read_predictions(project / "predictions.json").scores
    assert len(scores) == 120
    assert all(0 <= score <= 1 for score in scores)
