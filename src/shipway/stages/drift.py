# SPDX-License-Identifier: Apache-2.0
"""Compares the tables of a run with what `data.drift` names: the champion's profile, or a file.

Before there is a champion, and with one whose profile was not kept, the check passes and says so:
it must be possible to get the first one.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from shipway.records.data import CheckResult
from shipway.spec.types import DataSpec
from shipway.stages.context import StageContext
from shipway.stages.stage import Parts, Scope

if TYPE_CHECKING:
    from shipway.data.drift import Demand
    from shipway.data.opening import Table
    from shipway.data.references import Reference

NO_CHAMPION = "no champion yet"


def drift_depends(scope: Scope, data: DataSpec) -> Parts:
    """The content of what the tables are compared with."""
    if data.drift is None:
        return {}
    if data.drift.path is None:
        return {"reference": scope.champion_profile()}
    files = _files(scope.folder, data.drift.path, scope.document.where("data", "drift", "against"))
    digests = scope.files.digests(files)
    return {"reference": [digests[file] for file in files]}


def check_drift(
    ctx: StageContext, folder: Path, data: DataSpec, tables: Mapping[str, "Table"]
) -> tuple[CheckResult, ...]:
    """A check for each column of each table; none without `data.drift`.

    InputError for a reference that can't be read. Errors of polars while reading the tables come
    through.
    """
    if data.drift is None:
        return ()
    from shipway.data.drift_checks import demand_of, drift_checks, without_reference

    demand = demand_of(data, ctx.spec.model.target if ctx.spec.model is not None else None)
    reference = _reference(ctx, folder, data, demand)
    line_of = ctx.document.line_of
    if isinstance(reference, str):
        return (without_reference(reference, line=line_of("data", "drift")),)
    return drift_checks(tables, data, demand, reference, line_of)


def _reference(
    ctx: StageContext, folder: Path, data: DataSpec, demand: "Demand"
) -> "Reference | str":
    """What to compare with, or why there is nothing."""
    from shipway.adapters.tables import table_format
    from shipway.data.drift_checks import open_reference
    from shipway.data.references import from_profile, read_profile

    assert data.drift is not None  # noqa: S101 - asked by `check_drift`
    path = data.drift.path
    if path is not None:
        files = _files(folder, path, ctx.document.where("data", "drift", "against"))
        written = [Path(os.path.relpath(file, folder)).as_posix() for file in files]
        return open_reference(files, data, demand, table_format, name=path, written=written)
    champion = ctx.champions.live
    if champion is None:
        return NO_CHAMPION
    name = f"{champion.model}@{champion.number}"
    if not champion.profile:
        return f"{name} has no profile to compare with: it is older than profiles"
    profile = read_profile(ctx.store.objects.read(champion.profile), f"the profile of {name}")
    return from_profile(name, profile, cells=demand.cells)


def _files(folder: Path, path: str, where: str) -> list[Path]:
    from shipway.data.locate import find_files

    return find_files(folder, path, where=where)
