# SPDX-License-Identifier: Apache-2.0
"""A table held against the signature of a model: which columns it needs, and what their cells say.

    reading = read_for(features, frame.collect_schema(), text=True)
    typed = reading.apply(piece)       # BadCell for the first cell that can't be read
    packed = pack_columns(typed, features)

Texts are read as the type that training saw, so that a column never changes its type from one piece
of a large table to the next.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec
import polars as pl

from shipway.data.columns import type_name
from shipway.data.parsing import integral, parse_text
from shipway.spec.types import ColumnType
from shipway_runtime.columns import Column
from shipway_runtime.formats import Feature

DEMANDS = {
    "float": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "string": "a text",
    "category": "a text, a whole number or a truth value",
    "date": "a date",
    "datetime": "a date and time",
}
# Which types of a typed file a feature takes, by the feature's type.
TAKES = {
    "float": ("float", "integer"),
    "integer": ("integer", "float"),
    "boolean": ("boolean", "integer"),
    "string": ("string",),
    "category": ("string", "integer", "boolean"),
    "date": ("date", "datetime", "string"),
    "datetime": ("datetime", "date", "string"),
}
MOMENT = "%Y-%m-%dT%H:%M:%S%.6f"


class BadCell(Exception):  # noqa: N818 - found in the user's table, for the caller to place
    """A cell that can't be read: the row of its piece from 0, its column, and what is wrong."""

    def __init__(self, row: int, column: str, problem: str) -> None:
        super().__init__(f"row {row}, {column}: {problem}")
        self.row = row
        self.column = column
        self.problem = problem


@dataclass(frozen=True)
class Mismatch:
    """Columns that the model needs and the table lacks, and those of a type that never fits."""

    missing: tuple[str, ...]
    wrong: Mapping[str, str]


def mismatch(features: Sequence[Feature], schema: pl.Schema, *, text: bool) -> Mismatch:
    """What keeps a table with that schema from being predicted at all."""
    wrong = {}
    for feature in features:
        dtype = schema.get(feature.name)
        if dtype is None or text or dtype == pl.Null:
            continue
        found = type_name(dtype)
        if found not in TAKES.get(feature.type, TAKES["category"]):
            wrong[feature.name] = f"is {found} in the file, the model was trained on {feature.type}"
    missing = tuple(feature.name for feature in features if feature.name not in schema)
    return Mismatch(missing, wrong)


def read_features(piece: pl.DataFrame, features: Sequence[Feature], *, text: bool) -> pl.DataFrame:
    """The features of a piece as values of their types; BadCell for the first unreadable cell."""
    read = piece.select(
        _value(pl.col(f.name), f.type, piece.schema[f.name], text=text).alias(f.name)
        for f in features
    )
    for feature in features:
        raw, values = piece[feature.name], read[feature.name]
        if values.null_count() > raw.null_count():
            row = int((raw.is_not_null() & values.is_null()).arg_true()[0])
            if not (raw.dtype.is_float() and raw[row] != raw[row]):
                demand = DEMANDS.get(feature.type, DEMANDS["category"])
                raise BadCell(row, feature.name, f"must be {demand}, not {raw[row]!r}")
    return read


def _value(column: pl.Expr, kind: str, dtype: pl.DataType, *, text: bool) -> pl.Expr:
    if dtype == pl.Null:
        column, dtype = column.cast(pl.String), pl.String()
    if isinstance(dtype, pl.Categorical | pl.Enum):
        return column.cast(pl.String)
    if kind in ("date", "datetime"):
        return _moment(column, dtype)
    if text or dtype == pl.String:
        numeric: Mapping[str, ColumnType] = {
            "float": "float",
            "integer": "integer",
            "boolean": "boolean",
        }
        return parse_text(column, numeric.get(kind, "string"))
    if kind == "float":
        return column.cast(pl.Float64)
    if kind == "integer":
        return integral(column) if dtype.is_float() else column.cast(pl.Int64)
    if kind == "boolean" and dtype.is_integer():
        return pl.when(column.is_in([0, 1])).then(column.cast(pl.Boolean))
    return column


def _moment(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Dates and moments travel as ISO text: the worker reads them as the server does."""
    if isinstance(dtype, pl.Datetime):
        zone = "%:z" if dtype.time_zone else ""
        return column.dt.to_string(MOMENT + zone)
    return column.dt.to_string("%Y-%m-%d") if isinstance(dtype, pl.Date) else column


def pack_columns(read: pl.DataFrame, features: Sequence[Feature]) -> list[Column]:
    """The columns as the worker takes them."""
    return [_packed(read[feature.name]) for feature in features]


def _packed(values: pl.Series) -> Column:
    if values.dtype == pl.Float64:
        data = values.fill_null(float("nan")).to_numpy().tobytes()
        return Column(values.name, "d", data)
    if values.dtype == pl.Int64 and not values.null_count():
        return Column(values.name, "q", values.to_numpy().tobytes())
    return Column(values.name, "j", msgspec.json.encode(values.to_list()))


def newly_missing(read: pl.DataFrame, features: Sequence[Feature]) -> dict[str, int]:
    """Columns with a missing value though training had none; each with the first such row."""
    found = {}
    for feature in features:
        values = read[feature.name]
        missing = values.is_null() | (values.is_nan() if values.dtype.is_float() else False)
        if not feature.nullable and missing.any():
            found[feature.name] = int(missing.arg_true()[0])
    return found
