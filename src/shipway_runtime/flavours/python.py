# SPDX-License-Identifier: Apache-2.0
"""The user's own `predict`: any model whatever, asked through a function or class of the project.

    train:
      predict: serving.api:predict     # predict(rows)
      predict: serving.api:Model       # a class with load(folder) and predict(rows)

`rows` is a pandas DataFrame where pandas is installed, else a list of dicts. A function that takes
two arguments is given the estimator that training returned first. What comes back may be a column
of labels or numbers, or a pair of labels and probabilities; for a binary task, a column of
fractions is taken as probabilities of the positive class.
"""

from __future__ import annotations

import importlib
import inspect
import os
import sys
from pathlib import Path
from typing import Any, Callable

from shipway_runtime.errors import UserError
from shipway_runtime.flavours import Answer, Trust
from shipway_runtime.formats import ModelInfo

FILES = "files"


class PythonModel:
    """A function of rows as a LoadedModel."""

    def __init__(self, predict: Callable[[Any], Any], classes: tuple[Any, ...]) -> None:
        self._predict = predict
        self._classes = classes

    @property
    def classes(self) -> tuple[Any, ...]:
        """The labels that `model.json` names: the user's function does not tell."""
        return self._classes

    def answer(self, frame: Any) -> Answer:
        """What the user's function says, told apart into labels and probabilities."""
        given = self._predict(frame)
        if given is None:
            raise UserError("returned", "the predict function returned None")
        if isinstance(given, tuple) and len(given) == 2 and len(given[0]) == len(frame):
            return Answer(given[0], given[1])
        if isinstance(given, dict) and "prediction" in given:
            return Answer(given["prediction"], given.get("score"))
        return Answer(given)


class PythonFlavour:
    """Imports the user's function or class and gives it the files of the model."""

    def load(self, folder: Path, info: ModelInfo, trust: Trust) -> PythonModel:
        """The user's model; UserError when its function is not there or fails to load."""
        files = folder / FILES
        _refuse_pickles(files, trust)
        found = find(info.predict or "", "predict")
        if inspect.isclass(found):
            return PythonModel(_load_class(found, files).predict, info.classes)
        _offer_files(files)
        if info.artifact and _takes_model(found):
            model = _estimator(folder, info, trust)
            return PythonModel(lambda rows: found(model, rows), info.classes)
        return PythonModel(found, info.classes)


def find(address: str, role: str) -> Any:
    """The object at `module:name`; UserError saying whether module or name is missing."""
    module_name, _, name = address.partition(":")
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        missing = error.name or module_name
        if module_name == missing or module_name.startswith(missing + "."):
            cure = f"`{role}` is {address!r}: is it spelt right, and in a folder of the project?"
        else:
            cure = f"{module_name} imports it: add it to the requirements, or correct the import."
        raise UserError("module-missing", f"there is no module {missing!r}", cure) from error
    found: Any = module
    for part in name.split("."):
        found = getattr(found, part, None)
    if not callable(found):
        known = sorted(key for key, value in vars(module).items() if _is_own(value, module_name))
        cure = f"It has: {', '.join(known)}." if known else ""
        raise UserError("function-missing", f"{module_name} has no function {name!r}", cure)
    return found


def _is_own(value: Any, module: str) -> bool:
    return callable(value) and getattr(value, "__module__", None) == module


def _takes_model(function: Callable[..., Any]) -> bool:
    needed = [
        parameter
        for parameter in inspect.signature(function).parameters.values()
        if parameter.default is parameter.empty
        and parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD)
    ]
    return len(needed) == 2


def _estimator(folder: Path, info: ModelInfo, trust: Trust) -> Any:
    from shipway_runtime.flavours import sklearn

    if info.artifact == sklearn.ARTIFACT:
        return sklearn.read_skops((folder / info.artifact).read_bytes(), trust)
    return sklearn.read_pickle(folder / info.artifact, trust)


def _load_class(kind: Any, files: Path) -> Any:
    """An instance with the model loaded: `load` may be a class method, or a method that fills."""
    if not hasattr(kind, "predict"):
        raise UserError("function-missing", f"the class {kind.__name__} has no method `predict`")
    load = inspect.getattr_static(kind, "load", None)
    if load is None:
        return kind()
    if isinstance(load, (classmethod, staticmethod)):
        return kind.load(files)
    instance = kind()
    loaded = instance.load(files)
    return loaded if hasattr(loaded, "predict") else instance


def _refuse_pickles(files: Path, trust: Trust) -> None:
    from shipway_runtime.flavours.sklearn import require_pickle

    for path in sorted(files.rglob("*")) if files.is_dir() else ():
        if path.is_file() and is_pickle(path):
            require_pickle(path, trust)


def is_pickle(path: Path) -> bool:
    """Whether a file looks like a pickle: by its name or its first two bytes."""
    if path.suffix in (".pkl", ".pickle", ".joblib"):
        return True
    with path.open("rb") as stream:
        start = stream.read(2)
    return len(start) == 2 and start[0] == 0x80 and 2 <= start[1] <= 5


def _offer_files(files: Path) -> None:
    """Let the model's files be found where the user's command wrote them.

    A plain function opens `models/clf.pkl` by that path, relative to the folder in which it was
    written; in a new process they are linked there unless a file stands there already.
    """
    root = Path(sys.path[0] or os.curdir)
    for path in sorted(files.rglob("*")) if files.is_dir() else ():
        target = root / path.relative_to(files)
        if path.is_file() and not target.exists():
            try:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.symlink_to(path.resolve())
            except OSError:
                continue
