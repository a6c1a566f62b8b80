# SPDX-License-Identifier: Apache-2.0
"""Hands datasets to the project's own Python: as files, never as values.

The parts of a split come in the format and the dialect that the whole table has: a script that
reads CSV with semicolons is given such CSV, and a project without a reader of Parquet needs none.
"""

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from shipway.data.layout import PLAIN, Layout, layout_of
from shipway.data.locate import locate_tables, written_tables
from shipway.records.data import Dataset
from shipway.records.source import Source
from shipway.stages.context import StageContext
from shipway_runtime.formats import TableFiles

TEXTS = ("csv", "jsonl")


def table_paths(
    ctx: StageContext, source: Source, datasets: Mapping[str, Dataset]
) -> dict[str, Path]:
    """One path for each dataset: its file, or the folder that all of its files lie in."""
    found: dict[str, Path] = {}
    for name, dataset in datasets.items():
        paths, _, _ = _handed(ctx, source, dataset)
        folders = [str(path.parent) for path in paths]
        found[name] = paths[0] if len(paths) == 1 else Path(os.path.commonpath(folders))
    return found


def table_files(
    ctx: StageContext, source: Source, datasets: Mapping[str, Dataset]
) -> dict[str, TableFiles]:
    """The files of each dataset, as the worker takes them."""
    nulls = ctx.spec.data.nulls if ctx.spec.data else ()
    return {name: _files(ctx, source, dataset, nulls) for name, dataset in datasets.items()}


def _files(
    ctx: StageContext, source: Source, dataset: Dataset, nulls: tuple[str, ...]
) -> TableFiles:
    paths, form, layout = _handed(ctx, source, dataset)
    return TableFiles(
        tuple(str(path) for path in paths),
        form,
        nulls,
        layout.delimiter or ",",
        layout.encoding or "utf-8",
        layout.decimal,
        layout.partitions,
    )


def _handed(ctx: StageContext, source: Source, dataset: Dataset) -> tuple[list[Path], str, Layout]:
    """The files of a dataset, their format, and how they are written in full."""
    from shipway.data.datasets import dataset_layout, dataset_paths, rewrite_as

    data = ctx.spec.data
    folder = Path(source.folder)
    paths = dataset_paths(dataset, folder, ctx.store.objects, ctx.scratch)
    if dataset.object is None:
        layout = dataset_layout(dataset, data) if data is not None else PLAIN
        return paths, dataset.format, _settled(layout, paths[0], dataset.format)
    if dataset.origin in ("", dataset.format) or data is None:
        return paths, dataset.format, PLAIN
    whole = list(locate_tables(folder, data)["all"])
    layout = _settled(layout_of(written_tables(data)["all"], []), whole[0], dataset.origin)
    return [rewrite_as(dataset.origin, paths[0], layout)], dataset.origin, layout


def _settled(layout: Layout, file: Path, form: str) -> Layout:
    """The layout with what its first file tells of delimiter and encoding."""
    if form not in TEXTS:
        return layout
    from shipway.adapters.tables.csv_look import dialect_of
    from shipway.adapters.tables.text_files import encoding_of, head_of

    if form == "csv":
        dialect = dialect_of(file, layout)
        return replace(layout, delimiter=dialect.delimiter, encoding=dialect.encoding)
    return replace(layout, encoding=encoding_of(head_of(file, 1 << 10), layout.encoding))
