# SPDX-License-Identifier: Apache-2.0
"""Tables of the kind that a model was trained on, made from rows or cut from other tables.

A model is given what it knows from training: a pandas or polars DataFrame, a numpy array (when it
was fitted without column names) or plain rows (`list` of `dict`).
"""

from __future__ import annotations

from array import array
from importlib.util import find_spec
from typing import Any, Mapping, Sequence

from shipway_runtime.errors import RowError, UserError
from shipway_runtime.formats import Feature
from shipway_runtime.values import CONVERTERS

Rows = Sequence["dict[str, Any]"]


def available(*modules: str) -> str | None:
    """The first of `modules` that is installed."""
    return next((name for name in modules if find_spec(name) is not None), None)


def from_rows(rows: Rows, features: Sequence[Feature], kind: str) -> Any:
    """A table of `kind` with the features in order; RowError for a row that does not fit.

    Keys that are no feature are ignored; null becomes NaN or None.
    """
    columns = {feature.name: _column(rows, feature) for feature in features}
    return _table(columns, features, kind, len(rows))


def from_columns(
    given: Mapping[str, Any], features: Sequence[Feature], kind: str, rows: int
) -> Any:
    """The same from whole columns of `shipway_runtime.columns`, whose numbers are checked already.

    RowError for a text that is no date.
    """
    from_array = _plain if kind == "rows" else _numbers
    columns = {
        feature.name: _moments(given[feature.name], feature)
        if feature.type in ("date", "datetime")
        else from_array(given[feature.name])
        for feature in features
    }
    return _table(columns, features, kind, rows)


def _table(columns: Mapping[str, Any], features: Sequence[Feature], kind: str, rows: int) -> Any:
    if kind == "pandas":
        return _pandas(columns, features)
    if kind == "polars":
        return _polars(columns, features)
    if kind == "numpy":
        return _numpy(columns, features, rows)
    return [{name: column[index] for name, column in columns.items()} for index in range(rows)]


def _numbers(values: Any) -> Any:
    """An array as numpy's, without a copy; lists stay."""
    if not isinstance(values, array):
        return values
    if available("numpy") is None:
        return _plain(values)
    import numpy as np

    return np.asarray(values)


def _plain(values: Any) -> list[Any]:
    return [None if value is None or value != value else value for value in values]


def _moments(values: Any, feature: Feature) -> list[Any]:
    return _column([{feature.name: value} for value in values], feature)


def _column(rows: Rows, feature: Feature) -> list[Any]:
    convert = CONVERTERS.get(feature.type, CONVERTERS["category"])
    values = []
    for index, row in enumerate(rows):
        try:
            value = row[feature.name]
            values.append(None if value is None or value != value else convert(value))
        except KeyError:
            raise RowError(index, feature.name, "is missing") from None
        except (ValueError, OverflowError) as error:
            raise RowError(index, feature.name, f"{error}, not {row[feature.name]!r}") from None
    return values


def _pandas(columns: Mapping[str, Any], features: Sequence[Feature]) -> Any:
    import pandas as pd

    made = {
        feature.name: _pandas_column(pd, columns[feature.name], feature) for feature in features
    }
    return pd.DataFrame(made, columns=[feature.name for feature in features])


def _pandas_column(pd: Any, values: Any, feature: Feature) -> Any:
    if feature.type == "float" or (feature.type == "integer" and None in values):
        return pd.Series(values, dtype="float64")
    if feature.type == "integer":
        return pd.Series(values, dtype="int64")
    if feature.type == "boolean" and None not in values:
        return pd.Series(values, dtype="bool")
    if feature.type == "category":
        return pd.Series(pd.Categorical(values))
    if feature.type == "datetime":
        moments = pd.to_datetime(pd.Series(values, dtype="object"), utc=bool(feature.zone))
        return moments.dt.tz_convert(feature.zone) if feature.zone else moments
    if feature.type == "string":
        return pd.Series(values, dtype=None if any(values) else "object")
    return pd.Series(values, dtype="object")


