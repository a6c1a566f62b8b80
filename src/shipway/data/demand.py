# SPDX-License-Identifier: Apache-2.0
"""A demand on one column as a check, and the terms that it was made on.

`with_terms` lets any check of a column tolerate some rows (`at_most`), and a failure be no more
than a warning (`on_fail`), so that no single check needs to know of either.
"""

from dataclasses import replace

import polars as pl

from shipway.data.check import Check, Judge, Measure, Measured, Outcome, ReadColumn, amount
from shipway.data.columns import View
from shipway.spec.demands import Terms
from shipway.spec.document import KeyPath


def place_of(view: View) -> KeyPath:
    """Where the spec demands something of the column."""
    return ("data", "columns", view.name)


def demand_check(
    view: View,
    key: str,
    expected: str,
    offending: pl.Expr,
    judge: Judge,
    guard: pl.Expr | None = None,
    **measures: Measure,
) -> Check:
    """The check of the demand `key` on a column, whose offending rows show its value."""
    return Check(
        column=view.name,
        name=key,
        expected=expected,
        keys=(*place_of(view), key),
        judge=judge,
        offending=offending,
        guard=guard,
        measures=measures,
        values=(view.name,),
    )


def with_terms(check: Check, terms: Terms) -> Check:
    """`check`, and whatever it leads to, on those terms."""
    if terms == Terms():
        return check
    allowed = terms.at_most
    again = check.look_again

    def judge(measured: Measured, rows: int) -> Outcome:
        found = check.judge(measured, rows)
        tolerated = found.verdict == "failed" and 0 < found.failing <= allowed.of(rows) + 1e-9
        return found._replace(verdict="passed", detail="") if tolerated else found

    def look_again(measured: Measured, read: ReadColumn) -> Check | None:
        next_one = again(measured, read) if again is not None else None
        return with_terms(next_one, terms) if next_one is not None else None

    few = f"at most {amount(allowed)}" if allowed.value else ""
    return replace(
        check,
        expected=", ".join(part for part in (check.expected, few) if part),
        judge=judge,
        look_again=look_again if again is not None else None,
        on_fail=terms.on_fail,
    )
