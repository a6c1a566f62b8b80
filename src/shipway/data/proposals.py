# SPDX-License-Identifier: Apache-2.0
"""From what a column is to what can be demanded of it, with room for tomorrow's rows.

A range is widened by half of itself, and begins at 0 where nothing is negative; a share of missing
values may grow by half. What is in doubt (a 99999999 at the end of a range) gets no bound. The
table that was examined fulfils all of it.
"""

import math

import msgspec

from shipway.data.examination import Examined
from shipway.data.suspicions.keys import is_id_name
from shipway.data.suspicions.time_parts import CALENDAR
from shipway.records.inference import Suspicion
from shipway.records.profile import ColumnProfile
from shipway.spec.types import Amount, ColumnSpec, ColumnType, DataSpec, RowsSpec

MOST_CATEGORIES = 20
ROWS_PER_CATEGORY = 5
LONGEST_CATEGORY = 40
NUMBERS = ("integer", "float")
MOST_MISSING = 0.9
SHARES = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
KINDS: dict[str, ColumnType] = {
    "string": "string",
    "category": "category",
    "integer": "integer",
    "float": "float",
    "boolean": "boolean",
    "date": "date",
    "datetime": "datetime",
}


def proposed_demands(examined: Examined) -> DataSpec:
    """All that can be demanded of a table like this one, as in a file of checks."""
    profile = examined.profile
    columns = proposed_columns(examined, classes=_is_classes(examined))
    return DataSpec(
        id=id_column(examined),
        nulls=examined.nulls,
        columns={name: spec for name, spec in columns.items() if name.strip()},
        rows=RowsSpec(min=profile.rows // 2) if profile.rows > 1 else None,
    )


def _is_classes(examined: Examined) -> bool:
    target = examined.profile.column(examined.profile.target or "")
    if target is None or target.type == "float":
        return False
    return 0 < target.distinct <= MOST_CATEGORIES and len(target.top) == target.distinct


def id_column(examined: Examined) -> str | None:
    """The column that names the rows: unique, and called like it."""
    for column in examined.profile.columns:
        if column.name in examined.keys and column.name.strip() and is_id_name(column.name):
            return column.name
    return None


def proposed_columns(
    examined: Examined, target: str = "", *, classes: bool = False
) -> dict[str, ColumnSpec]:
    """What can be demanded of each column; `classes`: the target is one of a few."""
    target = target or examined.profile.target or ""
    found = {
        column.name: column_check(
            column,
            examined.of(column.name),
            unique=column.name in examined.keys,
            is_classes=classes and column.name == target,
            is_sensitive=column.name in examined.sensitive,
        )
        for column in examined.profile.columns
        if not column.note and column.missing < column.rows
    }
    if examined.sampled:
        # Whether each value is there once takes the whole of a large table into memory.
        return {n: msgspec.structs.replace(spec, unique=False) for n, spec in found.items()}
    return found


def column_check(
    column: ColumnProfile,
    doubts: tuple[Suspicion, ...] = (),
    *,
    unique: bool = False,
    is_classes: bool = False,
    is_sensitive: bool = False,
) -> ColumnSpec:
    """What can be demanded of one column."""
    values: tuple[str, ...] | None = None
    kind = KINDS.get(column.type)
    if not is_sensitive and (is_classes or _is_flag(column)):
        values = sort_values(written_values(column)) or None
        kind = "category" if kind == "string" and values else kind
    elif not is_sensitive and is_category(column):
        kind, values = "category", sort_values(written_values(column))
    low, high = (None, None) if values else bounds(column, unique=unique)
    spoilt = {doubt.spoils for doubt in doubts}
    return ColumnSpec(
        type=kind,
        min=None if "min" in spoilt else low,
        max=None if "max" in spoilt else high,
        values=None if kind == "boolean" else values,
        unique=unique and column.type in ("string", "integer"),
        max_missing=allowed_missing(column),
        sensitive=is_sensitive,
    )


def written_values(column: ColumnProfile) -> list[str]:
    """The different values as the spec writes them, the most frequent first; `1.0` is 1."""
    return [_written(value) for value, _ in column.top]


def _written(value: object) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    short = text.removesuffix(".0")
    return short if isinstance(value, float) and short.lstrip("-").isdigit() else text


def is_category(column: ColumnProfile) -> bool:
    """A text with few different values, each of them short."""
    return (
        column.type in ("string", "category")
        and 0 < column.distinct <= MOST_CATEGORIES
        and len(column.top) == column.distinct
        and column.distinct * ROWS_PER_CATEGORY <= column.rows - column.missing
        and all(0 < len(str(value)) <= LONGEST_CATEGORY for value, _ in column.top)
    )


def _is_flag(column: ColumnProfile) -> bool:
    """A number that is 0 or 1."""
    return column.type == "integer" and {value for value, _ in column.top} == {0, 1}


def sort_values(values: list[str]) -> tuple[str, ...]:
    """Numbers by size, texts by letters."""
    try:
        return tuple(sorted(values, key=float))
    except ValueError:
        return tuple(sorted(values))


def bounds(column: ColumnProfile, *, unique: bool = False) -> tuple[float | None, float | None]:
    """A range with room on both sides; none where the values say nothing about one."""
    if column.not_finite or column.type not in NUMBERS:
        return None, None
    low, high = column.low, column.high
    if low is None or high is None or low == high:
        return None, None
    if unique and column.type == "integer":
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


def allowed_missing(column: ColumnProfile) -> Amount | None:
    """None may be missing where none is; else half as many again; None where nearly all are."""
    if column.missing == 0:
        return Amount(0)
    share = 1.5 * column.missing / max(column.rows, 1)
    allowed = next((each for each in SHARES if each >= share), None)
    return None if allowed is None or share > MOST_MISSING else Amount(allowed, share=True)
