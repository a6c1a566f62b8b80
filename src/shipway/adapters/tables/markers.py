# SPDX-License-Identifier: Apache-2.0
"""Markers of missing values in formats that have types: text for text, numbers for numbers."""

from collections.abc import Sequence

import polars as pl


def without_markers(frame: pl.LazyFrame, nulls: Sequence[str]) -> pl.LazyFrame:
    """`frame` with the cells that read as one of `nulls` made missing."""
    if not nulls:
        return frame
    return frame.with_columns(
        marked
        for name, dtype in frame.collect_schema().items()
        if (marked := _without(name, dtype, nulls)) is not None
    )


def _without(name: str, dtype: pl.DataType, nulls: Sequence[str]) -> pl.Expr | None:
    """`name` with its markers made missing; None when no marker can stand in such a column."""
    column = pl.col(name)
    if isinstance(dtype, pl.String | pl.Categorical | pl.Enum):
        marked = column.cast(pl.String).is_in(list(nulls))
    elif dtype.is_numeric():
        numbers = [value for text in nulls if (value := _number(text)) is not None]
        if not numbers:
            return None
        marked = column.cast(pl.Float64).is_in(numbers)
    else:
        return None
    return pl.when(~marked).then(column).alias(name)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
