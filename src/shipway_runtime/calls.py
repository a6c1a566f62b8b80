# SPDX-License-Identifier: Apache-2.0
"""Calls a function of the user's: which parameter gets what, and what its mistakes look like.

A parameter named like a dataset gets that dataset, every other one a value of `train.params`. A
function that names no dataset gets the training table as its first argument: `def fit(frame): …`.
The test set is never given to training.
"""

from __future__ import annotations

import inspect
import linecache
import random
import sys
import traceback
import typing
from types import FrameType
from typing import Any, Callable, Iterator, Mapping, Sequence

from shipway_runtime import datasets
from shipway_runtime.errors import UserError
from shipway_runtime.formats import TableFiles
from shipway_runtime.frames import available

WITHHELD = "test"


class RaisedError(Exception):
    """The user's code raised `error`: seen from outside, that is no error of ours."""

    def __init__(self, where: str, error: BaseException) -> None:
        super().__init__(where)
        self.where = where
        self.error = error


def bind(
    function: Callable[..., Any], data: Mapping[str, TableFiles], params: Mapping[str, Any]
) -> inspect.BoundArguments:
    """The arguments for `function`; UserError for a parameter without value or the reverse."""
    name = getattr(function, "__qualname__", str(function))
    signature = inspect.signature(function)
    annotations = _annotations(function)
    offered = {key: table for key, table in data.items() if key != WITHHELD}
    _refuse_both(set(offered) & set(params))
    renamed = _other_name(signature, offered, params)
    values: dict[str, Any] = {}
    for key, parameter in signature.parameters.items():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        dataset = renamed.get(key, key)
        if dataset in offered:
            form = _form(name, key, annotations.get(key, parameter.annotation))
            values[key] = datasets.read(dataset, offered[dataset], form)
        elif key in params:
            values[key] = params[key]
        elif parameter.default is parameter.empty:
            raise UserError("params", *_missing(name, key, offered, params))
    rest = {key: value for key, value in params.items() if key not in values}
    return _arguments(name, signature, values, rest)


def _other_name(
    signature: inspect.Signature, data: Mapping[str, Any], params: Mapping[str, Any]
) -> Mapping[str, str]:
    """The first parameter and the dataset that it means, when none is named like one."""
    first = next(iter(signature.parameters.values()), None)
    table = next((name for name in ("train", "all") if name in data), None)
    if first is None or table is None or {*data, WITHHELD} & set(signature.parameters):
        return {}
    positional = first.kind in (first.POSITIONAL_ONLY, first.POSITIONAL_OR_KEYWORD)
    if not positional or first.default is not first.empty or first.name in params:
        return {}
    return {first.name: table}


def _refuse_both(names: set[str]) -> None:
    if names:
        both = ", ".join(sorted(names))
        raise UserError(
            "params", f"{both} is a dataset and a parameter", "Rename it in `train.params`."
        )


def _annotations(function: Callable[..., Any]) -> Mapping[str, Any]:
    try:
        return typing.get_type_hints(function)
    except Exception:  # names imported only for type checkers: read as text instead
        return getattr(function, "__annotations__", {})


def _form(function: str, name: str, annotation: Any) -> str:
    if annotation in (inspect.Parameter.empty, Any):
        return datasets.default_form()
    form = datasets.form_of(annotation)
    if form is None:
        raise UserError(
            "params",
            f"{function} asks for {name} as {inspect.formatannotation(annotation)}",
            "Datasets are given as pandas.DataFrame, polars.DataFrame, polars.LazyFrame, Path, "
            "list[Path] or str.",
        )
    return form


def _missing(
    function: str, name: str, data: Mapping[str, Any], params: Mapping[str, Any]
) -> tuple[str, str]:
    if name == WITHHELD:
        return (
            f"{function} asks for the test set, which is never given to training",
            "Ask for `validation`; the stage evaluate measures the model on the test set.",
        )
    return (
        f"{function} needs {name!r}, which is neither a dataset nor in `train.params`",
        f"Datasets here: {', '.join(sorted(data)) or 'none'}. "
        f"Params: {', '.join(sorted(params)) or 'none'}.",
    )


def _arguments(
    function: str, signature: inspect.Signature, values: dict[str, Any], rest: dict[str, Any]
) -> inspect.BoundArguments:
    parameters = signature.parameters.values()
    if rest and not any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters):
        raise UserError(
            "params",
            f"{function} does not take {', '.join(sorted(rest))} of `train.params`",
            f"It takes: {', '.join(signature.parameters) or 'nothing'}.",
        )
    positional = [
        values.pop(parameter.name)
        for parameter in parameters
        if parameter.kind is parameter.POSITIONAL_ONLY and parameter.name in values
    ]
    return signature.bind(*positional, **values, **rest)


def call(where: str, function: Callable[..., Any], *positional: Any, **named: Any) -> Any:
    """What the user's `function` returns; RaisedError when it raises (`sys.exit` included)."""
    try:
        return function(*positional, **named)
    except KeyboardInterrupt:
        raise
    except UserError:
        raise
    except BaseException as error:
        raise RaisedError(where, error) from error


def seed_generators() -> None:
    """Start the global random generators at 0: a forgotten seed still gives the same model."""
    random.seed(0)
    if available("numpy"):
        import numpy as np

        np.random.seed(0)


def user_traceback(error: BaseException, folders: Sequence[str]) -> str:
    """The frames of `error` that lie in the user's `folders`, and its last line."""
    lines = []
    for frame, number in traceback.walk_tb(error.__traceback__):
        place = _inside(frame, folders)
        if place:
            text = linecache.getline(frame.f_code.co_filename, number).strip()
            lines.append(f'  File "{place}", line {number}, in {frame.f_code.co_name}')
            lines.append(f"    {text}")
    lines.extend(_syntax_place(error))
    lines.extend(line.rstrip() for line in traceback.format_exception_only(type(error), error)[-1:])
    return "\n".join(lines)


def _inside(frame: FrameType, folders: Sequence[str]) -> str:
    """A frame's file relative to the user's folder that holds it; "" for libraries."""
    path = frame.f_code.co_filename
    if "site-packages" in path or path.startswith(sys.prefix + "/lib"):
        return ""
    for folder in folders:
        if path.startswith(folder.rstrip("/") + "/"):
            return path[len(folder.rstrip("/")) + 1 :]
    return ""


def _syntax_place(error: BaseException) -> Iterator[str]:
    if isinstance(error, SyntaxError) and error.filename:
        yield f'  File "{error.filename}", line {error.lineno}'
