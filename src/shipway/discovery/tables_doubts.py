# SPDX-License-Identifier: Apache-2.0
"""Odd values: texts that stand for "missing", numbers that seem to, typos, rows that repeat.

Only a text that can't be anything else becomes one of `nulls`; everything else is told and left to
whoever knows the data.
"""

from collections.abc import Iterator
from typing import NamedTuple

import polars as pl

from shipway.data.parsing import parse_text
from shipway.discovery.tables import ColumnFinding, Doubt
from shipway.discovery.tables_columns import NUMBERS, typed_frame

SURE = ("?", "N/A", "n/a", "#N/A", "#NA", "NaN", "nan", "NULL", "null", "<NA>", "-nan", "1.#QNAN")
UNSURE = ("NA", "na", "None", "none", "-", "--", ".", "unknown", "Unknown", "UNKNOWN", "missing")
UNSURE_WORDS = ("unknown", "missing", "unk", "not available", "undefined", "tbd")
FAR = 3.0
MANY_ROWS = 100
PILE = 0.05


class Markers(NamedTuple):
    """Texts that stand for a missing value, and those that only may."""

    nulls: tuple[str, ...]
    doubts: tuple[Doubt, ...]


def find_markers(frame: pl.LazyFrame, *, text: bool) -> Markers:
    """Texts in `frame` that stand for a missing value.

    A marker is certain when it is a word like `N/A`, or when the column reads as numbers or dates
    without it. `NA` among other texts may be Namibia: a doubt.
    """
    schema = frame.collect_schema()
    names = [name for name, kind in schema.items() if kind == pl.String]
    counts = _count_markers(frame, names)
    held = {name: found for name, found in counts.items() if found}
    without = _otherwise_read(frame, list(held)) if text else set()
    clear: dict[str, list[str]] = {}
    unclear: dict[str, list[str]] = {}
    for name, found in held.items():
        for marker in found:
            group = clear if marker in SURE or name in without else unclear
            group.setdefault(marker, []).append(name)
    # What means missing in one column is treated so in all of them.
    nulls = tuple(marker for marker in clear if marker in SURE or marker not in unclear)
    doubts = [
        Doubt(name, f"{marker!r} in {_rows(held[name][marker])}: does it mean missing?")
        for marker, names in unclear.items()
        for name in [*names, *(clear.get(marker, []) if marker not in nulls else [])]
    ]
    return Markers(nulls, tuple(doubts))


def _count_markers(frame: pl.LazyFrame, names: list[str]) -> dict[str, dict[str, int]]:
    known = [*SURE, *UNSURE]
    queries = [
        pl.col(name).filter(pl.col(name).is_in(known)).value_counts().implode().alias(str(number))
        for number, name in enumerate(names)
    ]
    if not queries:
        return {}
    got = frame.select(queries).collect(engine="streaming").row(0)
    found: dict[str, dict[str, int]] = {}
    for name, counted in zip(names, got, strict=True):
        pairs = [tuple(each.values()) for each in counted if each is not None]
        found[name] = {str(marker): int(rows) for marker, rows in sorted(pairs)}
    return found


def _otherwise_read(frame: pl.LazyFrame, names: list[str]) -> set[str]:
    """Columns whose other cells are all numbers, or all dates."""
    known = [*SURE, *UNSURE]
    queries = []
    for name in names:
        rest = pl.when(~pl.col(name).is_in(known)).then(pl.col(name))
        for kind in ("float", "datetime"):
            reads = rest.is_null() | parse_text(rest, kind).is_not_null()
            queries.append((reads.all() & rest.is_not_null().any()).alias(f"{kind}.{name}"))
    if not queries:
        return set()
    got = frame.select(queries).collect(engine="streaming").row(0, named=True)
    return {name for name in names if got[f"float.{name}"] or got[f"datetime.{name}"]}


