# SPDX-License-Identifier: Apache-2.0
"""Models of several files, and what is wrong with training functions: the real worker."""

import os
import pickle
import subprocess
import sys

import polars as pl
import pytest

from shipway_runtime import formats
from shipway_runtime.formats import FinishRequest, PredictRequest, TableFiles, TrainRequest

API = """
import json
import pickle
from pathlib import Path


def files(rows):
    scale = json.loads(Path("models/scale.json").read_text())["scale"]
    clf = pickle.load(open("models/clf.pkl", "rb"))
    return ask(clf, [row["a"] * scale for row in rows])


def objects(scale, clf, rows):
    return ask(clf, [row["a"] * json.loads(scale.read_text())["scale"] for row in rows])


def three(a, b, c, rows):
    return []


def ask(limit, values):
    return [int(value > limit) for value in values]


class Base:
    def predict(self, rows):
        return ask(self.clf, [row["a"] * self.scale for row in rows])

    def read(self, scale, clf):
        self.scale = json.loads(Path(scale).read_text())["scale"]
        self.clf = pickle.loads(Path(clf).read_bytes())


class ByFolder(Base):
    def load(self, folder):
        self.read(folder / "models/scale.json", folder / "models/clf.pkl")


class ByPaths(Base):
    def load(self, paths):
        self.read(*paths)


class ByEach(Base):
    def load(self, scale, clf):
        self.read(scale, clf)


class ByNothing(Base):
    @classmethod
    def load(cls):
        made = cls()
        made.read("models/scale.json", "models/clf.pkl")
        return made


class ByOne(Base):
    def load(self, path):
        self.read(path / "scale.json", path / "clf.pkl")
"""
AT_THE_TOP = API.replace(
    "def files(rows):", "TOP = Path('models/scale.json').read_text()\n\n\ndef files(rows):"
)

ENTRIES = ("models/scale.json", "models/clf.pkl")


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "project"
    (folder / "models").mkdir(parents=True)
    (folder / "models/scale.json").write_text('{"scale": 2}')
    (folder / "models/clf.pkl").write_bytes(pickle.dumps(5))
    (folder / "api.py").write_text(API)
    pl.DataFrame({"a": [1, 2, 3, 4], "y": [0, 0, 1, 1]}).write_csv(folder / "train.csv")
    (folder / "golden.json").write_bytes(formats.encode([{"a": 1}, {"a": 4}]))
    return folder


def common(project, **more):
    return {
        "data": {"train": TableFiles((str(project / "train.csv"),), "csv")},
        "output": str(project / "out"),
        "result": str(project / "result.json"),
        "task": "binary",
        "target": "y",
        "positive": "1",
        "sys_path": (str(project),),
        "golden": str(project / "golden.json"),
        "allow_pickle": True,
        **more,
    }


def finishing(project, *files, **more):
    return FinishRequest(model_files=files, **common(project, **more))


def training(project, name, **more):
    return TrainRequest(function=f"mistakes:{name}", **common(project, **more))


def call(cwd, asked):
    """Let the worker carry out a request, in a Python where pandas hides no list of rows."""
    path = cwd / "request.json"
    path.write_bytes(formats.encode(asked))
    done = subprocess.run(
        [sys.executable, "-m", "shipway_runtime.worker", str(path)],
        cwd=cwd, env=dict(os.environ), capture_output=True, text=True,
    )  # fmt: skip
    assert "shipway_runtime" not in done.stderr, done.stderr
    return formats.read_result(type(path)(asked.result))


def elsewhere(project, tmp_path, code=API):
    """Predictions in another process and folder, where no command has written anything."""
    place = tmp_path / "elsewhere"
    place.mkdir()
    (place / "api.py").write_text(code)
    asked = PredictRequest(
        model=str(project / "out"),
        output=str(place / "predictions.json"),
        result=str(place / "result.json"),
        rows=str(project / "golden.json"),
        sys_path=(str(place),),
        allow_pickle=True,
    )
    result = call(place, asked)
    assert result.error is None, result.error
    return formats.read_predictions(place / "predictions.json").predictions


@pytest.mark.parametrize(
    "predict", ["files", "objects", "ByFolder", "ByPaths", "ByEach", "ByNothing"]
)
def test_two_files_make_one_model(project, tmp_path, predict):
    result = call(project, finishing(project, *ENTRIES, predict=f"api:{predict}"))
    assert (result.error, result.flavour) == (None, "python")
    info = formats.read_model(project / "out")
    assert info.entries == ENTRIES
    assert set(info.files) == {f"files/{name}" for name in ENTRIES} | {"golden.json"}
    assert elsewhere(project, tmp_path) == [0, 1]


