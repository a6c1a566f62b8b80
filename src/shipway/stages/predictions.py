# SPDX-License-Identifier: Apache-2.0
"""Asks a model for predictions in its own environment, and compares them with known ones."""

import math
from pathlib import Path
from typing import Any

from shipway.records.delivery import ModelVersion
from shipway.records.source import PythonEnvironment
from shipway.stages.context import StageContext
from shipway.stages.worker import call_worker
from shipway_runtime import formats

TOLERANCE = 1e-6


def ask(
    ctx: StageContext,
    environment: PythonEnvironment,
    version: ModelVersion,
    model: Path,
    sys_path: list[str],
    *,
    data: formats.TableFiles | None = None,
    rows: Path | None = None,
) -> formats.Predictions:
    """Predictions of the model directory `model` for a table, or for a file of rows."""
    output = ctx.scratch / f"{model.name}-predictions.json"
    request = formats.PredictRequest(
        model=str(model),
        output=str(output),
        result=str(ctx.scratch / f"{model.name}-result.json"),
        data=data,
        rows=str(rows) if rows else None,
        sys_path=tuple(sys_path),
        trusted_types=version.trusted_types,
        allow_pickle=version.allow_pickle,
    )
    call_worker(ctx, environment, request, model.parent)
    return formats.read_predictions(output)


def differences(golden: formats.Golden, answers: formats.Predictions) -> list[int]:
    """Numbers of the rows whose prediction or score is another one."""
    pairs = zip(golden.predictions, answers.predictions, strict=True)
    wrong = {number for number, (a, b) in enumerate(pairs) if not same(a, b)}
    if golden.scores is not None and answers.scores is not None:
        scores = zip(golden.scores, answers.scores, strict=True)
        wrong |= {number for number, (a, b) in enumerate(scores) if not same(a, b)}
    return sorted(wrong)


def same(first: Any, second: Any) -> bool:
    """Equal labels; numbers within a relative 1e-6; lists item by item."""
    if isinstance(first, list | tuple) and isinstance(second, list | tuple):
        return len(first) == len(second) and all(map(same, first, second))
    if isinstance(first, float) or isinstance(second, float):
        if not all(isinstance(value, int | float) for value in (first, second)):
            return bool(first == second)
        return math.isclose(first, second, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    return bool(first == second)
