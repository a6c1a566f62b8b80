# SPDX-License-Identifier: Apache-2.0
"""How long a model takes for one row, asked as the server asks it: from JSON values to JSON values.

What the network and the server's own work add is not in it; a slow machine, and what else runs on
it, are.
"""

from __future__ import annotations

import itertools
import time
from pathlib import Path
from typing import Any

from shipway_runtime import calls, datasets, formats, frames
from shipway_runtime.formats import Result
from shipway_runtime.predictor import Predictor, load_predictor
from shipway_runtime.questions import LatencyRequest
from shipway_runtime.values import plain_value


def measure(request: LatencyRequest) -> Result:
    """Time single predictions; the result says how many were counted."""
    trust = {"trusted_types": request.trusted_types, "allow_pickle": request.allow_pickle}
    predictor = calls.call("loading the model", load_predictor, Path(request.model), **trust)
    rows = _spread_rows(predictor, request)
    took = calls.call("predict", _times, predictor, rows, request)
    formats.write(Path(request.output), {"milliseconds": took})
    return Result(predictor.model.flavour, rows=len(took))


def _spread_rows(predictor: Predictor, request: LatencyRequest) -> list[dict[str, Any]]:
    """At most as many rows as calls, spread evenly over the table, as they come from JSON."""
    table = datasets.read_for(predictor.model.frame, "the data", request.data)
    names = [feature.name for feature in predictor.model.features]
    step = max(1, len(table) // request.calls)
    some = table[names].iloc[::step] if frames.is_pandas(table) else table.select(names)[::step]
    rows = frames.to_rows(some)[: request.calls]
    return [{name: plain_value(value) for name, value in row.items()} for row in rows]


def _times(
    predictor: Predictor, rows: list[dict[str, Any]], request: LatencyRequest
) -> list[float]:
    """Milliseconds of each counted call; rows come round again when there are fewer of them."""
    if not rows:
        return []
    again = itertools.cycle(rows)
    began = time.monotonic()
    for _ in range(request.warm_up):
        predictor.predict([next(again)])
        # A slow model needs no more warming up than a quarter of the time.
        if time.monotonic() - began >= request.seconds / 4:
            break
    took: list[float] = []
    while len(took) < request.calls:
        row = [next(again)]
        start = time.perf_counter_ns()
        predictor.predict(row)
        took.append((time.perf_counter_ns() - start) / 1e6)
        if time.monotonic() - began >= request.seconds:
            break
    return took
