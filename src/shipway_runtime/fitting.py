# SPDX-License-Identifier: Apache-2.0
"""The user's training function: what `train.function` may name, and what it may return.

def fit(train: pd.DataFrame, *, depth: int = 3):
    ...
    return model                              # fitted
    return model, {"folds": 5, "cv_auc": 0.9} # and metrics of one's own
"""

from __future__ import annotations

import importlib
import inspect
from typing import Any, Mapping

from shipway_runtime.errors import UserError
from shipway_runtime.flavours.python import find

NEEDED = "Return the fitted estimator, or (estimator, {metric: value})."


def find_trainer(address: str) -> Any:
    """The function at `module:name`; UserError for a class, a method or an estimator."""
    _refuse_estimator(address)
    found = find(address, "train.function")
    if inspect.isclass(found):
        raise UserError("function-missing", *_not_a_function(address, f"the class {address}"))
    parameters = list(inspect.signature(found).parameters) if inspect.isfunction(found) else []
    if parameters[:1] == ["self"] and "." in address.partition(":")[2]:
        raise UserError("function-missing", *_not_a_function(address, f"the method {address}"))
    return found


def _refuse_estimator(address: str) -> None:
    """A variable with an estimator is not callable: what it is says more than that."""
    module, _, name = address.partition(":")
    try:
        found: Any = importlib.import_module(module)
        for part in name.split("."):
            found = getattr(found, part)
    except (ModuleNotFoundError, AttributeError):
        return
    if not callable(found) and callable(getattr(found, "fit", None)):
        what = f"the {type(found).__name__} {address}"
        raise UserError("function-missing", *_not_a_function(address, what))


def _not_a_function(address: str, what: str) -> tuple[str, str]:
    module, _, name = address.partition(":")
    owner = name.split(".")[0]
    model = owner if owner[:1].islower() else f"{owner}()"
    return (
        f"`train.function` is {what}, not a function",
        f"Write a function in {module.replace('.', '/')}.py, and name it:\n"
        "    def train(train):\n"
        '        rows, target = train.drop(columns=["TARGET"]), train["TARGET"]\n'
        f"        return {model}.fit(rows, target)",
    )


def what_was_returned(function: str, returned: Any) -> tuple[Any, dict[str, float]]:
    """The estimator and the metrics in what the user's function returned."""
    model: Any = returned
    metrics: Mapping[Any, Any] = {}
    if isinstance(returned, tuple) and len(returned) == 2 and isinstance(returned[1], Mapping):
        model, metrics = returned
    if model is None:
        raise UserError("returned", f"{function} returned None", "End it with `return model`.")
    if not callable(getattr(model, "predict", None)):
        raise _no_model(function, model)
    return model, {str(name): _number(function, name, value) for name, value in metrics.items()}


def _no_model(function: str, returned: Any) -> UserError:
    if not isinstance(returned, (tuple, list, dict)):
        return UserError(
            "returned",
            f"{function} returned a {type(returned).__name__}, which has no method `predict`",
            NEEDED,
        )
    items = returned.items() if isinstance(returned, dict) else enumerate(returned)
    parts = [(key, value) for key, value in items]
    kinds = ", ".join(type(value).__name__ for _, value in parts[:6])
    able = [key for key, value in parts if callable(getattr(value, "predict", None))]
    cure = NEEDED
    if able:
        module, _, name = function.partition(":")
        cure += (
            f" The estimator is [{able[0]!r}] of it: a function such as\n"
            f"    def fit(train):\n        return {name}(train)[{able[0]!r}]\n"
            f"in {module.replace('.', '/')}.py would do."
        )
    return UserError(
        "returned",
        f"{function} returned a {type(returned).__name__} of {len(parts)}: {kinds or 'nothing'}",
        cure,
    )


def _number(function: str, name: Any, value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise UserError(
            "returned", f"{function} returned {value!r} as the metric {name}, which is no number"
        ) from None
