# SPDX-License-Identifier: Apache-2.0
"""The demand that a column is sorted; `ordering` measures it."""

import polars as pl

from shipway.data.check import Check, Measure, Measured, Outcome, at_most
from shipway.data.columns import View, unfit
from shipway.data.demand import place_of
from shipway.data.ordering import Order
from shipway.spec.types import Amount, ColumnSpec

ORDERED = ("integer", "float", "string", "category", "boolean", "date", "datetime")


def sorted_check(view: View, spec: ColumnSpec) -> Check:
    """No value is beyond the one before it; equal neighbours are in order, missing ones skipped."""
    direction = spec.sorted
    assert direction is not None  # noqa: S101 - the caller asked for this check
    if view.type not in ORDERED:
        raise unfit(view, "sorted", "its values have no order")

    def judge(measured: Measured, rows: int) -> Outcome:
        order: Order = measured["order"]
        return at_most(Amount(0))({"failing": order.breaks}, rows)

    return Check(
        column=view.name,
        name="sorted",
        expected=direction,
        keys=(*place_of(view), "sorted"),
        judge=judge,
        measures={"order": Measure(pl.col(view.name), direction)},
        values=(view.name,),
    )
