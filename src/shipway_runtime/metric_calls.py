# SPDX-License-Identifier: Apache-2.0
"""A metric function of the project's own: what it is given, and what it may return.

    def profit(target, prediction, score): ...        # by these names, as many as it wants
    def profit(y_true, y_pred): ...                   # or as scikit-learn calls them
    def profit(truth, said): ...                      # or by position, in that order
    def profit(target, prediction, rows): ...         # and the table, as the model is given it

It returns one number, or one for each row.
"""

from __future__ import annotations

import inspect
import math
from typing import Any, Callable, Collection, List, Mapping, NamedTuple, Union

from shipway_runtime.errors import UserError
from shipway_runtime.values import plain_value

NAMES = {
    "target": "target",
    "y_true": "target",
    "prediction": "prediction",
    "y_pred": "prediction",
    "score": "score",
    "y_score": "score",
    "y_prob": "score",
    "y_proba": "score",
    "weight": "weight",
    "sample_weight": "weight",
    "rows": "rows",
}
ORDER = ("target", "prediction", "score")
GIVEN = "It may ask for target, prediction, score, weight (of evaluate.weights) and rows."
RETURNS = "A metric function returns one number, or one number for each row."


class Binding(NamedTuple):
    """What a function is given: by position, and by the names of its parameters."""

    positional: tuple[str, ...]
    named: Mapping[str, str]
    annotation: Any = None

    @property
    def wants_rows(self) -> bool:
        """Whether it asks for the table; `annotation` is then what it asks for."""
        return "rows" in (*self.positional, *self.named.values())

    def call(self, function: Callable[..., Any], values: Mapping[str, Any]) -> Any:
        """Call the function with `values` by what they are."""
        named = {name: values[what] for name, what in self.named.items()}
        return function(*[values[what] for what in self.positional], **named)


def bind(address: str, function: Callable[..., Any], offered: Collection[str]) -> Binding:
    """Which of `offered` the function gets; UserError when it needs what there is not."""
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return Binding(tuple(what for what in ORDER if what in offered), {})
    single = [p for p in parameters if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    if not any(p.name in NAMES for p in single):
        return _by_position(address, parameters, offered)
    positional, named = [], {}
    for parameter in single:
        what = NAMES.get(parameter.name, "")
        if what in offered and parameter.kind is parameter.POSITIONAL_ONLY:
            positional.append(what)
        elif what in offered:
            named[parameter.name] = what
        elif parameter.default is parameter.empty:
            raise _unknown(address, parameter.name, what)
    rows = next((p.annotation for p in single if NAMES.get(p.name) == "rows"), None)
    return Binding(tuple(positional), named, None if rows is inspect.Parameter.empty else rows)


def _by_position(
    address: str, parameters: List[inspect.Parameter], offered: Collection[str]
) -> Binding:
    needed = [
        p
        for p in parameters
        if p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
    ]
    strange = [p.name for p in needed if p.kind is p.KEYWORD_ONLY] or [p.name for p in needed[3:]]
    if strange:
        raise _unknown(address, strange[0], "")
    count = len(needed)
    if not count and any(p.kind is p.VAR_POSITIONAL for p in parameters):
        count = len([what for what in ORDER if what in offered])
    if not count:
        raise UserError("params", f"{address} asks for nothing", GIVEN)
    if count == len(ORDER) and "score" not in offered:
        raise _unknown(address, needed[2].name, "score")
    return Binding(ORDER[:count], {})


def _unknown(address: str, parameter: str, what: str) -> UserError:
    reasons = {
        "score": "the model gives no scores",
        "weight": "evaluate.weights names no column",
    }
    why = reasons.get(what, "no metric function is given that")
    return UserError("params", f"{address} asks for {parameter}, but {why}", GIVEN)


def read_value(address: str, returned: Any, rows: int) -> Union[float, List[float]]:
    """The number, or the numbers of all rows (NaN where there is none); UserError for others."""
    value = plain_returned(returned)
    if _is_number(value):
        return float(value)
    if isinstance(value, list):
        if len(value) != rows:
            raise UserError(
                "returned", f"{address} returned {len(value):,} values for {rows:,} rows", RETURNS
            )
        strange = next((one for one in value if one is not None and not _is_number(one)), None)
        if strange is None:
            return [math.nan if one is None else float(one) for one in value]
        raise UserError("returned", f"{address} returned {strange!r} for a row", RETURNS)
    name = "None" if returned is None else f"a {type(returned).__name__}"
    raise UserError("returned", f"{address} returned {name}", RETURNS)


def plain_returned(returned: Any) -> Any:
    """Numbers and arrays of whatever library as Python's own; NaN stays NaN."""
    if isinstance(returned, (bool, int, float, str, bytes, dict)) or returned is None:
        return returned
    for method in ("to_list", "tolist", "item"):
        if hasattr(returned, method):
            return getattr(returned, method)()
    if isinstance(returned, (list, tuple)):
        return [one if isinstance(one, float) else plain_value(one) for one in returned]
    try:
        return float(returned)
    except (TypeError, ValueError):
        return returned


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
