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
from shipway.engine.wiring import open_project
from shipway.operations.versions import environment_of, find_version, unpack
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
    environment = environment_of(project, version)
    nulls = project.spec.data.nulls if project.spec.data else ()
    with tempfile.TemporaryDirectory(prefix="shipway-predict-") as scratch_name:
        scratch = Path(scratch_name)
        bundle = unpack(project, version, scratch)
        service = service_of(version)
        request = formats.PredictRequest(
            model=str(bundle / "model"),
            output=str(scratch / "predictions.json"),
            result=str(scratch / "result.json"),
            data=formats.TableFiles((str(table.resolve()),), SUFFIXES[table.suffix], nulls),
            sys_path=tuple(str(bundle / place) for place in service["sys_path"]),
            trusted_types=version.trusted_types,
            allow_pickle=version.allow_pickle,
        )
        formats.write(scratch / "request.json", request)
        argv = [environment.interpreter, "-m", "shipway_runtime.worker"]
        env = worker_environment(environment, os.environ)
        ended = run([*argv, str(scratch / "request.json")], cwd=bundle, env=env)
        try:
            result = formats.read_result(Path(request.result))
        except formats.FormatError as error:
            raise StoppedError(str(error), cure=ended.tail) from None
        if result.error is not None:
            raise failure(result.error)
        _write(table, output, formats.read_predictions(Path(request.output)), nulls)
    return Predicted(version.model, version.number, result.rows, str(output))


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
