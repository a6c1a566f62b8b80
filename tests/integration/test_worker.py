# SPDX-License-Identifier: Apache-2.0
"""The worker as the control plane runs it: its own process, request in, model directory out."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from shipway_runtime import formats
from shipway_runtime.formats import FinishRequest, PredictRequest, TableFiles, TrainRequest

RUNTIME = Path(formats.__file__).parents[1]

TRAIN = """
from __future__ import annotations
from pathlib import Path
import numpy as np
import polars as pl
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder
import shipway_runtime
from fraud.features import scaled

def columns(first):
    encoder = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    return ColumnTransformer([("n", first, ["amount"]), ("c", encoder, ["country"])])

def xy(frame):
    return frame.select("amount", "country"), frame["is_fraud"]

def train(train: pl.DataFrame, max_iter: int = 10):
    print("loss=0.5")
    for step in range(3):
        shipway_runtime.log(step=step, loss=1 / (1 + step))
    trees = HistGradientBoostingClassifier(max_iter=max_iter, random_state=0)
    model = make_pipeline(columns("passthrough"), trees)
    return model.fit(*xy(train)), {"iterations": np.int64(max_iter)}

def custom(train: pl.DataFrame):
    forest = RandomForestClassifier(10, random_state=3)
    return make_pipeline(columns(FunctionTransformer(scaled)), forest).fit(*xy(train))

def lazy(train: "pl.LazyFrame", validation: pl.DataFrame):
    assert len(validation) == 200
    return make_pipeline(columns("passthrough"), LogisticRegression()).fit(*xy(train.collect()))

def arrays(train: Path):
    frame = pl.read_parquet(train).select("amount", "is_fraud")
    return LogisticRegression().fit(frame.select("amount").to_numpy(), frame["is_fraud"].to_numpy())

def regression(train):
    return LinearRegression().fit(train.select("amount"), train["amount"] * 2)

def forgetful(train: pl.DataFrame):
    return HistGradientBoostingClassifier(max_iter=5).fit(train.select("amount"), train["is_fraud"])

def engineered(train: pl.DataFrame):
    made = train.select(pl.col("amount").log1p().alias("log_amount"))
    return LogisticRegression().fit(made, train["is_fraud"])

def lambda_inside(train: pl.DataFrame):
    model = make_pipeline(FunctionTransformer(lambda x: x), LogisticRegression())
    return model.fit(train.select("amount"), train["is_fraud"])
"""
MISTAKES = """
import sys
import polars as pl

def raises(train: pl.DataFrame):
    return divide(len(train))

def divide(value):
    return value / 0

def nothing(train):
    pass

def exits(train):
    sys.exit(3)

def wants_test(test: pl.DataFrame):
    pass

def number(train):
    return 3

def needs(train, depth):
    pass

def odd(train: dict):
    pass
"""
FEATURES = """
import numpy as np

def scaled(x):
    return np.log1p(x)
"""
API = """
import json
from pathlib import Path

def predict(rows):
    rows = rows if isinstance(rows, list) else rows.to_dict("records")
    limit = json.loads(Path("models/rule.json").read_text())["limit"]
    return [min(1.0, row["amount"] / limit) * 0.99 for row in rows]

class Rule:
    def load(self, folder):
        self.limit = json.loads((folder / "models/rule.json").read_text())["limit"]

    def predict(self, rows):
        return [int(row["amount"] > self.limit) for row in rows]

def with_model(model, rows):
    import polars as pl
    return model.predict(pl.DataFrame(rows).select(pl.col("amount").log1p().alias("log_amount")))
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return make_project(tmp_path / "project")


def make_project(folder: Path) -> Path:
    (folder / "fraud").mkdir(parents=True)
    (folder / "fraud/train.py").write_text(TRAIN)
    (folder / "fraud/mistakes.py").write_text(MISTAKES)
    (folder / "fraud/features.py").write_text(FEATURES)
    (folder / "fraud/broken.py").write_text("import pandoras\n")
    (folder / "fraud/wrong.py").write_text("def train(:\n")
    (folder / "api.py").write_text(API)
    random = np.random.default_rng(0)
    amount = random.gamma(2.0, 50.0, 200)
    frame = pl.DataFrame(
        {
            "id": [f"t{n}" for n in range(200)],
            "amount": amount,
            "country": random.choice(["DE", "FR", "NO"], 200),
            "is_fraud": (amount + random.normal(0, 20, 200) > 150).astype(int),
        }
    )
    frame.write_parquet(folder / "train.parquet")
    golden = frame.drop("is_fraud").head(7).to_dicts()
    (folder / "golden.json").write_bytes(formats.encode(golden))
    return folder


def request(project: Path, function: str, **more) -> TrainRequest:
    room = "mistakes" if f"def {function}(" in MISTAKES else "train"
    table = TableFiles((str(project / "train.parquet"),), "parquet")
    fields = {
        "data": {"train": table, "validation": table, "test": table},
        "sys_path": (str(project),),
        "task": "binary",
        "target": "is_fraud",
        "positive": "1",
        "id": "id",
        "golden": str(project / "golden.json"),
        "output": str(project / "out"),
        "result": str(project / "result.json"),
    }
    return TrainRequest(function=f"fraud.{room}:{function}", **{**fields, **more})


