# SPDX-License-Identifier: Apache-2.0
"""Text columns read as typed values.

A cell that can't be read becomes null; who needs to tell it from a missing one compares with the
text. Dates are ISO 8601; a moment with an offset is turned to UTC, one without is taken as it is.
Blanks around a number, date or truth value are not part of it.
"""

import functools

import polars as pl

from shipway.data.layout import Mark
from shipway.data.plain_cells import read_plainly
from shipway.spec.types import ColumnType

MOMENT = pl.Datetime("us")
BY_LENGTH = {19: "%Y-%m-%d %H:%M:%S", 16: "%Y-%m-%d %H:%M", 10: "%Y-%m-%d"}
TYPES: dict[str, pl.DataType] = {
    "integer": pl.Int64(),
    "float": pl.Float64(),
    "boolean": pl.Boolean(),
    "date": pl.Date(),
    "datetime": MOMENT,
}
POINT = "[.eE]"
FRACTION = "%Y-%m-%d %H:%M:%S%.f"
ZONED = ("%Y-%m-%d %H:%M:%S%.f%#z", "%Y-%m-%d %H:%M%#z")


def parse_text(text: pl.Expr, kind: ColumnType, decimal: Mark = ".") -> pl.Expr:
    """`text` (a string column) read as `kind`; null where it can't be read.

    Where `decimal` is a comma, a number with a point is none: it may divide thousands.
    """
    if kind in ("string", "category"):
        return text
    if decimal == "," and kind in ("integer", "float"):
        text = _with_point(text)
    read = functools.partial(_read, kind=kind)
    return text.map_batches(read, return_dtype=TYPES[kind], is_elementwise=True)


def _read(text: pl.Series, kind: ColumnType) -> pl.Series:
    """First the way in which nearly all cells are written; the rest the patient way."""
    values = read_plainly(text, kind)
    if values.null_count() == text.null_count():
        return values
    rest = (values.is_null() & text.is_not_null()).arg_true()
    return values.scatter(rest, pl.select(_patiently(pl.lit(text.gather(rest)), kind)).to_series())


def _patiently(text: pl.Expr, kind: ColumnType) -> pl.Expr:
    """Every way of writing a value that counts."""
    match kind:
        case "integer":
            return _integers(text.str.strip_chars())
        case "float":
            return text.str.strip_chars().cast(pl.Float64, strict=False)
        case "boolean":
            return _booleans(text.str.strip_chars())
        case "date":
            return text.str.strip_chars().str.to_date("%Y-%m-%d", strict=False)
        case _:
            return _moments(text.str.strip_chars())


def _with_point(text: pl.Expr) -> pl.Expr:
    """Decimal commas as points; null where there is a point already."""
    plain = pl.when(~text.str.contains(".", literal=True)).then(text)
    return plain.str.replace(",", ".", literal=True)


def _integers(text: pl.Expr) -> pl.Expr:
    """Also `3.0`, which is how a column of whole numbers with gaps is often written."""
    pointed = pl.when(text.str.contains(POINT)).then(text)
    whole = text.cast(pl.Int64, strict=False)
    return pl.coalesce(whole, integral(pointed.cast(pl.Float64, strict=False)))


def integral(number: pl.Expr) -> pl.Expr:
    """A float column as whole numbers; null where it is none."""
    return pl.when(number == number.floor()).then(number).cast(pl.Int64, strict=False)


def _booleans(text: pl.Expr) -> pl.Expr:
    lower = text.str.to_lowercase()
    return pl.when(lower.is_in(["true", "1", "false", "0"])).then(lower.is_in(["true", "1"]))


def _moments(text: pl.Expr) -> pl.Expr:
    """Each form of ISO 8601 only looks at cells of its length: parsing is what costs time here."""
    blank = text.str.replace("T", " ", literal=True, n=1)
    length = blank.str.len_bytes()
    short = [_moment(pl.when(length == size).then(blank), form) for size, form in BY_LENGTH.items()]
    other = pl.when(~length.is_in(list(BY_LENGTH))).then(blank)
    # No fraction of a second has such a sign near its end.
    offset = pl.when(other.str.tail(6).str.contains("[-+Zz]")).then(other)
    zoned = [_moment(offset, form).dt.replace_time_zone(None) for form in ZONED]
    return pl.coalesce(*short, _moment(other, FRACTION), *zoned)


def _moment(text: pl.Expr, form: str) -> pl.Expr:
    return text.str.to_datetime(form, strict=False, time_unit="us")


def as_moment(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """A date or datetime column as datetimes in UTC without a zone."""
    if isinstance(dtype, pl.Datetime) and dtype.time_zone is not None:
        column = column.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    return column.cast(MOMENT)
