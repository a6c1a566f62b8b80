# SPDX-License-Identifier: Apache-2.0
"""`shipway predict`: the rows of a file, predicted by a model version in its own environment."""

import os
import tempfile
from pathlib import Path
from typing import Any

import msgspec

from shipway.adapters.environments.interface import worker_environment
from shipway.base.errors import InputError, StoppedError
from shipway.base.processes import run
from shipway.engine.wiring import Project, open_project
from shipway.operations.versions import environment_of, find_version, unpack
from shipway.records.delivery import ModelVersion
from shipway.stages.package import service_of
from shipway.stages.worker import failure
from shipway_runtime import formats

SUFFIXES = {".parquet": "parquet", ".csv": "csv"}


class Predicted(msgspec.Struct, frozen=True):
    """How many rows were predicted, by which version, and where they are."""

    model: str
    version: int
    rows: int
    output: str


def predict(folder: Path, name: str, table: Path, output: Path) -> Predicted:
    """Write `table` with the columns `prediction` and `score` added to `output`.

    Both are Parquet or CSV, by their suffix. InputError for another suffix or a missing file.
    """
    for path in (table, output):
        if path.suffix not in SUFFIXES:
            raise InputError(f"{path.name} is neither .parquet nor .csv", where=str(path))
    if not table.is_file():
        raise InputError("there is no such file", where=str(table))
    project = open_project(folder)
    version = find_version(project, name)
    nulls = project.spec.data.nulls if project.spec.data else ()
    with tempfile.TemporaryDirectory(prefix="shipway-predict-") as scratch:
        data = formats.TableFiles((str(table.resolve()),), SUFFIXES[table.suffix], nulls)
        rows, predictions = _ask(project, version, data, Path(scratch))
    _write(table, output, predictions, nulls)
    return Predicted(version.model, version.number, rows, str(output))


def _ask(
    project: Project, version: ModelVersion, data: formats.TableFiles, scratch: Path
) -> tuple[int, formats.Predictions]:
    """How many rows there are, and what the version says about them."""
    environment = environment_of(project, version)
    bundle = unpack(project, version, scratch)
    request = formats.PredictRequest(
        model=str(bundle / "model"),
        output=str(scratch / "predictions.json"),
        result=str(scratch / "result.json"),
        data=data,
        sys_path=tuple(str(bundle / place) for place in service_of(version)["sys_path"]),
        trusted_types=version.trusted_types,
        allow_pickle=version.allow_pickle,
    )
    path = scratch / "request.json"
    formats.write(path, request)
    argv = [environment.interpreter, "-m", "shipway_runtime.worker", str(path)]
    # The user's own predict function finds its files where it found them in training.
    ended = run(argv, cwd=bundle / "code", env=worker_environment(environment, os.environ))
    try:
        result = formats.read_result(Path(request.result))
    except formats.FormatError as error:
        raise StoppedError(str(error), cure=ended.tail) from None
    if result.error is not None:
        raise failure(result.error)
    return result.rows, formats.read_predictions(Path(request.output))


def _write(
    table: Path, output: Path, predictions: formats.Predictions, nulls: tuple[str, ...]
) -> None:
    import polars as pl

    if table.suffix == ".parquet":
        frame = pl.read_parquet(table)
    else:
        frame = pl.read_csv(table, infer_schema=False, null_values=list(nulls) or None)
    added: dict[str, Any] = {"prediction": predictions.predictions}
    if predictions.scores is not None:
        added["score"] = predictions.scores
    frame = frame.with_columns(pl.Series(name, values) for name, values in added.items())
    temporary = output.with_name(f".{output.name}.tmp")
    if output.suffix == ".parquet":
        frame.write_parquet(temporary)
    else:
        frame.write_csv(temporary)
    temporary.replace(output)
