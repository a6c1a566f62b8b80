# SPDX-License-Identifier: Apache-2.0
"""The user's own `predict`: any model whatever, asked through a function or class of the project.

    train:
      predict: serving.api:predict     # predict(rows)
      predict: serving.api:Model       # a class with load(folder) and predict(rows)

`rows` is a pandas DataFrame where pandas is installed, else a list of dicts. What comes back may
be a column of labels or numbers, or a pair of labels and probabilities; for a binary task, a
column of fractions is taken as probabilities of the positive class.

A plain function opens its files by the paths at which training wrote them. One that takes more
arguments is given the model first: the estimator that training returned, or an object for each
entry of `train.model` (what a pickle or skops file holds, the path of anything else).

`load` is asked for by its parameters: none; one called `folder` (or anything else): the folder that
`train.model` names, else one in which its files lie at their paths; one called `path` or `file`, or
`paths` or `files`; or one parameter for each entry.
"""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path
from typing import Any, Callable

from shipway_runtime.errors import UserError
from shipway_runtime.flavours import Answer, Trust
from shipway_runtime.flavours.model_files import (
    FILES,
    entry_paths,
    load_entry,
    offer_files,
    one_path,
    refuse_pickles,
)
from shipway_runtime.formats import ModelInfo

POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
ONE = ("path", "file", "filename", "model_path", "model_file")
ALL = ("paths", "files")


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
        refuse_pickles(files, trust)
        # Before the import: a module may open its files at its top level.
        offer_files(files)
        found = find(info.predict or "", "predict")
        paths = entry_paths(files, info.entries)
        if inspect.isclass(found):
            return PythonModel(_load_class(found, files, paths).predict, info.classes)
        count = len(_required(found)) - 1
        if count < 1:
            return PythonModel(found, info.classes)
        first = _objects(found, count, paths, folder, info, trust)
        return PythonModel(lambda rows: found(*first, rows), info.classes)


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


def _required(function: Callable[..., Any]) -> list[str]:
    """Names of the positional parameters that have no default."""
    parameters = inspect.signature(function).parameters.items()
    return [n for n, p in parameters if p.default is p.empty and p.kind in POSITIONAL]


def _objects(
    function: Any, count: int, paths: list[Path], folder: Path, info: ModelInfo, trust: Trust
) -> list[Any]:
    """The model, for a function that takes `count` arguments before the rows."""
    if info.artifact and count == 1:
        return [_estimator(folder, info, trust)]
    if count != len(paths):
        name = getattr(function, "__qualname__", str(function))
        have = "the estimator" if info.artifact else f"{len(paths)} files of the model"
        raise UserError(
            "predict",
            f"{name} takes {count + 1} arguments; there are {have}, and the rows",
            "Let it take the rows alone, or the model first, file by file, and then the rows.",
        )
    return [load_entry(path, trust) for path in paths]


def _estimator(folder: Path, info: ModelInfo, trust: Trust) -> Any:
    from shipway_runtime.flavours import sklearn

    if info.artifact == sklearn.ARTIFACT:
        return sklearn.read_skops((folder / info.artifact).read_bytes(), trust)
    return sklearn.read_pickle(folder / info.artifact, trust)


def _load_class(kind: Any, files: Path, paths: list[Path]) -> Any:
    """An instance with the model loaded: `load` may be a class method, or a method that fills."""
    if not hasattr(kind, "predict"):
        raise UserError("function-missing", f"the class {kind.__name__} has no method `predict`")
    load = inspect.getattr_static(kind, "load", None)
    if load is None:
        return kind()
    if isinstance(load, (classmethod, staticmethod)):
        return kind.load(*_for_load(kind.load, files, paths))
    instance = kind()
    loaded = instance.load(*_for_load(instance.load, files, paths))
    return loaded if hasattr(loaded, "predict") else instance


def _for_load(load: Callable[..., Any], files: Path, paths: list[Path]) -> list[Any]:
    """The arguments of the user's `load`, by its parameters."""
    names = _required(load)
    if not names:
        names = [n for n, p in inspect.signature(load).parameters.items() if p.kind in POSITIONAL]
        names = names[:1] if names and names[0] in (*ONE, *ALL, "folder") else []
    if len(names) <= 1:
        return [_argument(name, files, paths) for name in names]
    if len(names) == len(paths):
        return list(paths)
    raise UserError(
        "predict",
        f"`load` takes {', '.join(names)}, but the model has {len(paths)} files",
        "Let it take `folder`, `paths`, or one parameter for each file of `train.model`.",
    )


def _argument(name: str, files: Path, paths: list[Path]) -> Any:
    if name in ALL:
        return list(paths)
    if name in ONE:
        return one_path(paths, name)
    return paths[0] if len(paths) == 1 and paths[0].is_dir() else files
