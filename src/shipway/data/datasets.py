# SPDX-License-Identifier: Apache-2.0
"""Datasets of a run, made readable again: the user's own files in place, or Shipway's own tables
fetched from the store."""

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from shipway.data.layout import PLAIN, Layout, layout_of
from shipway.data.locate import written_path, written_tables
from shipway.records.data import DataFile, Dataset
from shipway.spec.types import DataSpec
from shipway.storage.interface import Objects

if TYPE_CHECKING:
    import polars as pl

    from shipway.data.opening import Formats

FETCHED = ".tables"
UTF8 = ("utf-8", "utf-8-sig", "ascii")


def dataset_paths(dataset: Dataset, folder: Path, objects: Objects, scratch: Path) -> list[Path]:
    """The files that hold `dataset`: the user's in `folder` (the spec's), or Parquet in `scratch`.

    A table that Shipway made itself is fetched once to `scratch/.tables/<name>.parquet`.
    """
    if dataset.object is None:
        return [written_path(folder, file.path) for file in dataset.files]
    target = scratch / FETCHED / f"{dataset.name}.parquet"
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(f".{os.urandom(6).hex()}.parquet")
        objects.fetch(dataset.object, partial)
        partial.replace(target)
    return [target]


def rewrite_as(kind: str, parquet: Path, layout: Layout = PLAIN) -> Path:
    """The same rows in the format `kind`, as `layout` writes it; once, beside the Parquet file."""
    import polars as pl

    target = parquet.with_suffix(f".{kind}")
    if target.exists():
        return target
    partial = target.with_name(f".{os.urandom(6).hex()}.{kind}")
    rows = pl.scan_parquet(parquet)
    if kind == "csv":
        mark = layout.decimal == ","
        rows.sink_csv(partial, separator=layout.delimiter or ",", decimal_comma=mark)
    elif kind == "jsonl":
        rows.sink_ndjson(partial)
    else:
        rows.sink_ipc(partial)
    if kind != "arrow" and layout.encoding not in (None, *UTF8):
        _encode(partial, layout.encoding)
    partial.replace(target)
    return target


def _encode(file: Path, encoding: str | None) -> None:
    """Rewrite a text of UTF-8 in another encoding."""
    other = file.with_name(f"{file.name}.{encoding}")
    with (
        file.open(encoding="utf-8", newline="") as source,
        other.open("w", encoding=encoding, newline="") as made,
    ):
        shutil.copyfileobj(source, made)
    other.replace(file)


def dataset_layout(dataset: Dataset, data: DataSpec) -> Layout:
    """How the files of `dataset` are written: as the spec says, or plainly where Shipway wrote."""
    table = written_tables(data).get(dataset.name)
    if dataset.object is not None or table is None:
        return PLAIN
    return layout_of(table, [file.path for file in dataset.files])


def scan_dataset(
    dataset: Dataset,
    folder: Path,
    objects: Objects,
    scratch: Path,
    data: DataSpec,
    formats: "Formats",
) -> "pl.LazyFrame":
    """The rows of `dataset` with the declared or inferred types; markers in `nulls` are missing.

    `formats` is `shipway.adapters.tables.table_format`.
    """
    from shipway.data.columns import typed

    format_ = formats(dataset.format)
    layout = dataset_layout(dataset, data)
    frame = format_.scan(dataset_paths(dataset, folder, objects, scratch), data.nulls, layout)
    return typed(frame, data.columns, text=format_.is_text, decimal=layout.decimal)


def count_rows(frame: "pl.LazyFrame") -> int:
    """How many rows `frame` has; every cell is read, so that no damaged one is overlooked."""
    import polars as pl

    counted = frame.select(pl.len().alias("\x00rows"), pl.all().null_count())
    return int(counted.collect(engine="streaming")["\x00rows"].item())


def describe_files(
    files: Sequence[Path], names: Mapping[Path, str], digests: Mapping[Path, str]
) -> tuple[DataFile, ...]:
    """A record for each of the user's files: its written name, digest, and size in bytes."""
    return tuple(DataFile(names[file], digests[file], file.stat().st_size) for file in files)
