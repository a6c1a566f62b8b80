# SPDX-License-Identifier: Apache-2.0
"""Hands datasets to the project's own Python: as files, never as values.

The parts of a split come in the format that the whole table has: a script that reads CSV is given
CSV, and a project without a reader of Parquet needs none.
"""

from collections.abc import Mapping
from pathlib import Path

from shipway.records.data import Dataset
from shipway.records.source import Source
from shipway.stages.context import StageContext
from shipway_runtime.formats import TableFiles


def table_paths(
    ctx: StageContext, source: Source, datasets: Mapping[str, Dataset]
) -> dict[str, Path]:
    """One path for each dataset: its file, or the folder of its files when there are several."""
    found: dict[str, Path] = {}
    for name, dataset in datasets.items():
        paths, _ = _handed(ctx, source, dataset)
        found[name] = paths[0] if len(paths) == 1 else paths[0].parent
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
    paths, form = _handed(ctx, source, dataset)
    return TableFiles(tuple(str(path) for path in paths), form, nulls)


def _handed(ctx: StageContext, source: Source, dataset: Dataset) -> tuple[list[Path], str]:
    """The files of a dataset, and their format."""
    from shipway.data.datasets import dataset_paths, rewrite_as_csv

    paths = dataset_paths(dataset, Path(source.folder), ctx.store.objects, ctx.scratch)
    if dataset.object is None or dataset.origin != "csv":
        return paths, dataset.format
    return [rewrite_as_csv(paths[0])], "csv"
