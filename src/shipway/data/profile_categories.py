# SPDX-License-Identifier: Apache-2.0
"""How often each value of a column occurs: exact for up to `LIMIT` different values.

Beyond, a sample names the values that may be frequent, and a second look counts those.
"""

from dataclasses import dataclass
from typing import Any

import msgspec
import polars as pl

from shipway.data.distinct_count import LIMIT

TOP = 100
CANDIDATES = 20
FEWEST_IN_SAMPLE = 5
LONGEST = 200


@dataclass(frozen=True)
class ValueCounts:
    """Columns `value` and `count`, each value once; `frame` is None when there are too many."""

    frame: pl.DataFrame | None

    def union(self, other: "ValueCounts") -> "ValueCounts":
        """Of both."""
        if self.frame is None or other.frame is None:
            return ValueCounts(None)
        if self.frame.is_empty() or other.frame.is_empty():
            return other if self.frame.is_empty() else self
        both = pl.concat([self.frame, other.frame])
        return limited(both.group_by("value").agg(pl.col("count").sum()))


def limited(frame: pl.DataFrame) -> ValueCounts:
    """`frame`, unless it is too long."""
    return ValueCounts(frame if frame.height <= LIMIT else None)


def count_values(values: pl.Expr) -> pl.Expr:
    """An aggregate: the values that are there with their counts, one more than the limit at most.

    `unpack` reads the answer.
    """
    counted = values.drop_nulls().value_counts(name="\x00count")
    return counted.head(LIMIT + 1).implode()


def unpack(answer: pl.Series) -> pl.DataFrame:
    """The answer to `count_values` as a frame of `value` and `count`."""
    frame: pl.DataFrame = answer[0].struct.unnest()
    names = dict(zip(frame.columns, ("value", "count"), strict=True))
    return frame.rename(names).cast({"count": pl.Int64})


def most_frequent(frame: pl.DataFrame) -> tuple[tuple[Any, int], ...]:
    """The values that a profile shows, most frequent first, equally frequent ones by value."""
    shown = frame if frame.height <= TOP else frame.filter(pl.col("count") > 1)
    shown = shown.sort(["count", "value"], descending=[True, False]).head(TOP)
    return tuple((plain(value), count) for value, count in shown.iter_rows())


def candidates(sample: pl.Series) -> pl.Series:
    """The values that are frequent in a sample of a column with too many to count them all."""
    counted = sample.drop_nulls().value_counts(name="\x00count")
    often = counted.filter(pl.col("\x00count") >= FEWEST_IN_SAMPLE)
    often = often.sort(["\x00count", sample.name], descending=[True, False])
    return often[sample.name].head(CANDIDATES)


def shortened(text: pl.Expr) -> pl.Expr:
    """Text as it is counted and shown: a cell may hold a whole document."""
    return text.str.head(LONGEST)


def plain(value: Any) -> Any:
    """A value that JSON has: dates as ISO 8601, what has no number there as text."""
    match value:
        case None | bool() | str():
            return value
        case int():
            return value if -(2**63) <= value < 2**64 else float(value)
        case float():
            return value if value - value == 0 else str(value)
        case _:
            return msgspec.to_builtins(value)
