# SPDX-License-Identifier: Apache-2.0
"""Demands across tables: values that another table has as well, and tables that follow each other
in time.

    columns: {country: {seen_in: train}}
    order: {between: [train, test], time: created_at}
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

import msgspec
import polars as pl

from shipway.base.errors import InputError
from shipway.base.names import did_you_mean
from shipway.data.check import ROW, amount, count
from shipway.data.columns import mark_of, type_name, views
from shipway.data.examples import MOST, as_examples
from shipway.data.table_checks import LineOf
from shipway.data.wording import listed, plain
from shipway.records.data import CheckResult
from shipway.spec.demands import OrderSpec, Terms
from shipway.spec.types import ColumnSpec, DataSpec

PARTS = ("train", "validation", "test")
MOMENT = pl.Datetime("us")
MANY = 8


class Tables(NamedTuple):
    """All tables, the demands on them, and which of them are unread text."""

    frames: Mapping[str, pl.LazyFrame]
    data: DataSpec
    text: Collection[str]

    def typed(self, table: str, names: Collection[str], *, dates: bool = False) -> pl.LazyFrame:
        """Those columns of `table` with their values; `dates` that text may turn out to be some."""
        found = views(
            self.frames[table],
            names,
            self.data.columns,
            text=table in self.text,
            dates=dates,
            decimal=mark_of(self.text, table),
        )
        return self.frames[table].select(view.values.alias(name) for name, view in found.items())

    def has(self, table: str, column: str) -> bool:
        """Whether `table` has that column; InputError when there is no such table."""
        if table not in self.frames:
            raise InputError(
                f"there is no table {table!r}", cure=did_you_mean(table, list(self.frames))
            )
        return column in self.frames[table].collect_schema()


def without_others(data: DataSpec) -> DataSpec:
    """`data` without what only the parts of a split could decide."""
    columns = {
        name: msgspec.structs.replace(spec, seen_in=None) for name, spec in data.columns.items()
    }
    return msgspec.structs.replace(data, overlap=None, order=None, columns=columns)


def across_checks(
    frames: Mapping[str, pl.LazyFrame], data: DataSpec, text: Collection[str], line_of: LineOf
) -> list[CheckResult]:
    """The results of `seen_in` and `order`; `frames` hold the parts of a split too."""
    tables = Tables(frames, data, text)
    found = list(_seen(tables, line_of))
    if data.order is not None:
        found.append(_order(tables, data.order, line_of("data", "order")))
    return found


def _seen(tables: Tables, line_of: LineOf) -> Iterator[CheckResult]:
    """One result for each column and each table that is held against the other one."""
    main = [name for name in PARTS if name in tables.frames] or ["all"]
    for column, spec in tables.data.columns.items():
        if spec.seen_in is None:
            continue
        line = line_of("data", "columns", column, "seen_in")
        for table in main:
            if table != spec.seen_in:
                yield _seen_in(tables, table, column, spec, line)


def _seen_in(tables: Tables, table: str, column: str, spec: ColumnSpec, line: int) -> CheckResult:
    reference, terms = spec.seen_in or "", spec.terms_of("seen_in")
    words = _words(table, column, "seen_in", reference, terms, line)
    for name in (reference, table):
        if not tables.has(name, column):
            return CheckResult(**words, verdict="failed", observed=f"{name} has no such column")
    key = tables.data.id
    keys = [key] if key is not None and tables.has(table, key) else []
    known = tables.typed(reference, [column]).drop_nulls().unique()
    other = tables.typed(table, list(dict.fromkeys((column, *keys)))).with_row_index(ROW)
    if known.collect_schema()[column] != other.collect_schema()[column]:
        known, other = (
            each.with_columns(pl.col(column).cast(pl.String)) for each in (known, other)
        )
    new = other.drop_nulls(column).join(known, on=column, how="anti")
    values = (
        new.group_by(column).agg(pl.len().alias(ROW)).sort(ROW, column, descending=[True, False])
    )
    return _judged(words, terms, other, new, [column], key, values)


def _order(tables: Tables, demand: OrderSpec, line: int) -> CheckResult:
    """No row of the second table is earlier than the last one of the first."""
    earlier, later = demand.between
    column = demand.time or tables.data.time or ""
    terms = Terms(demand.at_most, demand.on_fail)
    words = _words(f"{earlier}+{later}", column, "order", f"{later} after {earlier}", terms, line)
    for name in demand.between:
        if not tables.has(name, column):
            return CheckResult(**words, verdict="failed", observed=f"{name} has no such column")
    key = tables.data.id
    keys = [key] if key is not None and tables.has(later, key) else []
    before = tables.typed(earlier, [column], dates=True)
    names = list(dict.fromkeys((column, *keys)))
    other = tables.typed(later, names, dates=True).with_row_index(ROW)
    moment = pl.col(column)
    kinds = [frame.collect_schema()[column] for frame in (before, other)]
    if all(kind.is_temporal() for kind in kinds):
        moment = moment.cast(MOMENT)
    elif kinds[0] != kinds[1] and not all(kind.is_numeric() for kind in kinds):
        unlike = f"{column} is {type_name(kinds[0])} in {earlier}, {type_name(kinds[1])} in {later}"
        return CheckResult(**words, verdict="failed", observed=unlike)
    latest = before.select(moment.max()).collect(engine="streaming").item()
    if latest is None:
        return CheckResult(**words, verdict="failed", observed=f"no row of {earlier} has a time")
    found = _judged(words, terms, other, other.filter(moment < latest), [column], key)
    undated = other.select(pl.col(column).null_count()).collect(engine="streaming").item()
    more = f"; {undated:,} not decided, values are missing" if undated else ""
    return msgspec.structs.replace(found, observed=found.observed + more)


def _judged(
    words: dict[str, Any],
    terms: Terms,
    other: pl.LazyFrame,
    new: pl.LazyFrame,
    columns: list[str],
    key: str | None,
    values: pl.LazyFrame | None = None,
) -> CheckResult:
    """How many rows of `other` are among the `new` ones, and the first of them."""
    queries = [other.select(pl.len()), new.select(pl.len()), new.sort(ROW).head(MOST)]
    different = [] if values is None else [values.select(pl.len()), values.head(MANY)]
    totals, hits, rows, *told = pl.collect_all([*queries, *different], engine="streaming")
    total, failing = int(totals.item()), int(hits.item())
    passed = failing <= terms.at_most.of(total) + 1e-9
    observed, detail = count(failing, total), ""
    if told and failing:
        number = int(told[0].item())
        observed = f"{number:,} new value{'s' if number > 1 else ''} in {observed}"
        detail = listed([str(plain(value)) for value in told[1][columns[0]]])
    return CheckResult(
        **words,
        verdict="passed" if passed else "failed",
        observed=observed,
        failing=failing,
        rows=total,
        examples=() if passed else as_examples(rows, columns, key),
        detail="" if passed else detail,
    )


def _words(
    dataset: str, column: str, check: str, expected: str, terms: Terms, line: int
) -> dict[str, Any]:
    few = f", at most {amount(terms.at_most)}" if terms.at_most.value else ""
    return {
        "dataset": dataset,
        "column": column,
        "check": check,
        "expected": expected + few,
        "columns": (column,),
        "line": line,
        "on_fail": terms.on_fail,
    }
