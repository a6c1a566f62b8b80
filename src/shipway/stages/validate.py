# SPDX-License-Identifier: Apache-2.0
"""Finds the declared tables, splits the one that wants it, and checks what must hold for them.

The user's files are read where they lie and never changed; only the parts of a split are stored.
Checks that do not pass are part of the result, they are not errors here: the runner stops at the
verdict. The results show offending values; the runner redacts them before they are written.
"""

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from shipway.base import clock
from shipway.base.digests import digest_of
from shipway.base.errors import InputError
from shipway.data.locate import data_files, locate_tables
from shipway.records.base import Skipped
from shipway.records.data import Dataset, ValidatedData
from shipway.records.source import Source
from shipway.spec.target import with_target
from shipway.spec.types import DataSpec, Spec
from shipway.stages.context import StageContext
from shipway.stages.drift import check_drift, drift_depends
from shipway.stages.own_checks import ask_in_run, own_depends
from shipway.stages.profiling import keep_profiles
from shipway.stages.stage import Parts, Scope

if TYPE_CHECKING:
    import polars as pl

    from shipway.data.opening import Table
    from shipway.data.own_checks import OwnAnswers
    from shipway.data.validation import Checked


def depends(scope: Scope) -> Parts:
    """The data part of the spec, the target, and the content of every declared file."""
    data = scope.spec.data
    if data is None:
        return {}
    names = data_files(scope.folder, data, scope.document.where)
    digests = scope.files.digests(list(names))
    return {
        "spec": {
            "data": with_target(data, scope.spec.model),
            "model": {"target": _target(scope.spec)},
        },
        "files": {names[path]: digest for path, digest in digests.items()},
        **drift_depends(scope, data),
        **own_depends(scope, data),
    }


def validate(ctx: StageContext, source: Source) -> ValidatedData | Skipped:
    """The datasets, and the result of every check; parts of a split only when all checks passed.

    InputError for a file that is missing, unreadable, or changed while it was read.
    """
    data = ctx.spec.data
    if data is None:
        return Skipped("no 'data' in the spec")
    from shipway.adapters.tables import table_format
    from shipway.data.opening import open_tables, reading

    folder = Path(source.folder)
    located = locate_tables(folder, data, ctx.document.where)
    names = {path: name for files in located.values() for path, name in files.items()}
    digests = ctx.files.digests(list(names))
    tables = open_tables(located, data, table_format)
    ctx.tell(f"checking {', '.join(tables)}")
    with reading(tables.values()):
        own = ask_in_run(ctx, source, data, tables)
        checked = _check(ctx, data, tables, own)
        drift = check_drift(ctx, folder, data, tables)
        checked = dataclasses.replace(checked, checks=checked.checks + drift)
        datasets = {
            name: _describe(table, names, digests)
            for name, table in tables.items()
            if name != "all" or not checked.parts
        }
        profiles = keep_profiles(ctx, data, tables, checked) if checked.verdict == "passed" else {}
    _refuse_changes(ctx, digests)
    if checked.verdict == "passed":
        for name, part in checked.parts.items():
            whole = tables["all"]
            sources = sorted(digests[file] for file in whole.files)
            if whole.layout.told():
                sources = [_content(whole, digests)]
            datasets[name] = _store(ctx, data, name, part, sources, whole.kind)
    ctx.tell(_summary(checked, datasets))
    return ValidatedData(datasets, checked.checks, checked.verdict, checked.valid_until, profiles)


def _target(spec: Spec) -> str | None:
    return spec.model.target if spec.model is not None else None


def _check(
    ctx: StageContext, data: DataSpec, tables: Mapping[str, "Table"], own: "OwnAnswers | None"
) -> "Checked":
    from shipway.data.validation import check_and_split

    return check_and_split(
        tables,
        with_target(data, ctx.spec.model),
        line_of=ctx.document.line_of,
        now=clock.now(),
        target=_target(ctx.spec),
        own=own,
    )


def _describe(table: "Table", names: Mapping[Path, str], digests: Mapping[Path, str]) -> Dataset:
    """The dataset that the user's own files are."""
    from shipway.data.datasets import count_rows, describe_files

    return Dataset(
        name=table.name,
        format=table.kind,
        digest=_content(table, digests),
        rows=count_rows(table.frame),
        columns=tuple(table.frame.collect_schema().names()),
        files=describe_files(table.files, names, digests),
    )


def _content(table: "Table", digests: Mapping[Path, str]) -> str:
    """What the rows follow from: the files, and the layout where it is not the plain one."""
    found = [digests[file] for file in table.files]
    told = table.layout.told()
    return digest_of([found, told] if told else sorted(found))


def _store(
    ctx: StageContext,
    data: DataSpec,
    name: str,
    part: "pl.DataFrame",
    sources: list[str],
    kind: str,
) -> Dataset:
    """A part of a split, of a table of `kind`, as an object of the store.

    Its digest names what the part follows from, not the bytes that a version of polars wrote.
    """
    from shipway.data.split import write_table

    path = ctx.scratch / f"{name}.parquet"
    write_table(part, path)
    types = {column: spec.type for column, spec in data.columns.items()}
    split = msgspec.to_builtins(data.split)
    follows = [name, sources, kind, split, types, data.nulls, _target(ctx.spec)]
    dataset = Dataset(
        name=name,
        format="parquet",
        digest=digest_of(follows),
        rows=part.height,
        columns=tuple(part.columns),
        object=ctx.store.objects.put(path),
        origin=kind,
    )
    path.unlink()
    return dataset


def _refuse_changes(ctx: StageContext, before: Mapping[Path, str]) -> None:
    """What was checked must be what the digests name."""
    after = ctx.files.digests(list(before))
    changed = [path for path, digest in before.items() if after[path] != digest]
    if changed:
        raise InputError(
            "the file changed while it was read",
            where=str(changed[0]),
            cure="Run again when nothing writes to it.",
        )


def _summary(checked: "Checked", datasets: Mapping[str, Dataset]) -> str:
    rows = ", ".join(f"{name} {dataset.rows:,} rows" for name, dataset in datasets.items())
    wrong = [check for check in checked.checks if check.verdict != "passed"]
    failed = sum(check.on_fail == "stop" for check in wrong)
    said = f"{failed} of {len(checked.checks)} checks failed" if failed else "all checks passed"
    warned = len(wrong) - failed
    if warned:
        said = f"{said if failed else 'no check failed'}, {warned} warned"
    return f"{rows}; {said}"
