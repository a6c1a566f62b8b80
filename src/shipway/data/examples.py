# SPDX-License-Identifier: Apache-2.0
"""Offending rows: found where a check failed, and withheld where they may not be shown.

Results are made with values, for a terminal. Whatever is written anywhere (records, JSON, reports,
logs) goes through `redact` first.
"""

from collections.abc import Collection, Sequence
from typing import Literal

import msgspec
import polars as pl

from shipway.data.check import ROW, Check
from shipway.data.columns import RAW
from shipway.data.stretches import Stretch, pick_rows
from shipway.data.wording import plain
from shipway.records.data import CheckReport, CheckResult, Example
from shipway.spec.types import DataSpec

MOST = 5
Mode = Literal["values", "keys", "none"]


def shown_columns(names: Collection[str], check: Check, id_column: str | None) -> list[pl.Expr]:
    """What an example of `check` shows, of a prepared frame of `names`.

    Cells are taken as they stand in the file, so that unreadable ones show.
    """
    wanted = dict.fromkeys((*check.values, *([id_column] if id_column else [])))
    return [pl.col(as_stored(names, name)).alias(name) for name in wanted if name in names]


def as_stored(names: Collection[str], name: str) -> str:
    """The column of a prepared frame of `names` that holds the cells as they stand in the file."""
    return RAW + name if RAW + name in names else name


def rows_at(
    table: Sequence[Stretch], rows: Sequence[int], check: Check, id_column: str | None
) -> tuple[Example, ...]:
    """The rows of those numbers as examples of `check`: a read up to the last one, at most."""
    names = table[0].made.collect_schema().names()
    shown = shown_columns(names, check, id_column)
    needed = list(dict.fromkeys(name for each in shown for name in each.meta.root_names()))
    found = [cells.select(ROW, *shown) for cells in pick_rows(table, rows, needed)]
    return as_examples(pl.concat(found), check.values, id_column)


def as_examples(
    rows: pl.DataFrame, values: Sequence[str], id_column: str | None
) -> tuple[Example, ...]:
    """Rows with a `ROW` column as records; several values by the names of their columns."""
    return tuple(
        Example(
            row=row[ROW],
            key={id_column: plain(row[id_column])} if id_column in row else {},
            value=plain(row[values[0]])
            if len(values) == 1
            else {name: plain(row[name]) for name in values if name in row},
        )
        for row in rows.to_dicts()
    )


def sensitive_columns(data: DataSpec) -> frozenset[str]:
    """The columns whose values are shown nowhere outside a terminal."""
    return frozenset(name for name, column in data.columns.items() if column.sensitive)


def redact(
    results: Sequence[CheckResult], mode: Mode, sensitive: Collection[str]
) -> tuple[CheckResult, ...]:
    """`results` as they may be written: `values` of all but sensitive columns, `keys`, or `none`.

    Withheld values are None with `shown` False; under `none` there are no examples at all. A
    `detail` is kept only where values are.
    """
    return tuple(_redact(result, mode, sensitive) for result in results)


def _redact(result: CheckResult, mode: Mode, sensitive: Collection[str]) -> CheckResult:
    touches = bool({result.column, *result.columns} & set(sensitive))
    detail = result.detail if mode == "values" and not touches else ""
    examples = () if mode == "none" else result.examples
    return msgspec.structs.replace(
        result,
        detail=detail,
        examples=tuple(_withhold(one, mode, sensitive, touches=touches) for one in examples),
    )


def _withhold(
    example: Example, mode: Mode, sensitive: Collection[str], *, touches: bool
) -> Example:
    """`touches` says that the check looks at a sensitive column."""
    key = {name: value for name, value in example.key.items() if name not in sensitive}
    if mode != "keys" and isinstance(example.value, dict):
        value = {name: cell for name, cell in example.value.items() if name not in sensitive}
        return Example(example.row, key, value, shown=len(value) == len(example.value))
    if mode == "keys" or touches:
        return Example(example.row, key, None, shown=False)
    return Example(example.row, key, example.value)


def redacted(report: CheckReport) -> CheckReport:
    """The same report as it may be written."""
    checks = redact(report.checks, report.shows, report.sensitive)
    return msgspec.structs.replace(report, checks=checks)
