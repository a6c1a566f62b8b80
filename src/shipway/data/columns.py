# SPDX-License-Identifier: Apache-2.0
"""Columns as the spec sees them: what type a column has, and whether that is the declared one.

`view` gives for each column an expression of its typed values. In a text table (CSV) every type is
read from the text; in a typed one (Parquet) only harmless differences are bridged: whole floats
are integers, midnights are dates, numbers and truth values may be categories.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from shipway.base.errors import InputError
from shipway.data.inference import infer_types
from shipway.data.layout import Mark
from shipway.data.parsing import as_moment, integral, parse_text
from shipway.spec.types import ColumnSpec, ColumnType

RAW = "\x00raw "
BAD = "\x00bad "


@dataclass(frozen=True)
class View:
    """One column: its name, the type that its values have, the values, and the type in the file.

    `lossy` says that reading may fail for single cells; `wrong` that the file's type is not the
    declared one at all (then `values` are those of the file); `empty` that there is no value from
    which a type could follow.
    """

    name: str
    type: str
    values: pl.Expr
    found: str
    lossy: bool = False
    wrong: bool = False
    empty: bool = False


def type_name(dtype: pl.DataType) -> str:
    """The spec's word for a polars type; polars' own, in lower case, when there is none."""
    if dtype.is_integer() or (isinstance(dtype, pl.Decimal) and dtype.scale == 0):
        return "integer"
    if dtype.is_numeric():
        return "float"
    if isinstance(dtype, pl.String | pl.Categorical | pl.Enum):
        return "string"
    names = {pl.Boolean: "boolean", pl.Date: "date", pl.Datetime: "datetime"}
    return names.get(type(dtype), str(dtype).lower())


def demanded_type(spec: ColumnSpec | None) -> ColumnType | None:
    """The declared type, or else the one that the demands only make sense for."""
    if spec is None or spec.type is not None:
        return spec.type if spec else None
    bounds = (spec.min, spec.max)
    if spec.newest_within is not None or any(isinstance(bound, str) for bound in bounds):
        return "datetime"
    if spec.outliers is not None or any(bound is not None for bound in bounds):
        return "float"
    return None


def views(
    frame: pl.LazyFrame,
    names: Iterable[str],
    specs: Mapping[str, ColumnSpec],
    *,
    text: bool,
    dates: bool,
    decimal: Mark = ".",
) -> dict[str, View]:
    """A view of each of the columns `names`, which all exist in `frame`.

    `text` says that the table comes from a format without types; `dates` that undeclared text
    columns may be inferred to be dates; `decimal` is the mark in numbers that are text.
    """
    schema = frame.collect_schema()
    kinds: dict[str, ColumnType | None] = {name: demanded_type(specs.get(name)) for name in names}
    if not text:
        return {
            name: _typed(name, schema[name], kind, declared=_is_declared(specs.get(name)))
            for name, kind in kinds.items()
        }
    open_names = [name for name, kind in kinds.items() if kind is None]
    inferred = infer_types(frame, open_names, dates=dates, decimal=decimal)
    return {name: _from_text(name, kind or inferred[name], decimal) for name, kind in kinds.items()}


def _is_declared(spec: ColumnSpec | None) -> bool:
    return spec is not None and spec.type is not None


def _from_text(name: str, kind: ColumnType | None, decimal: Mark) -> View:
    if kind is None:
        return View(name, "string", pl.col(name), "text", empty=True)
    lossy = kind not in ("string", "category")
    return View(name, kind, parse_text(pl.col(name), kind, decimal), "text", lossy=lossy)


def _typed(name: str, dtype: pl.DataType, kind: ColumnType | None, *, declared: bool) -> View:
    found = type_name(dtype)
    values = _plain(pl.col(name), dtype)
    match kind, found:
        case ("integer", "float"):
            return View(name, "integer", integral(values), found, lossy=True)
        case ("float", "integer") if not declared:
            # As floats, whole numbers beyond 2**53 would be alike.
            return View(name, "integer", values, found)
        case ("float", "integer"):
            return View(name, "float", values.cast(pl.Float64), found)
        case ("date", "datetime"):
            midnight = pl.when(values == values.dt.truncate("1d")).then(values)
            return View(name, "date", midnight.cast(pl.Date), found, lossy=True)
        case ("datetime", "date"):
            return View(name, "datetime", as_moment(values, pl.Date()), found)
        case (_, "null"):
            kind = kind or "string"
            return View(name, kind, parse_text(values.cast(pl.String), kind), found, empty=True)
        case ("category", "string" | "integer" | "boolean"):
            return View(name, found, values, found)
        case _:
            return View(name, found, values, found, wrong=kind is not None and kind != found)


def _plain(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """The same values in the plainest type: text for categories, floats for decimals (of which
    whole ones stay exact), UTC.
    """
    if isinstance(dtype, pl.Categorical | pl.Enum):
        return column.cast(pl.String)
    if isinstance(dtype, pl.Decimal):
        return column.cast(pl.Float64 if dtype.scale else pl.Int128)
    return as_moment(column, dtype) if isinstance(dtype, pl.Datetime) else column


def stored_name(name: str) -> str:
    """The column of the file that a column of a prepared frame is made of."""
    return name.removeprefix(RAW).removeprefix(BAD)


def prepare(frame: pl.LazyFrame, views: Mapping[str, View]) -> pl.LazyFrame:
    """A frame for checks: each viewed column that `frame` has, with typed values, and beside it
    `RAW` + name, the cell as it stands in the file, and `BAD` + name, whether it can't be read.

    Values are null where they are missing (NaN included) or can't be read.
    """
    schema = frame.collect_schema()
    views = {name: view for name, view in views.items() if name in schema}
    held = [pl.col(name).alias(RAW + name) for name in views]
    read = [view.values.alias(name) for name, view in views.items()]
    made: list[pl.Expr] = []
    for name, view in views.items():
        value, raw = pl.col(name), pl.col(RAW + name)
        given = raw.fill_nan(None) if schema[name].is_float() else raw
        bad = given.is_not_null() & value.is_null() if view.lossy else pl.lit(value=False)
        plain = value.fill_nan(None) if view.type == "float" else value
        made += [plain, raw, bad.alias(BAD + name)]
    # Without any column polars would forget how many rows there are. Read first, so that no cell
    # is read twice.
    return frame.select(*held, *read).select(made) if made else frame


def typed(
    frame: pl.LazyFrame, specs: Mapping[str, ColumnSpec], *, text: bool, decimal: Mark = "."
) -> pl.LazyFrame:
    """All columns of a text table as declared or inferred; of a typed one, as declared.

    Cells that can't be read become null: check the table first. Undeclared text that looks like a
    date stays text, as every CSV reader that the user's code may use would leave it.
    """
    names = frame.collect_schema().names()
    if not text:
        names = [name for name in names if name in specs]
    found = views(frame, names, specs, text=text, dates=False, decimal=decimal)
    return frame.with_columns(view.values.alias(name) for name, view in found.items())


def mark_of(text: Collection[str], table: str) -> Mark:
    """The decimal mark of a table of text: `text` names such tables, a mapping says the mark."""
    mark: Mark = "." if not isinstance(text, Mapping) else text.get(table, ".")
    return mark


def unfit(view: View, key: str, why: str) -> InputError:
    """The error of a demand `key` that a column of this type can't have."""
    return InputError(
        f"column {view.name!r} is of type {view.type}, it can't have {key!r}: {why}",
        cure="Change the demand, or declare the column's type.",
    )