def run(project: Path, asked, **environment) -> tuple[formats.Result, subprocess.CompletedProcess]:
    (project / "request.json").write_bytes(formats.encode(asked))
    read, write = os.pipe()
    env = {**os.environ, "PYTHONPATH": str(RUNTIME), "SHIPWAY_EVENTS_FD": str(write), **environment}
    command = [sys.executable, "-m", "shipway_runtime.worker", str(project / "request.json")]
    done = subprocess.run(
        command, cwd=project, env=env, pass_fds=[write], capture_output=True, text=True
    )
    os.close(write)
    with os.fdopen(read) as stream:
        done.events = [formats.read_event(line) for line in stream]
    result = formats.read_result(Path(asked.result))
    assert done.returncode == (1 if result.error else 0), done.stderr
    return result, done


def test_training_makes_a_model_directory_with_golden_predictions(project):
    result, done = run(project, request(project, "train", params={"max_iter": 7}))
    assert result.error is None
    assert result.features == ("amount", "country")
    assert result.metrics == {"iterations": 7.0}
    assert "loss=0.5" in done.stdout
    assert [event.value for event in done.events] == [1.0, 0.5, pytest.approx(1 / 3)]
    info = formats.read_model(project / "out")
    assert (info.flavour, info.positive, info.classes, info.frame) == (
        "sklearn",
        1,
        (0, 1),
        "polars",
    )
    assert [feature.type for feature in info.features] == ["float", "string"]
    assert set(info.files) == {"model.skops", "golden.json"}
    golden = formats.read_golden(project / "out")
    assert len(golden.rows) == result.golden_rows == 7
    assert set(golden.rows[0]) == {"amount", "country"}
    assert all(0 < score < 1 for score in golden.scores)


def test_predictions_of_a_table_and_of_rows_are_the_golden_ones(project):
    run(project, request(project, "train"))
    golden = formats.read_golden(project / "out")
    asked = PredictRequest(
        model=str(project / "out"),
        output=str(project / "predictions.json"),
        result=str(project / "result.json"),
        data=TableFiles((str(project / "train.parquet"),), "parquet"),
        sys_path=(str(project),),
    )
    result, _ = run(project, asked)
    table = formats.read_predictions(project / "predictions.json")
    assert result.rows == len(table.predictions) == 200
    assert table.scores[:7] == list(golden.scores)
    run(project, asked._replace(data=None, rows=str(project / "golden.json")))
    rows = formats.read_predictions(project / "predictions.json")
    assert rows == formats.Predictions(list(golden.predictions), list(golden.scores))


def test_the_same_training_gives_the_same_bytes_anywhere(tmp_path):
    seen = []
    for number, zone in enumerate(("UTC", "Asia/Tokyo")):
        project = make_project(tmp_path / ("deeper/" * number + str(number)))
        before = os.umask(0o077 if number else 0o022)
        try:
            for function in ("train", "custom", "forgetful"):
                asked = request(
                    project,
                    function,
                    trusted_types=("fraud.features.scaled",),
                    output=str(project / function),
                )
                result, _ = run(project, asked, PYTHONHASHSEED=str(number + 1), TZ=zone)
                assert result.error is None
        finally:
            os.umask(before)
        files = [
            path for name in ("train", "custom", "forgetful") for path in (project / name).iterdir()
        ]
        seen.append({path.relative_to(project): path.read_bytes() for path in files})
        assert {path.stat().st_mode & 0o777 for path in files} == {0o644}
    assert len(seen[0]) == 9
    assert seen[0] == seen[1]


def test_a_type_of_the_users_own_must_be_trusted(project):
    error = run(project, request(project, "custom"))[0].error
    assert error.kind == "untrusted"
    assert "fraud.features.scaled" in error.message
    assert "trusted_types: [fraud.features.scaled]" in error.cure


@pytest.mark.parametrize("function", ["lazy", "custom"])
def test_other_ways_to_ask_for_the_data(project, function):
    asked = request(project, function, trusted_types=("fraud.features.scaled",))
    assert run(project, asked)[0].error is None


def test_a_model_fitted_on_an_array_is_given_arrays(project):
    result, _ = run(project, request(project, "arrays", ignore=("country",)))
    assert result.features == ("amount",)
    assert formats.read_model(project / "out").frame == "numpy"


def test_regression_has_no_scores(project):
    result, _ = run(project, request(project, "regression", task="regression", positive=None))
    assert result.error is None
    golden = formats.read_golden(project / "out")
    assert golden.scores is None
    assert golden.predictions[0] == pytest.approx(2 * golden.rows[0]["amount"])


