# SPDX-License-Identifier: Apache-2.0
"""What may be demanded of whole tables: rules across columns, and numbers of rows."""

from collections.abc import Callable, Mapping

import polars as pl

from shipway.data.check import Check, Measure, Measured, Outcome, always, count
from shipway.data.columns import View
from shipway.data.rules import compile_condition
from shipway.records.data import CheckResult
from shipway.spec.document import KeyPath
from shipway.spec.expressions import columns, parse
from shipway.spec.types import RowsSpec

LineOf = Callable[..., int]


def rule_check(
    text: str, keys: KeyPath, schema: Mapping[str, pl.DataType], views: Mapping[str, View]
) -> Check:
    """A rule across columns; a row where it can't be decided is counted as missing, not as broken.

    It fails unasked where a column is not there or not of its declared type.
    """
    expression = parse(text)
    names = columns(expression)
    absent = [name for name in names if name not in views]
    wrong = [name for name in names if name in views and views[name].wrong]
    if absent or wrong:
        what = f"there is no column {absent[0]!r}" if absent else f"{wrong[0]!r} has another type"
        return Check("", "rule", text, keys, always(what), columns=names)
    known = {name: pl.Null() if views[name].empty else schema[name] for name in names}
    held = compile_condition(expression, known)
    measures = {"missing": Measure(held.is_null().sum())}
    return Check("", "rule", text, keys, _judge_rule, ~held, measures, names, names)


def _judge_rule(measured: Measured, rows: int) -> Outcome:
    failing, missing = int(measured["failing"]), int(measured["missing"])
    observed = count(failing, rows)
    if missing:
        observed += f"; {missing:,} not decided, values are missing"
    return Outcome("failed" if failing else "passed", observed, failing=failing)


def rows_checks(
    demand: RowsSpec | None, counts: Mapping[str, int], line_of: LineOf
) -> list[CheckResult]:
    """The number of rows of the tables together; a table without any row fails in any case."""
    results = [
        _rows(name, "at least 1", 0, False, line_of("data", name))
        for name, rows in counts.items()
        if rows == 0
    ]
    total, together = sum(counts.values()), "+".join(counts)
    if demand is not None and demand.min is not None:
        expected, line = f"at least {demand.min:,}", line_of("data", "rows", "min")
        results.append(_rows(together, expected, total, total >= demand.min, line))
    if demand is not None and demand.max is not None:
        expected, line = f"at most {demand.max:,}", line_of("data", "rows", "max")
        results.append(_rows(together, expected, total, total <= demand.max, line))
    return results


def _rows(dataset: str, expected: str, rows: int, passed: bool, line: int) -> CheckResult:
    return CheckResult(
        dataset=dataset,
        column="",
        check="rows",
        verdict="passed" if passed else "failed",
        observed=f"{rows:,} rows",
        expected=expected,
        rows=rows,
        line=line,
    )
