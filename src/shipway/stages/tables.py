# SPDX-License-Identifier: Apache-2.0
"""Hands datasets to the project's own Python: as files, never as values."""

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
    from shipway.data.datasets import dataset_paths

    found: dict[str, Path] = {}
    for name, dataset in datasets.items():
        paths = dataset_paths(dataset, Path(source.folder), ctx.store.objects, ctx.scratch)
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
    from shipway.data.datasets import dataset_paths

    paths = dataset_paths(dataset, Path(source.folder), ctx.store.objects, ctx.scratch)
    return TableFiles(tuple(str(path) for path in paths), dataset.format, nulls)
