# SPDX-License-Identifier: Apache-2.0
"""Columns that stand in the names of folders, `year=2024/part.parquet`, put beside those inside."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from shipway.base.errors import InputError
from shipway.data.layout import Layout
from shipway.data.parsing import parse_text


def with_partitions(
    files: Sequence[Path], frames: Sequence[pl.LazyFrame], layout: Layout, *, text: bool
) -> list[pl.LazyFrame]:
    """Each frame with the columns of its folders; one that the file has itself stays as it is.

    In a table with types they are integers or dates where all of them read as such, else text.
    InputError, naming the file, when the folders of one have other names than those of the first.
    """
    if not layout.partitions:
        return list(frames)
    names = list(layout.partitions[0])
    for file, values in zip(files, layout.partitions, strict=True):
        if list(values) != names:
            folders = "/".join(f"{name}=…" for name in names) or "no folder such as year=2024"
            raise InputError(
                f"lies in other partitions than {files[0].name}, which has {folders}",
                where=str(file),
                cure="Give all files of a table the same folders, in the same order.",
            )
    columns = {name: _column([each[name] for each in layout.partitions], text) for name in names}
    return [
        _with_values(frame, {name: columns[name].slice(number, 1) for name in names})
        for number, frame in enumerate(frames)
    ]


def _with_values(frame: pl.LazyFrame, values: Mapping[str, pl.Series]) -> pl.LazyFrame:
    own = frame.collect_schema().names()
    return frame.with_columns(
        pl.lit(value.item(), dtype=value.dtype).alias(name)
        for name, value in values.items()
        if name not in own
    )


def _column(values: Sequence[str | None], text: bool) -> pl.Series:
    """The values of one partition column in the narrowest type that all of them have in common."""
    texts = pl.Series("v", values, dtype=pl.String)
    if text or texts.null_count() == len(texts):
        return texts
    if texts.str.contains(r"^-?(0|[1-9][0-9]{0,17})$").all():
        return texts.cast(pl.Int64)
    dates = texts.to_frame().select(parse_text(pl.col("v"), "date")).to_series()
    return dates if dates.null_count() == texts.null_count() else texts