@pytest.mark.parametrize(
    ("function", "kind", "said"),
    [
        ("missing", "function-missing", "no function 'missing'"),
        ("nothing", "returned", "returned None"),
        ("number", "returned", "returned a int"),
        ("wants_test", "params", "test set"),
        ("needs", "params", "'depth'"),
        ("odd", "params", "as dict"),
        ("engineered", "columns", "log_amount"),
        ("exits", "raised", "SystemExit"),
        ("arrays", "columns", "1 unnamed columns"),
        ("lambda_inside", "untrusted", "<lambda>"),
    ],
)
def test_mistakes_are_results(project, function, kind, said):
    error = run(project, request(project, function))[0].error
    assert (error.kind, error.kind in formats.STOPPED_KINDS) == (
        kind,
        kind in ("returned", "raised"),
    )
    assert said in error.message
    assert error.cure or kind == "raised"


@pytest.mark.parametrize(
    ("address", "kind", "said"),
    [
        ("fraud.nowhere:train", "module-missing", "'fraud.nowhere'"),
        ("fraud.broken:train", "module-missing", "'pandoras'"),
        ("fraud.wrong:train", "raised", "SyntaxError"),
    ],
)
def test_a_module_that_cant_be_imported(project, address, kind, said):
    error = run(project, request(project, "nothing")._replace(function=address))[0].error
    assert error.kind == kind
    assert said in error.message


def test_what_the_users_code_raises_is_shown_without_our_frames(project):
    error = run(project, request(project, "raises"))[0].error
    assert error.message == "fraud.mistakes:raises raised ZeroDivisionError: division by zero"
    assert 'File "fraud/mistakes.py"' in error.traceback
    assert "in divide" in error.traceback
    assert "shipway_runtime" not in error.traceback
    assert error.traceback.endswith("ZeroDivisionError: division by zero")


def test_a_parameter_that_the_function_does_not_take(project):
    error = run(project, request(project, "train", params={"max_itr": 3}))[0].error
    assert "max_itr" in error.message
    assert "max_iter" in error.cure


def test_the_positive_class_must_exist(project):
    error = run(project, request(project, "train", positive="yes"))[0].error
    assert (error.kind, "0, 1" in error.message) == ("positive", True)


def finishing(project: Path, *files: str, **more) -> FinishRequest:
    asked = request(project, "none")._asdict()
    fields = {name: asked[name] for name in FinishRequest._fields if name in asked}
    del fields["verb"]
    return FinishRequest(**{**fields, **more}, model_files=files)


def write_rule(project: Path) -> None:
    (project / "models").mkdir()
    (project / "models/rule.json").write_text('{"limit": 150}')


@pytest.mark.parametrize(("predict", "scored"), [("api:predict", True), ("api:Rule", False)])
def test_the_users_own_predict_is_a_model(project, predict, scored):
    write_rule(project)
    asked = finishing(project, "models/rule.json", predict=predict)
    result, _ = run(project, asked)
    assert (result.error, result.flavour) == (None, "python")
    golden = formats.read_golden(project / "out")
    assert set(golden.predictions) <= {0, 1}
    assert (golden.scores is not None) == scored
    # In another process, where the command has written nothing:
    (project / "models/rule.json").unlink()
    asked = PredictRequest(
        model=str(project / "out"),
        output=str(project / "predictions.json"),
        result=str(project / "result.json"),
        rows=str(project / "golden.json"),
        sys_path=(str(project),),
    )
    assert run(project, asked)[0].error is None
    assert formats.read_predictions(project / "predictions.json").predictions == list(
        golden.predictions
    )


def test_predict_may_take_the_estimator_and_raw_rows(project):
    result, _ = run(project, request(project, "engineered", predict="api:with_model"))
    assert (result.error, result.flavour) == (None, "python")
    assert result.features == ("amount", "country")


def test_a_pickle_is_taken_only_where_it_is_allowed(project):
    import joblib
    from sklearn.linear_model import LogisticRegression

    frame = pl.read_parquet(project / "train.parquet")
    model = LogisticRegression().fit(frame.select("amount"), frame["is_fraud"])
    joblib.dump(model, project / "clf.pkl")
    error = run(project, finishing(project, "clf.pkl"))[0].error
    assert (error.kind, "allow_pickle" in error.cure) == ("pickle", True)
    result, _ = run(project, finishing(project, "clf.pkl", allow_pickle=True))
    assert (result.error, result.flavour) == (None, "sklearn")
    assert (project / "out/model.skops").is_file()


def test_a_model_that_was_not_written(project):
    error = run(project, finishing(project, "models/clf.pkl"))[0].error
    assert (error.kind, "models/clf.pkl" in error.message) == ("model-missing", True)


def test_a_file_without_a_way_to_predict(project):
    write_rule(project)
    error = run(project, finishing(project, "models/rule.json"))[0].error
    assert (error.kind, "train.predict" in error.cure) == ("predict-missing", True)


def test_a_crash_leaves_no_result(project):
    (project / "fraud/mistakes.py").write_text("import os\nos._exit(9)\n")
    asked = request(project, "nothing")
    (project / "request.json").write_bytes(formats.encode(asked))
    command = [sys.executable, "-m", "shipway_runtime.worker", str(project / "request.json")]
    assert subprocess.run(command, cwd=project).returncode == 9
    with pytest.raises(formats.FormatError, match="crashed"):
        formats.read_result(Path(asked.result))
