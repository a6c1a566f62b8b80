# SPDX-License-Identifier: Apache-2.0
"""Imports that nobody provides: what a training surely needs, and what other files import."""

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from shipway.base.errors import InputError
from shipway.records.source import PythonEnvironment
from shipway.spec.types import EnvironmentSpec, TrainSpec
from shipway.stages.imports import check_imports, entry_files, provided


@pytest.fixture
def environment(tmp_path) -> PythonEnvironment:
    site = tmp_path / "venv/lib/python3.11/site-packages"
    for name in ("numpy/__init__.py", "six.py", "fast.cpython-311-x86_64-linux-gnu.so"):
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).touch()
    (site / "numpy-2.0.dist-info").mkdir()
    interpreter = str(tmp_path / "venv/bin/python")
    return PythonEnvironment("d", "3.11.7", "linux", "", (), interpreter, "")


def check(tmp_path: Path, environment, spec: TrainSpec, **files: str) -> list[str]:
    folder = tmp_path / "work"
    for name, text in files.items():
        path = folder / (name.replace("__", "/") + ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    told: list[str] = []
    names = [path.relative_to(folder).as_posix() for path in folder.rglob("*.py")]
    ctx = SimpleNamespace(
        code=lambda patterns, tests: dict.fromkeys(names, ""),
        document=SimpleNamespace(where=lambda *keys: "shipway.yaml:9"),
        spec=SimpleNamespace(environment=EnvironmentSpec(requirements=("deps.txt",))),
        tell=told.append,
    )
    check_imports(ctx, environment, spec, folder)
    return told


def test_top_level_modules_of_an_environment(environment):
    assert provided(environment) == {"numpy", "six", "fast", "shipway_runtime"}


def test_what_a_function_surely_imports_is_named(tmp_path, environment):
    with pytest.raises(InputError) as caught:
        check(
            tmp_path,
            environment,
            TrainSpec(function="fraud.train:train"),
            fraud__train="import os\nimport numpy\nfrom fraud import features\n",
            fraud__features="import six\nfrom sklearn.svm import SVC\n",
            **{"fraud/__init__": ""},
        )
    assert caught.value.where == "fraud/features.py:2"
    assert caught.value.what == (
        "the module sklearn is imported, but no package that is required provides it"
    )
    assert caught.value.cure == "Add to deps.txt: scikit-learn"


def test_all_of_them_at_once(tmp_path, environment):
    train = TrainSpec(command=("python -u train.py --n 3",), model=("m",))
    with pytest.raises(InputError) as caught:
        check(tmp_path, environment, train, train="import cv2\nimport yaml\nimport numpy\n")
    assert "  train.py:1: cv2\n  train.py:2: yaml" in caught.value.what
    assert "opencv-python, " in caught.value.cure


def test_what_nobody_runs_is_only_told(tmp_path, environment):
    told = check(
        tmp_path,
        environment,
        TrainSpec(command=("python train.py",), model=("m",)),
        train="import numpy\ntry:\n    import cupy\nexcept ImportError:\n    cupy = None\n"
        "def plot():\n    import matplotlib\n",
        app="import flask\n",
    )
    assert told == [
        "app.py:1 imports flask, which is not installed",
        "train.py:7 imports matplotlib, which is not installed",
    ]


@pytest.mark.parametrize(
    ("train", "found"),
    [
        (TrainSpec(function="a.b:f"), ["a/b.py", "a/__init__.py"]),
        (TrainSpec(command=("python3.11 -m a",), model=("m",)), ["a/__main__.py", "a/__init__.py"]),
        (TrainSpec(command=("python b.py",), model=("m",), folder="a"), ["a/b.py"]),
        (TrainSpec(command=("./run.py x", "make"), model=("m",)), ["run.py"]),
        (TrainSpec(command=("bash go.sh",), model=("m",)), []),
    ],
)
def test_where_a_training_starts(tmp_path, train, found):
    for name in ("a/__init__.py", "a/__main__.py", "a/b.py", "run.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert [p.relative_to(tmp_path).as_posix() for p in entry_files(train, tmp_path)] == found


def test_this_python_itself(tmp_path):
    mine = PythonEnvironment("d", "3.11.7", "linux", "", (), sys.executable, "")
    assert "pytest" in provided(mine)
