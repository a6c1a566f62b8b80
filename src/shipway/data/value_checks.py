# SPDX-License-Identifier: Apache-2.0
"""What may be demanded of how single values look: length of a text, decimals of a number."""

import polars as pl

from shipway.data.check import Check, Measure, Measured, at_most
from shipway.data.columns import RAW, View, unfit
from shipway.data.demand import demand_check
from shipway.spec.types import Amount, ColumnSpec

NUMBERS = ("integer", "float")
NONE = Amount(0)
# How far, in units of the last digit, a number may be off and still have no more decimals: sums
# of money are binary fractions. Beyond 2^46 units of it the number itself is no more exact.
SLACK, RELATIVE = 1e-6, 2.0**-46


def length_check(view: View, spec: ColumnSpec) -> Check:
    """Texts have so many characters, as they stand in the file; missing ones have none to count."""
    wanted = spec.length
    assert wanted is not None  # noqa: S101 - the caller asked for this check
    if view.found not in ("text", "string"):
        raise unfit(view, "length", "only text has one")
    length = pl.col(RAW + view.name).cast(pl.String).str.len_chars()
    low, high = wanted.min, wanted.max
    outside = pl.lit(value=False)
    if low is not None:
        outside = outside | (length < low)
    if high is not None:
        outside = outside | (length > high)
    offending = outside & length.is_not_null()
    shortest, longest = length.filter(offending).min(), length.filter(offending).max()

    def say(measured: Measured) -> str:
        few, many = measured["shortest"], measured["longest"]
        return f"{few} characters" if few == many else f"{few} to {many} characters"

    return demand_check(
        view,
        "length",
        _range(low, high, "characters"),
        offending,
        at_most(wanted.at_most, say),
        shortest=Measure(shortest, "min"),
        longest=Measure(longest, "max"),
    )


def _range(low: int | None, high: int | None, unit: str) -> str:
    """`2 to 5 characters`, `at least 2 characters`, `2 characters`."""
    if low == high:
        return f"{low} {unit}"
    if high is None:
        return f"at least {low} {unit}"
    return f"at most {high} {unit}" if low is None else f"{low} to {high} {unit}"


def decimals_check(view: View, spec: ColumnSpec) -> Check:
    """Numbers have no more than so many digits behind the point; infinity has none."""
    if view.type not in NUMBERS:
        raise unfit(view, "decimals", "only numbers have them")
    digits = spec.decimals or 0
    scaled = pl.col(view.name).cast(pl.Float64) * 10.0**digits
    off = (scaled - scaled.round(0)).abs()
    slack = pl.max_horizontal(pl.lit(SLACK), scaled.abs() * RELATIVE)
    offending = (off > slack) & scaled.is_finite()
    return demand_check(view, "decimals", f"at most {digits}", offending, at_most(NONE))
