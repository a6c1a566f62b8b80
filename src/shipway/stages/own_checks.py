# SPDX-License-Identifier: Apache-2.0
"""Asks the project's own Python for its checks: `data.pandera` and `data.checks`.

Functions are given the tables as Parquet, with the values that all other checks see. Their code
runs in an export of the code set, like every code of the user's.
"""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from shipway.adapters.environments.interface import worker_environment
from shipway.base.errors import ShipwayError, StoppedError
from shipway.base.processes import Completed
from shipway.records.source import PythonEnvironment, Source
from shipway.spec.demands import FunctionSpec
from shipway.spec.types import DataSpec
from shipway.stages.context import StageContext
from shipway.stages.environment import depends as environment_depends
from shipway.stages.environment import environment_spec
from shipway.stages.stage import Parts, Scope
from shipway.stages.worker import failure
from shipway.stages.workspace import open_workspace
from shipway_runtime import formats

if TYPE_CHECKING:
    import polars as pl

    from shipway.data.opening import Table
    from shipway.data.own_checks import OwnAnswers

MAIN = ("all", "train", "validation", "test")
Run = Callable[..., Completed]


def has_own_checks(data: DataSpec) -> bool:
    """Whether `data` names code of the project's own."""
    return data.pandera is not None or bool(data.checks)


def own_depends(scope: Scope, data: DataSpec) -> Parts:
    """The code set and the environment, where code of the project's own is asked."""
    if not has_own_checks(data):
        return {}
    return {"code": scope.code(None, False), "environment": environment_depends(scope)}


def ask_in_run(
    ctx: StageContext, source: Source, data: DataSpec, tables: Mapping[str, "Table"]
) -> "OwnAnswers | None":
    """What the project's Python says about its tables; None where it has nothing to say."""
    if not has_own_checks(data):
        return None
    folder = Path(source.folder)
    spec = environment_spec(ctx.spec, folder)
    environment = ctx.environments.resolve(folder, spec, ctx.tell)
    with open_workspace(ctx, source, None, where=ctx.document.where("data")) as space:
        frames = values_of(tables, data)
        return ask(environment, data, frames, space.folder, ctx.scratch, ctx.process)


def values_of(tables: Mapping[str, "Table"], data: DataSpec) -> dict[str, "pl.LazyFrame"]:
    """The tables under check, with values read as declared."""
    from shipway.data.columns import typed

    return {
        name: typed(table.frame, data.columns, text=table.is_text, decimal=table.layout.decimal)
        for name, table in tables.items()
        if name in MAIN
    }


def ask(
    environment: PythonEnvironment,
    data: DataSpec,
    frames: Mapping[str, "pl.LazyFrame"],
    folder: Path,
    scratch: Path,
    run: Run,
) -> "OwnAnswers":
    """Ask the Python of `environment`, whose modules lie in `folder`.

    Raises what it reports: StoppedError when the user's code raised, InputError when `data` names
    what is not there.
    """
    from shipway.data.own_checks import OwnAnswers

    functions = [each.function if isinstance(each, FunctionSpec) else each for each in data.checks]
    result = scratch / "own-checks-result.json"
    request = {
        "pandera": data.pandera.schema if data.pandera is not None else None,
        "functions": functions,
        "tables": _written(frames, scratch) if functions else {},
        "id": data.id,
        "sys_path": [str(folder)],
        "result": str(result),
    }
    path = scratch / "own-checks-request.json"
    formats.write(path, request)
    argv = [environment.interpreter, "-m", "shipway_runtime.own_checks", str(path)]
    ended = run(argv, cwd=folder, env=worker_environment(environment, os.environ))
    answer = _read(result, ended)
    if "error" in answer:
        raise failure(formats.Failure(**answer["error"]))
    return msgspec.convert(answer, OwnAnswers)


def _written(frames: Mapping[str, "pl.LazyFrame"], scratch: Path) -> dict[str, str]:
    """A Parquet file for each table."""
    found = {}
    for name, frame in frames.items():
        path = scratch / f"own-checks-{name}.parquet"
        frame.sink_parquet(path, compression="lz4")
        found[name] = str(path)
    return found


def _read(path: Path, ended: Completed) -> dict[str, Any]:
    try:
        return formats.read(path)
    except (OSError, formats.FormatError):
        raise _crashed(ended) from None


def _crashed(ended: Completed) -> ShipwayError:
    return StoppedError(
        f"the project's Python ended with exit code {ended.returncode} before it gave a result",
        cure=f"Its last lines:\n{ended.tail}" if ended.tail else "It wrote nothing.",
    )