def test_a_module_may_read_its_files_when_it_is_imported(project, tmp_path):
    (project / "api.py").write_text(AT_THE_TOP)
    assert call(project, finishing(project, *ENTRIES, predict="api:files")).error is None
    assert elsewhere(project, tmp_path, AT_THE_TOP) == [0, 1]


def test_a_folder_is_a_model(project, tmp_path):
    (project / "models/more").mkdir()
    (project / "models/more/vocabulary.txt").write_text("a\n")
    assert call(project, finishing(project, "models", predict="api:ByOne")).error is None
    assert formats.read_model(project / "out").entries == ("models",)
    assert (project / "out/files/models/more/vocabulary.txt").is_file()
    assert elsewhere(project, tmp_path) == [0, 1]


def test_a_pickle_in_a_folder_must_be_allowed(project):
    asked = finishing(project, "models", predict="api:ByOne", allow_pickle=False)
    error = call(project, asked).error
    assert (error.kind, "clf.pkl" in error.message) == ("pickle", True)


@pytest.mark.parametrize(
    ("predict", "said"),
    [("three", "three takes 4 arguments; there are 2 files of the model"),
     ("ByOne", "the model has 2 files")],
)  # fmt: skip
def test_arguments_that_nobody_has(project, predict, said):
    error = call(project, finishing(project, *ENTRIES, predict=f"api:{predict}")).error
    assert said in error.message


def test_an_empty_folder_is_no_model(project):
    (project / "empty").mkdir()
    error = call(project, finishing(project, "empty", predict="api:files")).error
    assert (error.kind, error.message) == ("model-missing", "the command did not write empty")


def test_several_files_need_a_function(project):
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    rows = [[0.0], [1.0], [2.0], [3.0]]
    scaler = StandardScaler().fit(rows)
    clf = LogisticRegression().fit(rows, [0, 0, 1, 1])
    for name, value in (("scaler", scaler), ("clf", clf)):
        (project / f"models/{name}.pkl").write_bytes(pickle.dumps(value))
    error = call(project, finishing(project, "models/scaler.pkl", "models/clf.pkl")).error
    assert error.kind == "predict-missing"
    assert "models/scaler.pkl is a StandardScaler; models/clf.pkl is a LogisticRegression" in (
        error.message
    )
    assert "Only models/clf.pkl has `predict`" in error.cure
    assert "nothing would use models/scaler.pkl" in error.cure
    assert "def predict(scaler, clf, rows):" in error.cure
    assert "`train.predict: serving:predict`" in error.cure


def test_a_class_of_the_script_itself_can_not_be_read(project):
    (project / "models/own.pkl").write_bytes(b"c__main__\nEncoder\n.")
    error = call(project, finishing(project, "models/own.pkl")).error
    assert error.kind == "raised"
    assert "Move Encoder to a module of its own" in error.cure


MISTAKES = """
from sklearn.linear_model import LogisticRegression

model = LogisticRegression()


class Trainer:
    def fit(self, train):
        return self


def three(train):
    return 1.0, model.fit(train.select("a"), train["y"]), [1]


def mapping():
    return {"scaler": 1, "score": 0.5}


def alone(depth=3):
    return LogisticRegression(C=depth).fit([[0.0], [1.0]], [0, 1])
"""


@pytest.mark.parametrize(
    ("name", "said", "cure"),
    [
        ("Trainer", "is the class mistakes:Trainer, not a function", "Trainer().fit(rows, target)"),
        ("Trainer.fit", "is the method mistakes:Trainer.fit", "Trainer().fit(rows, target)"),
        ("model", "is the LogisticRegression mistakes:model", "return model.fit(rows, target)"),
        ("three", "returned a tuple of 3: float, LogisticRegression, list",
         "return three(train)[1]"),
        ("mapping", "returned a dict of 2: int, float", "Return the fitted estimator"),
    ],
)  # fmt: skip
def test_what_is_no_training_function(project, name, said, cure):
    (project / "mistakes.py").write_text(MISTAKES)
    error = call(project, training(project, name)).error
    assert said in error.message
    assert cure in error.cure


def test_a_function_that_has_its_own_data(project):
    (project / "mistakes.py").write_text(MISTAKES)
    result = call(project, training(project, "alone", params={"depth": 2}))
    assert (result.error, result.flavour) == (None, "sklearn")
