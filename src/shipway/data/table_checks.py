# SPDX-License-Identifier: Apache-2.0
"""What may be demanded of whole tables: rules across columns, and numbers of rows."""

from collections.abc import Callable, Mapping

import polars as pl

from shipway.data.check import (
    Check,
    Judge,
    Measure,
    Measured,
    Outcome,
    always,
    amount,
    at_most,
)
from shipway.data.columns import View
from shipway.data.rules import compile_condition
from shipway.records.data import CheckResult
from shipway.spec.demands import Amount, OnFail, RuleSpec
from shipway.spec.document import KeyPath
from shipway.spec.expressions import columns, parse
from shipway.spec.types import RowsSpec

LineOf = Callable[..., int]


def rule_check(
    rule: RuleSpec, keys: KeyPath, schema: Mapping[str, pl.DataType], views: Mapping[str, View]
) -> Check:
    """A rule across columns; a row where it can't be decided is counted as missing, not as broken.

    It fails unasked where a column is not there or not of its declared type.
    """
    text = rule.rule
    expression = parse(text)
    names = columns(expression)
    absent = [name for name in names if name not in views]
    wrong = [name for name in names if name in views and views[name].wrong]
    expected = text + (f", at most {amount(rule.at_most)}" if rule.at_most.value else "")
    if absent or wrong:
        what = f"there is no column {absent[0]!r}" if absent else f"{wrong[0]!r} has another type"
        return Check("", "rule", expected, keys, always(what), columns=names, on_fail=rule.on_fail)
    known = {name: pl.Null() if views[name].empty else schema[name] for name in names}
    held = compile_condition(expression, known)
    return Check(
        column="",
        name="rule",
        expected=expected,
        keys=keys,
        judge=_judge_rule(rule.at_most),
        offending=~held,
        measures={"missing": Measure(held.is_null().sum())},
        values=names,
        columns=names,
        on_fail=rule.on_fail,
    )


def _judge_rule(allowed: Amount) -> Judge:
    def judge(measured: Measured, rows: int) -> Outcome:
        found = at_most(allowed)(measured, rows)
        missing = int(measured["missing"])
        more = f"; {missing:,} not decided, values are missing" if missing else ""
        return found._replace(observed=found.observed + more)

    return judge


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
        passed = total >= demand.min
        results.append(_rows(together, expected, total, passed, line, demand.on_fail))
    if demand is not None and demand.max is not None:
        expected, line = f"at most {demand.max:,}", line_of("data", "rows", "max")
        passed = total <= demand.max
        results.append(_rows(together, expected, total, passed, line, demand.on_fail))
    return results


def _rows(
    dataset: str, expected: str, rows: int, passed: bool, line: int, on_fail: OnFail = "stop"
) -> CheckResult:
    return CheckResult(
        dataset=dataset,
        column="",
        check="rows",
        verdict="passed" if passed else "failed",
        observed=f"{rows:,} rows",
        expected=expected,
        rows=rows,
        line=line,
        on_fail=on_fail,
    )
