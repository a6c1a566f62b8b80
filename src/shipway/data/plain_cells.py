# SPDX-License-Identifier: Apache-2.0
"""Cells written in the commonest way, read fast: what programs write, not what people write.

A cell that is not written so is null here, although `parsing` may know how to read it.
"""

from collections.abc import Callable

import polars as pl

from shipway.spec.types import ColumnType

MOMENT = pl.Datetime("us")
DAY, CLOCK = "%Y-%m-%d", "%H:%M:%S"
# Formats of fixed length only: they are parsed without looking for the end of each number.
ENDS = {10: "", 16: "%H:%M", 19: CLOCK, 23: f"{CLOCK}.%3f", 26: f"{CLOCK}.%6f", 29: f"{CLOCK}.%9f"}
TRUE, FALSE = ("true", "True", "1"), ("false", "False", "0")


def read_plainly(text: pl.Series, kind: ColumnType) -> pl.Series:
    """`text` as `kind`, which is none of the text types; null where it is not written plainly."""
    return READERS[kind](text)


def _booleans(text: pl.Series) -> pl.Series:
    cell = pl.col(text.name)
    true = pl.any_horizontal([cell == word for word in TRUE])
    false = pl.any_horizontal([cell == word for word in FALSE])
    return text.to_frame().select(pl.when(true | false).then(true)).to_series()


def _dates(text: pl.Series) -> pl.Series:
    return text.str.to_date(DAY, strict=False)


def _moments(text: pl.Series) -> pl.Series:
    """In the format of the first cell, and of its length."""
    first = text.drop_nulls().head(1).to_list()
    end = ENDS.get(len(first[0])) if first else None
    if end is None:
        return pl.Series(text.name, [None], dtype=MOMENT).new_from_index(0, len(text))
    between = first[0][10:11] if end else ""
    cell = pl.col(text.name)
    alike = pl.when(cell.str.len_bytes() == len(first[0])).then(cell)
    read = alike.str.to_datetime(f"{DAY}{between}{end}", strict=False, time_unit="us")
    return text.to_frame().select(read).to_series()


READERS: dict[str, Callable[[pl.Series], pl.Series]] = {
    "integer": lambda text: text.cast(pl.Int64, strict=False),
    "float": lambda text: text.cast(pl.Float64, strict=False),
    "boolean": _booleans,
    "date": _dates,
    "datetime": _moments,
}
