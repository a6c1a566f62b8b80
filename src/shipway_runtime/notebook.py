# SPDX-License-Identifier: Apache-2.0
"""Trains by a notebook: runs its cells in the project's Python, and keeps it with what they showed.

The cells run in this process, in a shell of IPython's (the project's own, or the one that the
request names). So the model can be taken from a variable, and nothing listens on any port. The
notebook is written after each cell: whatever happens, it shows how far it came.
"""

from __future__ import annotations

import os
import pickle
import sys
from pathlib import Path
from typing import Any, Mapping

from shipway_runtime import assemble, calls, formats, notebook_file
from shipway_runtime.errors import UserError
from shipway_runtime.formats import Result, TrainRequest
from shipway_runtime.notebook_file import Cell, Notebook

MODEL, METRICS = "model", "metrics"
PICTURES = "module://matplotlib_inline.backend_inline"


def train(request: TrainRequest) -> Result:
    """Run the notebook; make a model directory of its variable `model`, unless it writes files.

    UserError for a cell that fails, with the cell, the line and what it raised.
    """
    asked = request.notebook
    assert asked is not None  # noqa: S101 - the worker calls this only for notebooks
    notebook = notebook_file.read(Path(asked.source), asked.name)
    notebook.inject(request.params, {f"data_{name}": path for name, path in asked.data.items()})
    columns = assemble.describe(request)
    variables = _run(notebook, asked)
    metrics = _metrics(variables.get(METRICS))
    if asked.writes_model:
        return Result(metrics=metrics)
    return _keep(request, _model(notebook, variables), columns, metrics)


def _run(notebook: Notebook, asked: formats.NotebookFile) -> Mapping[str, Any]:
    """The variables that the cells leave."""
    if asked.parts:
        sys.path.append(asked.parts)
    os.environ["MPLBACKEND"] = PICTURES
    os.chdir(asked.folder)
    calls.seed_generators()
    executed = Path(asked.executed)
    shell = _shell(asked.requirements, executed.parent / "ipython")
    for cell in notebook.code:
        if not cell.source.strip():
            continue
        if cell.number:
            cell.content["execution_count"] = shell.execution_count
        notebook.write(executed, cell)
        failure = shell.run(cell)
        notebook.write(executed)
        if failure is not None:
            raise _failed(notebook, cell, failure)
    notebook.write(executed)
    return dict(shell.user_ns)


def _shell(requirements: str, folder: Path) -> Any:
    try:
        from shipway_runtime.notebook_shell import open_shell
    except ImportError as error:
        raise UserError(
            "notebook",
            f"IPython can't be loaded beside the project's packages: {error}",
            "Add ipython to the requirements.",
        ) from error
    return open_shell(requirements, folder)


def _failed(notebook: Notebook, cell: Cell, failure: Any) -> UserError:
    """What the cell raised, with the lines of cells that led there."""
    if isinstance(failure.error, UserError):
        error = failure.error
        return UserError(error.kind, f"{notebook.place(cell)} {error.message}", error.cure)
    error = failure.error
    text = error.msg if isinstance(error, SyntaxError) else str(error).strip().split("\n")[0]
    did = f"raised {type(error).__name__}" + (f": {text}" if text else "")
    if isinstance(error, SystemExit):
        did = f"ended the notebook by sys.exit({error.code!r})"
    message = f"{notebook.place(cell)} {did}"
    by_count = {each.content.get("execution_count"): each for each in notebook.code}
    lines = []
    for count, number, code in failure.frames:
        where = by_count.get(count, cell)
        lines.append(f"  {notebook.name}, {notebook.place(where)}, line {number}")
        lines.append(f"    {code.strip()}")
    hint = _hint(error)
    return UserError("raised", message, "\n".join([*lines, *([hint] if hint else [])]))


def _hint(error: BaseException) -> str:
    if isinstance(error, ModuleNotFoundError) and error.name:
        return f"Add the package that brings {error.name.split('.')[0]!r} to the requirements."
    if isinstance(error, FileNotFoundError):
        return (
            "The notebook runs in its own folder, in a copy of its code set: declare other files "
            "under `data` or `train.inputs`. `data_train` and the like hold the paths of datasets."
        )
    return ""


def _model(notebook: Notebook, variables: Mapping[str, Any]) -> Any:
    if MODEL not in variables:
        raise UserError(
            "returned",
            f"{notebook.name} leaves no variable `{MODEL}`",
            f"Assign the fitted estimator to `{MODEL}`, or name the file that the notebook writes: "
            "train.model.",
        )
    model = variables[MODEL]
    if not callable(getattr(model, "predict", None)):
        raise UserError(
            "returned",
            f"the variable `{MODEL}` of {notebook.name} is a {type(model).__name__}, which has no "
            "method `predict`",
            "Assign the fitted estimator to it.",
        )
    return model


def _metrics(found: Any) -> dict[str, float]:
    """The numbers in the variable `metrics`, when it is a mapping."""
    if not isinstance(found, Mapping):
        return {}
    numbers = {}
    for name, value in found.items():
        try:
            numbers[str(name)] = float(value)
        except (TypeError, ValueError):
            continue
    return numbers


def _keep(
    request: TrainRequest, model: Any, columns: assemble.Columns, metrics: dict[str, float]
) -> Result:
    from shipway_runtime.flavours.sklearn import Estimator

    _check_portable(request.notebook, model)
    Path(request.output).mkdir(parents=True, exist_ok=True)
    info = assemble.save_estimator(request, model, columns)
    original = None if request.predict else Estimator(model)
    info, golden = assemble.complete(request, info, original)
    return Result(info.flavour, tuple(feature.name for feature in info.features), golden, metrics)


class _Watcher:
    """A file that keeps nothing, and remembers whether the notebook's own names went by."""

    found = False

    def write(self, data: bytes) -> int:
        self.found = self.found or b"__main__" in bytes(data)
        return len(data)


def _check_portable(asked: formats.NotebookFile | None, model: Any) -> None:
    """UserError for a model that needs functions or classes of the notebook: nobody else has them.

    What can't be pickled at all is left to the flavour that saves the model.
    """
    watcher = _Watcher()
    try:
        pickle.Pickler(watcher, protocol=4).dump(model)
    except Exception:  # a model may refuse in any way
        return
    if watcher.found and asked is not None:
        raise UserError(
            "returned",
            f"the model needs functions or classes that are defined in {asked.name} itself",
            "Move them to a module, a .py file beside the notebook, and import them: what predicts "
            "later does not have the notebook.",
        )
