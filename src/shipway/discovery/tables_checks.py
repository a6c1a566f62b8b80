# SPDX-License-Identifier: Apache-2.0
"""From what a column is to what a spec demands of it, with room for tomorrow's rows.

A range is widened by half of itself, and begins at 0 where nothing is negative; a share of missing
values may grow by half. What is in doubt (a 99999999 at the end of a range) gets no bound.
"""

import math

import msgspec

from shipway.discovery.tables import ColumnFinding, Doubt, TableFinding
from shipway.spec.types import Amount, ColumnSpec

MOST_CATEGORIES = 20
ROWS_PER_CATEGORY = 5
LONGEST_CATEGORY = 40
NUMBERS = ("integer", "float")
MOST_MISSING = 0.9
CALENDAR = {
    "month": (1, 12),
    "day": (1, 31),
    "hour": (0, 23),
    "minute": (0, 59),
    "second": (0, 59),
    "weekday": (0, 7),
    "week": (0, 53),
    "quarter": (1, 4),
}
SHARES = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


def column_checks(
    table: TableFinding, target: str = "", *, classes: bool = False
) -> dict[str, ColumnSpec]:
    """What is demanded of each column of `table`; `classes`: the target is one of a few."""
    found = {
        column.name: column_check(
            column,
            [doubt for doubt in table.doubts if doubt.column == column.name],
            is_classes=classes and column.name == target,
        )
        for column in table.columns
        if column.type is not None
    }
    if table.sampled:
        # Whether each value is there once takes the whole of a large table into memory.
        return {n: msgspec.structs.replace(spec, unique=False) for n, spec in found.items()}
    return found


def column_check(
    column: ColumnFinding, doubts: list[Doubt], *, is_classes: bool = False
) -> ColumnSpec:
    """What is demanded of one column."""
    values: tuple[str, ...] | None = None
    kind = column.type
    if is_classes or _is_flag(column):
        values = sort_values([value for value, _ in column.values]) or None
        kind = "category" if kind == "string" and values else kind
    elif is_category(column):
        kind, values = "category", sort_values([value for value, _ in column.values])
    low, high = (None, None) if values else bounds(column)
    spoilt = {doubt.bound for doubt in doubts}
    return ColumnSpec(
        type=kind,
        min=None if "min" in spoilt else low,
        max=None if "max" in spoilt else high,
        values=None if kind == "boolean" else values,
        unique=column.unique and is_key(column),
        max_missing=allowed_missing(column),
    )


def is_category(column: ColumnFinding) -> bool:
    """A text with few different values, each of them short."""
    return (
        column.type == "string"
        and 0 < column.distinct <= MOST_CATEGORIES
        and len(column.values) == column.distinct
        and column.distinct * ROWS_PER_CATEGORY <= column.rows - column.missing
        and all(0 < len(value) <= LONGEST_CATEGORY for value, _ in column.values)
    )


def is_key(column: ColumnFinding) -> bool:
    """A column that tells rows apart, and is meant to."""
    return column.unique and column.type in ("string", "integer")


def _is_flag(column: ColumnFinding) -> bool:
    """A number that is 0 or 1."""
    return column.type == "integer" and {v for v, _ in column.values} == {"0", "1"}


def sort_values(values: list[str]) -> tuple[str, ...]:
    """Numbers by size, texts by letters."""
    try:
        return tuple(sorted(values, key=float))
    except ValueError:
        return tuple(sorted(values))


def bounds(column: ColumnFinding) -> tuple[float | None, float | None]:
    """A range with room on both sides; none where the values say nothing about one."""
    low, high = column.low, column.high
    if column.type not in NUMBERS or low is None or high is None or low == high:
        return None, None
    if column.unique and column.type == "integer":
        return (0 if low >= 0 else None), None
    if column.type == "float" and low >= 0 and high <= 1:
        return 0, 1
    first, last = CALENDAR.get(column.name.lower(), (1, 0))
    if first <= low and high <= last:
        return first, last
    least, most = _widened(low, high)
    # Next year will come.
    return least, None if column.name.lower() == "year" else most


def _widened(low: float, high: float) -> tuple[float | None, float | None]:
    """Half as much again on either side, to a round number; 0 where nothing lies beyond it."""
    span = float(high) - float(low)
    if not math.isfinite(span) or span == 0:
        return None, None
    step = 10.0 ** math.floor(math.log10(span))
    room = span / 2
    least = math.floor((low - room) / step) * step
    most = math.ceil((high + room) / step) * step
    if low >= 0 and (least <= 0 or low < span):
        least = 0
    if high <= 0 and (most >= 0 or -high < span):
        most = 0
    return _tidy(least), _tidy(most)


def _tidy(value: float) -> float:
    return float(f"{value:.12g}")


def allowed_missing(column: ColumnFinding) -> Amount | None:
    """None may be missing where none is; else half as many again; None where nearly all are."""
    if column.missing == 0:
        return Amount(0)
    share = 1.5 * column.missing / max(column.rows, 1)
    allowed = next((each for each in SHARES if each >= share), None)
    return None if allowed is None or share > MOST_MISSING else Amount(allowed, share=True)