def doubts(
    frame: pl.LazyFrame, columns: tuple[ColumnFinding, ...], *, text: bool
) -> tuple[Doubt, ...]:
    """What is odd about the values."""
    typed, _ = typed_frame(frame, text=text)
    found = [*_words(columns)]
    for column in columns:
        if column.missing == column.rows > 0:
            found.append(Doubt(column.name, "holds no value at all"))
        elif column.constant:
            found.append(Doubt(column.name, "has one and the same value in every row"))
        if not column.name.strip():
            found.append(Doubt(column.name, "a column has no name: an index that was saved along?"))
    numeric = [c for c in columns if c.type in NUMBERS and c.distinct > 2 and not c.counter]
    found += _ends(typed, numeric)
    return tuple(found)


def _words(columns: tuple[ColumnFinding, ...]) -> Iterator[Doubt]:
    for column in columns:
        for value, rows in column.values:
            if column.type == "string" and value.lower() in UNSURE_WORDS and value not in UNSURE:
                yield Doubt(column.name, f"{value!r} in {_rows(rows)}: does it mean missing?")


def _ends(typed: pl.LazyFrame, columns: list[ColumnFinding]) -> Iterator[Doubt]:
    """The lowest and the highest value of each column, beside their neighbours."""
    queries = []
    for column in columns:
        value = pl.col(column.name)
        for end, inner in (("low", value > column.low), ("high", value < column.high)):
            next_ = value.filter(inner)
            queries.append(
                (next_.min() if end == "low" else next_.max()).alias(f"{end}.{column.name}")
            )
            at_end = value == (column.low if end == "low" else column.high)
            queries.append(at_end.sum().alias(f"{end} rows.{column.name}"))
    if not queries:
        return
    got = typed.select(queries).collect(engine="streaming").row(0, named=True)
    for column in columns:
        name = column.name
        yield from _low(column, got[f"low.{name}"], got[f"low rows.{name}"])
        yield from _high(column, got[f"high.{name}"], got[f"high rows.{name}"])


def _high(column: ColumnFinding, next_: float | None, rows: int) -> Iterator[Doubt]:
    high = column.high
    if high is None or next_ is None or high <= 0:
        return
    far = high >= FAR * max(abs(next_), 1)
    if far and _is_sentinel(high):
        text = f"{high:.15g} in {_rows(rows)}, the next is {next_:.15g}: does it mean missing?"
        yield Doubt(column.name, text, "max")
    elif far and rows <= 3 and next_ > 0 and column.rows >= MANY_ROWS and column.distinct > 20:
        text = f"{high:.15g} in {_rows(rows)}, the next is {next_:.15g}: a typing error?"
        yield Doubt(column.name, text)


def _low(column: ColumnFinding, next_: float | None, rows: int) -> Iterator[Doubt]:
    low, high = column.low, column.high
    if low is None or next_ is None or high is None:
        return
    far = low < 0 and (next_ >= 0 or low <= FAR * min(next_, -1))
    if far and (_is_sentinel(low) or low == -1):
        text = f"{low:.15g} in {_rows(rows)}, the next is {next_:.15g}: does it mean missing?"
        yield Doubt(column.name, text, "min")
    elif rows > max(PILE * column.rows, 10) and column.distinct > 100 and low > 0:
        yield Doubt(column.name, f"exactly {low:.15g} in {_rows(rows)}: a default value?")


def _is_sentinel(value: float) -> bool:
    """99, -999, 99999999: numbers that people write for "unknown"."""
    digits = f"{abs(value):.15g}"
    return digits.isdigit() and len(digits) >= 2 and set(digits) == {"9"}


def repeated_rows(frame: pl.LazyFrame) -> int:
    """How many rows are there already, equal in every column."""
    table = frame.collect(engine="streaming")
    return int(table.height - table.n_unique()) if table.width else 0


def _rows(rows: int) -> str:
    return "1 row" if rows == 1 else f"{rows:,} rows"
