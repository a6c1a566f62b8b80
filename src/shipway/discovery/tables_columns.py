# SPDX-License-Identifier: Apache-2.0
"""Facts about each column of a frame: one query for all of them, a second one for few values."""

from collections.abc import Iterable

import polars as pl

from shipway.data.columns import View, prepare, views
from shipway.discovery.tables import ColumnFinding
from shipway.spec.types import ColumnType

FEW = 60
NUMBERS = ("integer", "float")
KNOWN = ("string", "integer", "float", "boolean", "date", "datetime")


def typed_frame(frame: pl.LazyFrame, *, text: bool) -> tuple[pl.LazyFrame, dict[str, View]]:
    """The frame with typed values, and how each column is seen; nested columns are left out."""
    names = frame.collect_schema().names()
    seen = views(frame, names, {}, text=text, dates=True)
    seen = {name: view for name, view in seen.items() if view.type in KNOWN}
    return prepare(frame, seen), seen


def describe(frame: pl.LazyFrame, *, text: bool) -> tuple[ColumnFinding, ...]:
    """The columns of `frame`, in its order. `text`: all cells are text that is not read yet."""
    typed, seen = typed_frame(frame, text=text)
    found = _measure(typed, seen)
    few = _frequent(typed, [name for name, column in found.items() if column.distinct <= FEW])
    counters = _counters(typed, found.values())
    return tuple(
        ColumnFinding(
            name=column.name,
            type=column.type,
            rows=column.rows,
            missing=column.missing,
            distinct=column.distinct,
            low=column.low,
            high=column.high,
            values=few.get(name, ()),
            counter=name in counters,
        )
        for name, column in found.items()
    )


def _measure(typed: pl.LazyFrame, seen: dict[str, View]) -> dict[str, ColumnFinding]:
    queries = [pl.len().alias("rows")]
    for number, (name, view) in enumerate(seen.items()):
        value = pl.col(name)
        queries.append(value.null_count().alias(f"{number}.missing"))
        queries.append(value.drop_nulls().n_unique().alias(f"{number}.distinct"))
        if view.type in NUMBERS:
            finite = value.filter(value.is_finite()) if view.type == "float" else value
            queries.append(finite.min().alias(f"{number}.low"))
            queries.append(finite.max().alias(f"{number}.high"))
    got = typed.select(queries).collect(engine="streaming").row(0, named=True)
    return {
        name: ColumnFinding(
            name=name,
            type=None if view.empty else _type(view),
            rows=got["rows"],
            missing=got[f"{number}.missing"],
            distinct=got[f"{number}.distinct"],
            low=got.get(f"{number}.low"),
            high=got.get(f"{number}.high"),
        )
        for number, (name, view) in enumerate(seen.items())
    }


def _type(view: View) -> ColumnType:
    kinds: dict[str, ColumnType] = {
        "string": "string",
        "integer": "integer",
        "float": "float",
        "boolean": "boolean",
        "date": "date",
        "datetime": "datetime",
    }
    return kinds[view.type]


def _frequent(typed: pl.LazyFrame, names: list[str]) -> dict[str, tuple[tuple[str, int], ...]]:
    """The values of columns with few of them, with their rows; the most frequent first."""
    found = {}
    for name in names:
        counted = (
            typed.select(pl.col(name).cast(pl.String).alias("value"))
            .drop_nulls()
            .group_by("value")
            .len()
            .sort(["len", "value"], descending=[True, False])
            .collect(engine="streaming")
        )
        found[name] = tuple((_written(value), rows) for value, rows in counted.iter_rows())
    return found


def _written(value: str) -> str:
    """A value as the spec writes it: `1.0` is 1."""
    return value.removesuffix(".0") if value.removesuffix(".0").lstrip("-").isdigit() else value


def _counters(typed: pl.LazyFrame, columns: Iterable[ColumnFinding]) -> set[str]:
    """Columns that number the rows one by one."""
    likely = [
        column.name
        for column in columns
        if column.type == "integer"
        and column.unique
        and column.low is not None
        and column.high is not None
        and column.high - column.low == column.rows - 1
    ]
    if not likely:
        return set()
    steps = [pl.col(name).diff().drop_nulls().eq(1).all().alias(name) for name in likely]
    got = typed.select(steps).collect().row(0, named=True)
    return {name for name in likely if got[name]}
