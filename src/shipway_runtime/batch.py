# SPDX-License-Identifier: Apache-2.0
"""Predicts a large table piece by piece: the model is loaded once and asked again and again.

Orders come on one pipe and answers go back on another, a line of JSON each:

    {"input": "…/3.columns", "output": "…/3.answers"}      →
                                                            ←  {"rows": 100000}

The worker ends when the orders do. A mistake of the user's ends it too: it is the result then, as
with every request; one that lies in a row is answered first, with the row's number in its piece.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from shipway_runtime import calls, columns
from shipway_runtime.errors import RowError
from shipway_runtime.formats import BatchRequest, Predictions, Result
from shipway_runtime.predictor import Predictor, load_predictor


def serve(request: BatchRequest) -> Result:
    """Carry out orders until there are no more; how many rows were predicted."""
    trust = {"trusted_types": request.trusted_types, "allow_pickle": request.allow_pickle}
    predictor = calls.call("loading the model", load_predictor, Path(request.model), **trust)
    rows = 0
    with os.fdopen(request.orders, "rb") as orders, os.fdopen(request.answers, "wb") as answers:
        for line in orders:
            order = json.loads(line)
            try:
                done = _carry_out(predictor, Path(order["input"]), Path(order["output"]))
            except RowError as error:
                _answer(answers, row=error.row, feature=error.feature)
                raise
            rows += done
            _answer(answers, rows=done)
    return Result(predictor.model.flavour, rows=rows)


def _answer(stream: Any, **values: Any) -> None:
    stream.write(json.dumps(values).encode() + b"\n")
    stream.flush()


def _carry_out(predictor: Predictor, given: Path, output: Path) -> int:
    table = columns.read(given)
    found = calls.call("predict", predictor.predict_columns, table.values, table.rows)
    columns.write(output, table.rows, _columns(found))
    return table.rows


def _columns(found: Predictions) -> list[columns.Column]:
    """`prediction`; `score`, or one column for each class: `0`, `1`, `2`…"""
    packed = [columns.pack("prediction", found.predictions)]
    scores = found.scores
    if not scores:
        return packed
    if isinstance(scores[0], list):
        count = len(scores[0])
        return packed + [
            columns.pack(str(number), [row[number] for row in scores]) for number in range(count)
        ]
    return [*packed, columns.pack("score", scores)]
