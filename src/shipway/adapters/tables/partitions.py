# SPDX-License-Identifier: Apache-2.0
"""Columns that stand in the names of folders, `year=2024/part.parquet`, put beside those inside."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from shipway.base.errors import InputError
from shipway.data.layout import Layout
from shipway.data.parsing import parse_text

Values = Mapping[str, str | None]


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
    types = {name: _type([each[name] for each in layout.partitions]) for name in names}
    return [
        _with_values(frame, values, {} if text else types)
        for frame, values in zip(frames, layout.partitions, strict=True)
    ]


def _with_values(
    frame: pl.LazyFrame, values: Values, types: Mapping[str, pl.DataType]
) -> pl.LazyFrame:
    own = frame.collect_schema().names()
    return frame.with_columns(
        pl.lit(value, dtype=pl.String).cast(types.get(name, pl.String())).alias(name)
        for name, value in values.items()
        if name not in own
    )


def _type(values: Sequence[str | None]) -> pl.DataType:
    """The narrowest type that all values of one partition column have in common."""
    texts = pl.Series("v", [value for value in values if value is not None], dtype=pl.String)
    if not len(texts):
        return pl.String()
    if texts.str.contains(r"^-?(0|[1-9][0-9]{0,17})$").all():
        return pl.Int64()
    dates = texts.to_frame().select(parse_text(pl.col("v"), "date")).to_series()
    return pl.Date() if not dates.null_count() else pl.String()
