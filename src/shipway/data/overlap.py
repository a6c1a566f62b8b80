# SPDX-License-Identifier: Apache-2.0
"""Rows that two tables share, found by a key or as whole rows: exact, in bounded memory."""

import functools
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import polars as pl

from shipway.base.errors import InputError
from shipway.base.names import did_you_mean
from shipway.data.check import Check, Repeats, always, amount, count
from shipway.data.columns import mark_of, views
from shipway.data.examples import rows_at
from shipway.data.repeats import count_shared
from shipway.data.stretches import Stretch, whole
from shipway.data.table_checks import LineOf
from shipway.records.data import CheckResult
from shipway.spec.types import DataSpec, OverlapSpec

Table = Sequence[Stretch]


def overlap_check(
    tables: Mapping[str, Table], data: DataSpec, text: Collection[str], line_of: LineOf
) -> CheckResult | None:
    """Rows of the second table whose key (or whole row, without ignored columns) is in the first.

    Missing keys equal nothing; in whole rows missing equals missing. A share is one of the second
    table's rows. None when nothing is demanded; InputError for a table that is not there.
    """
    demand = data.overlap
    if demand is None:
        return None
    for name in demand.between:
        if name not in tables:
            raise InputError(
                f"overlap names the table {name!r}, which is not there",
                cure=did_you_mean(name, list(tables)),
            )
    one, other = (whole(tables[name]) for name in demand.between)
    names, absent = _compared(demand, one, other, data.ignore)
    line = line_of("data", "overlap")
    if absent:
        return _result(demand, names, line, observed=absent)
    columns = list(dict.fromkeys((*names, *_id(data, other))))
    first, second = (
        _typed(name, tables[name], columns if name == demand.between[1] else names, data, text)
        for name in demand.between
    )
    return _measure(demand, *_alike(first, second, names), names, data, line)


def _compared(
    demand: OverlapSpec, one: pl.LazyFrame, other: pl.LazyFrame, ignore: Sequence[str]
) -> tuple[tuple[str, ...], str]:
    """The compared columns, and what is wrong with them (empty when nothing is)."""
    left, right = one.collect_schema().names(), other.collect_schema().names()
    if demand.key is None:
        shared = tuple(name for name in left if name in right and name not in ignore)
        return shared, "" if shared else "the tables share no column"
    key = (demand.key,) if isinstance(demand.key, str) else demand.key
    absent = [name for name in key if name not in left or name not in right]
    return key, f"there is no column {absent[0]!r} in both tables" if absent else ""


def _id(data: DataSpec, frame: pl.LazyFrame) -> tuple[str, ...]:
    return (data.id,) if data.id is not None and data.id in frame.collect_schema() else ()


def _typed(
    name: str, table: Table, names: Sequence[str], data: DataSpec, text: Collection[str]
) -> Table:
    """The columns `names` of the table, as the spec says or as they read."""
    frame, decimal = whole(table), mark_of(text, name)
    found = views(frame, names, data.columns, text=name in text, dates=False, decimal=decimal)
    values = {name: view.values for name, view in found.items()}
    return [stretch._replace(make=functools.partial(_select, values=values)) for stretch in table]


def _alike(one: Table, other: Table, names: Sequence[str]) -> tuple[Table, Table]:
    """Both, with columns of different types as text."""
    left, right = one[0].made.collect_schema(), other[0].made.collect_schema()
    texts = {name: pl.col(name).cast(pl.String) for name in names if left[name] != right[name]}
    if not texts:
        return one, other

    def as_text(table: Table) -> Table:
        return [
            stretch._replace(make=functools.partial(_cast, make=stretch.make, texts=texts))
            for stretch in table
        ]

    return as_text(one), as_text(other)


def _select(frame: pl.LazyFrame, values: Mapping[str, pl.Expr]) -> pl.LazyFrame:
    there = frame.collect_schema().names()
    return frame.select(value.alias(name) for name, value in values.items() if name in there)


def _cast(
    frame: pl.LazyFrame,
    make: Callable[[pl.LazyFrame], pl.LazyFrame],
    texts: Mapping[str, pl.Expr],
) -> pl.LazyFrame:
    made = make(frame)
    there = made.collect_schema().names()
    return made.with_columns(text for name, text in texts.items() if name in there)


def _measure(
    demand: OverlapSpec, one: Table, other: Table, names: tuple[str, ...], data: DataSpec, line: int
) -> CheckResult:
    found = count_shared(one, other, Repeats(names, nulls_equal=demand.key is None))
    total = int(whole(other).select(pl.len()).collect(engine="streaming").item())
    shown = Check("", "overlap", "", (), always(""), values=names)
    passed = found.rows <= demand.at_most.of(total) + 1e-9
    return CheckResult(
        **_words(demand, names, line),
        verdict="passed" if passed else "failed",
        observed=f"{count(found.rows, total)} of {demand.between[1]} "
        f"are in {demand.between[0]} too",
        failing=found.rows,
        rows=total,
        examples=() if passed else rows_at(other, found.first, shown, data.id),
    )


def _result(
    demand: OverlapSpec, names: tuple[str, ...], line: int, *, observed: str
) -> CheckResult:
    return CheckResult(**_words(demand, names, line), verdict="failed", observed=observed)


def _words(demand: OverlapSpec, names: tuple[str, ...], line: int) -> dict[str, Any]:
    by = f" by {', '.join(names)}" if demand.key else ""
    return {
        "dataset": "+".join(demand.between),
        "column": names[0] if len(names) == 1 else "",
        "check": "overlap",
        "expected": f"at most {amount(demand.at_most)}{by}",
        "columns": names,
        "line": line,
        "on_fail": demand.on_fail,
    }
