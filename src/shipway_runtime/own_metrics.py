# SPDX-License-Identifier: Apache-2.0
"""Asks metric functions of the project's own about predictions (`metric_calls` says how).

A function that gives one value for each row is asked once for each model. One that gives a single
number is asked about all rows, then about each part, and about bootstrap resamples of each of them
for as long as there is time; challenger and champion are asked about the same resamples.

What it raises about all rows is an error of the project's. On a part or a resample (which may have
one class only) it only means that there is no value.
"""

from __future__ import annotations

import contextlib
import math
import os
import random
import time
from array import array
from pathlib import Path
from typing import Any, Callable, Iterator, List, Mapping, NamedTuple, Sequence, Tuple, Union

from shipway_runtime import calls, datasets, frames, questions
from shipway_runtime.errors import UserError
from shipway_runtime.flavours.python import find
from shipway_runtime.formats import Result
from shipway_runtime.metric_calls import Binding, bind, read_value
from shipway_runtime.questions import Answer, Asked, MetricsRequest, Part

ALL = ""
"""The name of the part that is all rows."""


def evaluate(request: MetricsRequest) -> Result:
    """Ask every function; the result says of how many rows."""
    asked = questions.read_asked(Path(request.asked))
    answers = {}
    ends = time.monotonic() + request.seconds
    for number, (name, address) in enumerate(request.functions.items()):
        now = time.monotonic()
        clock = _Clock(now + (ends - now) / (len(request.functions) - number))
        answers[name] = _ask(request, asked, address, clock)
    questions.write_answers(Path(request.output), answers)
    return Result(rows=len(asked.target))


class _Clock(NamedTuple):
    """When one function should be done; what it does not need, the next ones have."""

    ends: float

    def share(self, parts: int) -> float:
        """When the first of `parts` parts should be done."""
        now = time.monotonic()
        return now + (self.ends - now) / parts


class _Questions(NamedTuple):
    """A function with all that it may be asked about."""

    address: str
    function: Callable[..., Any]
    binding: Binding
    models: Sequence[Mapping[str, Any]]

    def ask(self, model: int, positions: Any) -> Any:
        """What the function returns for a model's rows at `positions`; None means all rows."""
        values = self.models[model]
        if positions is not None:
            values = {what: _take(column, positions) for what, column in values.items()}
        return self.binding.call(self.function, values)

    def value(self, model: int, positions: Any) -> Tuple[Union[float, None], str]:
        """The number for some rows, or why there is none."""
        try:
            found = read_value(self.address, self.ask(model, positions), len(positions))
        except KeyboardInterrupt:
            raise
        except UserError as error:
            return None, error.message
        except BaseException as error:
            text = str(error).split("\n")[0]
            return None, f"{self.address} raised {type(error).__name__}: {text}".rstrip(": ")
        if isinstance(found, list):
            return None, f"{self.address} returned a number for each row, not for all of them"
        return _finite(found)


def _ask(request: MetricsRequest, asked: Asked, address: str, clock: _Clock) -> Answer:
    function = calls.call(f"importing {address}", find, address, "evaluate.functions")
    models = _models(asked)
    binding = bind(address, function, {*models[0], "rows"})
    if binding.wants_rows:
        table = _table(request, binding)
        models = [{**model, "rows": table} for model in models]
    calls.seed_generators()
    wanted = {*binding.positional, *binding.named.values()}
    # A champion without scores can't be asked what is about scores.
    models = [model for model in models if wanted <= model.keys()]
    questions_ = _Questions(
        address, function, binding, [{what: m[what] for what in wanted} for m in models]
    )
    rows = len(asked.target)
    found = [
        read_value(address, calls.call(address, questions_.ask, model, None), rows)
        for model in range(len(models))
    ]
    if any(isinstance(value, list) for value in found):
        return _rows(address, found)
    return Answer(parts=dict(_parts(request, asked, questions_, found, clock)))