def _polars(columns: Mapping[str, Any], features: Sequence[Feature]) -> Any:
    import polars as pl

    kinds = {
        "float": pl.Float64(),
        "integer": pl.Int64(),
        "boolean": pl.Boolean(),
        "string": pl.String(),
        "date": pl.Date(),
    }
    made = []
    for feature in features:
        values = columns[feature.name]
        if feature.type == "datetime":
            kind: Any = pl.Datetime("us", feature.zone or None)
        elif feature.type == "category":
            kind, values = pl.Categorical(), [None if v is None else str(v) for v in values]
        else:
            kind = kinds[feature.type]
        made.append(pl.Series(feature.name, values, dtype=kind, nan_to_null=True))
    return pl.DataFrame(made)


def _numpy(columns: Mapping[str, Any], features: Sequence[Feature], rows: int) -> Any:
    import numpy as np

    numeric = all(feature.type in ("float", "integer", "boolean") for feature in features)
    array = np.empty((rows, len(features)), dtype="float64" if numeric else "object")
    for position, feature in enumerate(features):
        array[:, position] = columns[feature.name]
    return array


def select(frame: Any, features: Sequence[Feature], kind: str) -> Any:
    """The features of a DataFrame, in order, as a table of `kind`; UserError for missing ones."""
    names = [feature.name for feature in features]
    missing = [name for name in names if name not in list(frame.columns)]
    if missing:
        raise UserError(
            "columns",
            f"the model needs the column(s) {', '.join(missing)}, which the data does not have",
            "Compute features inside of the model (a scikit-learn Pipeline), or name a function "
            "that takes raw rows as `train.predict`.",
        )
    table = frame[names] if kind == "pandas" else frame.select(names) if kind == "polars" else frame
    if kind == "rows":
        return to_rows(frame[names] if is_pandas(frame) else frame.select(names))
    if kind == "numpy":
        return (frame[names] if is_pandas(frame) else frame.select(names)).to_numpy()
    return table


def is_pandas(frame: Any) -> bool:
    """Whether `frame` is a DataFrame of pandas."""
    return type(frame).__module__.split(".")[0] == "pandas"


def to_rows(frame: Any) -> list[dict[str, Any]]:
    """A DataFrame as rows; a missing value is None."""
    if not is_pandas(frame):
        return [dict(row) for row in frame.iter_rows(named=True)]
    records: list[dict[str, Any]] = (
        frame.astype("object").where(frame.notna(), None).to_dict(orient="records")
    )
    return records


def signature(frame: Any, names: Sequence[str]) -> tuple[Feature, ...]:
    """The features `names` of a DataFrame with the types and nulls that it has."""
    describe = _pandas_feature if is_pandas(frame) else _polars_feature
    return tuple(describe(name, frame[name]) for name in names)


def _pandas_feature(name: str, column: Any) -> Feature:
    import pandas as pd

    nullable = bool(column.isna().any())
    if isinstance(column.dtype, pd.CategoricalDtype):
        return Feature(name, "category", nullable)
    if pd.api.types.is_bool_dtype(column.dtype):
        return Feature(name, "boolean", nullable)
    if pd.api.types.is_integer_dtype(column.dtype):
        return Feature(name, "integer", nullable)
    if pd.api.types.is_float_dtype(column.dtype):
        return Feature(name, "float", nullable)
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        zone = getattr(column.dtype, "tz", None)
        return Feature(name, "datetime", nullable, str(zone) if zone else "")
    kinds = {"date": "date", "boolean": "boolean", "datetime": "datetime", "decimal": "float"}
    found = pd.api.types.infer_dtype(column, skipna=True)
    return Feature(name, kinds.get(found, "string"), nullable)


def _polars_feature(name: str, column: Any) -> Feature:
    import polars as pl

    kind, nullable = column.dtype, bool(column.null_count())
    if kind == pl.Datetime:
        return Feature(name, "datetime", nullable, kind.time_zone or "")
    for found, test in (
        ("boolean", kind == pl.Boolean),
        ("integer", kind.is_integer()),
        ("float", kind.is_float() or kind.is_decimal()),
        ("date", kind == pl.Date),
        ("category", kind in (pl.Categorical, pl.Enum)),
    ):
        if test:
            return Feature(name, found, nullable)
    return Feature(name, "string", nullable)
