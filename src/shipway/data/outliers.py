# SPDX-License-Identifier: Apache-2.0
"""Values beyond bounds that follow from the column's finite values; infinity is beyond any.

`iqr`: quartiles (linear interpolation) ± factor × interquartile range (Tukey 1977), from a sample
of rows unless `exact` is demanded or too few of its rows have a value: `sampling` states how far
they may be off in rank. `z`: mean ±
factor × sample standard deviation, over all values.

Where smallest and largest value lie within the bounds, nothing more is read. Otherwise the column
is looked at again, and its outliers are counted one by one.
"""

import math

import polars as pl

from shipway.data.check import Check, Judge, Measure, Measured, Outcome, ReadColumn, amount, at_most
from shipway.data.columns import View, unfit
from shipway.data.merging import Moments
from shipway.data.sampling import Sample
from shipway.spec.types import ColumnSpec, OutliersSpec

NUMBERS = ("integer", "float")
DIGITS = 12
ENOUGH = 4096
QUARTILES = (0.25, 0.75)
Bounds = tuple[float, float]


def outliers_check(view: View, spec: ColumnSpec) -> Check:
    """The check of `spec.outliers`, which is there; InputError where the column has no numbers."""
    wanted = spec.outliers
    assert wanted is not None  # noqa: S101 - the caller asked for this check
    if view.type not in NUMBERS:
        raise unfit(view, "outliers", "only numbers have them")
    value = pl.col(view.name).cast(pl.Float64)
    finite = pl.when(value.is_finite()).then(value)
    measures = {"low": Measure(value.min(), "min"), "high": Measure(value.max(), "max")}
    if wanted.method == "z":
        measures["moments"] = Measure(finite, "moments")
    elif not wanted.exact:
        measures["sample"] = Measure(finite, "sample")

    def look_again(measured: Measured, read: ReadColumn) -> Check | None:
        low, high = measured["low"], measured["high"]
        if low is None:
            return None
        bounds = _bounds(measured, wanted, read, finite)
        if bounds is not None and bounds[0] <= low <= high <= bounds[1]:
            return None
        return _counting(view, wanted, bounds, _error(measured))

    return Check(
        column=view.name,
        name="outliers",
        expected=_expected(wanted),
        keys=("data", "columns", view.name, "outliers"),
        judge=_none,
        measures=measures,
        look_again=look_again,
    )


def _none(measured: Measured, rows: int) -> Outcome:
    """The judgement when all values lie within."""
    return at_most_none({"failing": 0}, rows)


at_most_none: Judge = at_most(OutliersSpec("z", 1).at_most)


def _expected(wanted: OutliersSpec) -> str:
    return f"{wanted.method} × {wanted.factor:g}, at most {amount(wanted.at_most)}"


def _counting(view: View, wanted: OutliersSpec, bounds: Bounds | None, error: float) -> Check:
    """Counts the values outside of known bounds; without any finite value only infinite ones."""
    value = pl.col(view.name).cast(pl.Float64)
    offending = value.is_infinite()
    if bounds is not None:
        offending = offending | (value < bounds[0]) | (value > bounds[1])
    words = f"bounds {bounds[0]:.6g} to {bounds[1]:.6g}" if bounds else "no finite value"
    words += f", quartiles within {error:.1%} of rank" if error else ""
    return Check(
        column=view.name,
        name="outliers",
        expected=_expected(wanted),
        keys=("data", "columns", view.name, "outliers"),
        judge=at_most(wanted.at_most, lambda measured: words),
        offending=offending.fill_null(value=False),
        values=(view.name,),
    )


def _bounds(
    measured: Measured, wanted: OutliersSpec, read: ReadColumn, finite: pl.Expr
) -> Bounds | None:
    """None where there is no finite value."""
    if wanted.method == "z":
        moments: Moments = measured["moments"]
        reach = wanted.factor * (moments.sd or 0.0)
        return _around(moments.mean, moments.mean, reach) if moments.count else None
    sample: Sample | None = measured.get("sample")
    if sample is not None and (sample.whole or len(sample.values) >= ENOUGH):
        quartiles = [sample.quantile(each) for each in QUARTILES]
    else:
        column = read(finite).drop_nulls()
        quartiles = [column.quantile(each, interpolation="linear") for each in QUARTILES]
    first, third = quartiles
    if first is None or third is None:
        return None
    return _around(first, third, wanted.factor * (third - first))


def _around(low: float, high: float, reach: float) -> Bounds:
    """`low` - `reach` and `high` + `reach`, widened by the digits that sums may be off by."""
    size = max(abs(low), abs(high), abs(reach))
    slack = size * 10.0**-DIGITS if math.isfinite(size) else 0.0
    return low - reach - slack, high + reach + slack


def _error(measured: Measured) -> float:
    sample: Sample | None = measured.get("sample")
    return sample.rank_error() if sample is not None and len(sample.values) >= ENOUGH else 0.0
