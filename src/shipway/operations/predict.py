# SPDX-License-Identifier: Apache-2.0
"""`shipway predict`: the rows of files of any size, predicted by a model version in its own
environment.

The table is read, predicted and written piece by piece: a piece is predicted while the next one is
read, and no more than a few are in memory. Finished pieces are kept (`batch.parts`), so that the
same call goes on where an earlier one was killed.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from shipway.base import clock
from shipway.base.digests import digest_of
from shipway.base.errors import InputError, StoppedError
from shipway.engine.wiring import Project, open_project
from shipway.operations.batch.asking import asked
from shipway.operations.batch.parts import Job, Parts, parts_of
from shipway.operations.batch.prediction import Prediction, Step, added_columns
from shipway.operations.batch.table import (
    InputTable,
    default_chunk,
    find_inputs,
    kept_columns,
    open_input,
)
from shipway.operations.versions import find_version
from shipway.records.delivery import ModelVersion
from shipway_runtime.formats import ModelInfo

SUFFIXES = (".parquet", ".csv")


class Predicted(msgspec.Struct, frozen=True):
    """How many rows were predicted, by which version, and where they are.

    `resumed` of them had been predicted by an earlier try; `ignored` are columns of the input that
    neither the model nor the spec knows.
    """

    model: str
    version: int
    rows: int
    output: str
    seconds: float
    resumed: int = 0
    ignored: tuple[str, ...] = ()


class PredictOptions(msgspec.Struct, frozen=True):
    """`columns` of the input that the output keeps (None: all), rows in a piece, overwriting."""

    columns: tuple[str, ...] | None = None
    chunk_rows: int | None = None
    force: bool = False


def predict(
    folder: Path,
    name: str,
    tables: Sequence[str],
    output: Path,
    options: PredictOptions | None = None,
    *,
    step: Callable[[Step], None] = lambda step: None,
    tell: Callable[[str], None] = lambda text: None,
) -> Predicted:
    """Write the rows of `tables` (paths or globs) with `prediction` and `score` to `output`.

    `step` is called after each piece, `tell` with what should be known at once. InputError for a
    file that is missing or of an unknown kind, and for an output that is there already;
    StoppedError for rows that don't fit the model's signature, or that the model refuses.
    """
    options = options or PredictOptions()
    began = clock.seconds()
    files = find_inputs(tables)
    target = _free(output, files, options)
    project = open_project(folder)
    version = find_version(project, name)
    project.prepare()
    table = open_input(files, project.spec.data.nulls if project.spec.data else ())
    with (
        parts_of(project.paths.local / "predictions", target) as parts,
        asked(project, version, parts.scratch) as (model, info),
    ):
        job = _job(project, version, info, table, options)
        parts.begin(job)
        made = Prediction(info, table, parts, kept=job.columns, chunk=job.chunk_rows, step=step)
        _tell_beginning(parts, made, tell)
        made.carry_out(model)
    _check_unchanged(project, job)
    parts.assemble()
    return Predicted(
        model=version.model,
        version=version.number,
        rows=made.rows,
        output=str(output),
        seconds=round(clock.seconds() - began, 3),
        resumed=made.resumed,
        ignored=_ignored(project, table, info, options),
    )


def _free(output: Path, files: Sequence[Path], options: PredictOptions) -> Path:
    """The output's whole path; InputError when it can't or must not be written."""
    path = output.resolve()
    problem, cure = "", ""
    if path.suffix not in SUFFIXES:
        problem = "the output ends neither in .parquet nor in .csv"
    elif not path.parent.is_dir():
        problem = "the folder of the output does not exist"
    elif path in [file.resolve() for file in files]:
        problem = "the output is one of the files that are to be predicted"
    elif path.is_dir():
        problem = "the output is a folder"
    elif path.exists() and not options.force:
        problem, cure = "the output is there already", "Replace it with --force."
    if problem:
        raise InputError(problem, where=str(output), cure=cure)
    return path


def _job(
    project: Project,
    version: ModelVersion,
    info: ModelInfo,
    table: InputTable,
    options: PredictOptions,
) -> Job:
    """Hold the table against the model; what exactly is to be done."""
    name = f"{version.model}@{version.number}"
    if not info.features:
        raise InputError(
            f"{name} has no signature, so its columns are not known",
            cure="Train it with 'data.train' in shipway.yaml.",
        )
    table.check(info, name)
    kept = kept_columns(
        table.names, options.columns, added_columns(info), str(table.table.files[0])
    )
    width = len({*kept, *(feature.name for feature in info.features)})
    digests = project.files.digests(list(table.table.files))
    return Job(
        # Equal models may be used with different code: their pieces don't belong together.
        model=digest_of([version.digest, version.code, version.environment]),
        inputs={str(path.resolve()): digest for path, digest in digests.items()},
        nulls=project.spec.data.nulls if project.spec.data else (),
        columns=kept,
        chunk_rows=options.chunk_rows or default_chunk(width),
    )


def _tell_beginning(parts: Parts, made: Prediction, tell: Callable[[str], None]) -> None:
    if parts.note:
        tell(parts.note)
    if made.resumed:
        tell(f"going on after row {made.resumed:,} of an earlier try")


def _check_unchanged(project: Project, job: Job) -> None:
    """StoppedError when an input changed under the reader: nobody knows which rows were read."""
    now = project.files.digests([Path(path) for path in job.inputs])
    changed = [str(path) for path, digest in now.items() if job.inputs[str(path)] != digest]
    if changed:
        raise StoppedError(
            "the file changed while it was read",
            where=changed[0],
            cure="Run again when nothing writes to it; it starts anew then.",
        )


def _ignored(
    project: Project, table: InputTable, info: ModelInfo, options: PredictOptions
) -> tuple[str, ...]:
    """Columns that are no feature, and of which the spec says nothing either."""
    data = project.spec.data
    known = {feature.name for feature in info.features} | {info.target}
    if data is not None:
        known |= {data.id or "", data.time or "", *data.ignore, *data.columns}
    known |= set(options.columns or ())
    return tuple(name for name in table.names if name not in known)
