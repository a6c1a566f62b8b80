# SPDX-License-Identifier: Apache-2.0
"""Asks a model for predictions in its own environment."""

from pathlib import Path

from shipway.records.delivery import ModelVersion
from shipway.records.source import PythonEnvironment
from shipway.stages.context import StageContext
from shipway.stages.worker import call_worker
from shipway_runtime import formats


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
    """Predictions of the model directory `model` for a table, or for a file of rows.

    The first folder of `sys_path` is the current one, as it was in training.
    """
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
    call_worker(ctx, environment, request, Path(sys_path[0]))
    return formats.read_predictions(output)