def _models(asked: Asked) -> List[Mapping[str, Any]]:
    """What is offered of the challenger and, where there is one, of the champion."""
    both = {"target": asked.target, "weight": asked.weight}
    said = [{"prediction": asked.prediction, "score": asked.score}]
    if asked.champion_prediction is not None:
        said.append({"prediction": asked.champion_prediction, "score": asked.champion_score})
    return [
        {what: _array(column) for what, column in {**both, **one}.items() if column is not None}
        for one in said
    ]


def _array(column: Any) -> Any:
    """As an array of numpy where the project has it, else as a list."""
    if frames.available("numpy") is None:
        return list(column)
    import numpy as np

    return np.asarray(column)


def _table(request: MetricsRequest, binding: Binding) -> Any:
    form = datasets.form_of(binding.annotation)
    kind = form if form in ("pandas", "polars") else request.frame
    return datasets.read_for(kind, "the data", request.data)


def _rows(address: str, found: Sequence[Any]) -> Answer:
    if not all(isinstance(value, list) for value in found):
        raise UserError(
            "returned",
            f"{address} returned one number for one model and a number for each row for the other",
            "Let it return the same for both.",
        )
    return Answer(rows=found[0], champion_rows=found[1] if len(found) > 1 else None)


def _parts(
    request: MetricsRequest,
    asked: Asked,
    questions_: _Questions,
    found: Sequence[Any],
    clock: _Clock,
) -> Iterator[Tuple[str, Part]]:
    """All rows, whose values were `found`, and each of the parts, with replicates."""
    everything = range(len(asked.target))
    left = len(asked.parts) + 1
    for number, (name, positions) in enumerate([(ALL, everything), *asked.parts.items()]):
        values = [
            questions_.value(model, _index(positions)) if number else _finite(found[model])
            for model in range(len(found))
        ]
        part = Part(*values[0], *(values[1] if len(values) > 1 else ()))
        # All rows have half of the time: most verdicts are about them.
        deadline = clock.share(left if number else min(left, 2))
        if part.value is not None:
            made = _replicates(request, questions_, positions, number, deadline)
            part = part._replace(
                replicates=made[0], champion_replicates=made[1] if len(made) > 1 else ()
            )
        left -= 1
        yield name, part


def _replicates(
    request: MetricsRequest,
    questions_: _Questions,
    positions: Sequence[int],
    number: int,
    deadline: float,
) -> List[List[float]]:
    """Values on resamples of the rows at `positions`, of both models on the same ones."""
    made: List[List[float]] = [[] for _ in questions_.models]
    draw = _drawing(positions, request.seed + number)
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):  # noqa: PTH123
        for _ in range(request.resamples):
            if time.monotonic() >= deadline:
                break
            drawn = draw()
            for model, values in enumerate(made):
                value, _ = questions_.value(model, drawn)
                values.append(math.nan if value is None else value)
    return made


def _drawing(positions: Sequence[int], seed: int) -> Callable[[], Any]:
    """Draws as many of `positions` as there are, with replacement; the same for the same seed."""
    count = len(positions)
    if frames.available("numpy") is None:
        dice = random.Random(seed)  # noqa: S311
        return lambda: dice.choices(positions, k=count)
    import numpy as np

    generator = np.random.default_rng(seed)
    all_of_them = np.asarray(positions)
    return lambda: all_of_them[generator.integers(0, count, count)]


def _index(positions: Any) -> Any:
    return _array(positions) if isinstance(positions, array) else positions


def _take(column: Any, positions: Any) -> Any:
    """The rows at `positions` of an array, a list, or a DataFrame."""
    if isinstance(column, list):
        return [column[position] for position in positions]
    if frames.is_pandas(column):
        return column.iloc[positions].reset_index(drop=True)
    return column[positions]


def _finite(value: Any) -> Tuple[Union[float, None], str]:
    if math.isfinite(value):
        return value, ""
    return None, f"the function returned {value}"
