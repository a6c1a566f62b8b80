# SPDX-License-Identifier: Apache-2.0
"""DataFrames of other libraries, and polars' own, as lazy frames; nothing but polars is needed.

Columns of pandas are taken one by one: what lies in NumPy arrays is handed over, the rest goes
through lists of Python values, so pyarrow is needed only for columns that it made itself. The index
is left out, as it is by every reader of tables. Columns of mixed types become text.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from shipway.base.errors import InputError
from shipway.data.layout import PLAIN, Layout
from shipway.data.opening import Table
from shipway.data.stretches import Stretch

KNOWN = "a DataFrame of pandas or polars, a LazyFrame of polars, or a Table of pyarrow"


def lazy_frame(frame: Any) -> pl.LazyFrame:
    """`frame` as polars sees it; InputError for anything that is no table.

    Errors of polars while a LazyFrame is collected come later.
    """
    if isinstance(frame, pl.LazyFrame):
        return frame
    if isinstance(frame, pl.DataFrame):
        return frame.lazy()
    library, kind = type(frame).__module__.partition(".")[0], type(frame).__name__
    if library == "pandas" and kind == "DataFrame":
        return _from_pandas(frame).lazy()
    if library == "pyarrow" and kind in ("Table", "RecordBatch"):
        made = pl.from_arrow(frame)
        assert isinstance(made, pl.DataFrame)  # noqa: S101 - narrows the type
        return made.lazy()
    cure = "Take several columns: frame[[name]]." if kind == "Series" else ""
    raise InputError(f"found {library}.{kind}, expected {KNOWN}", cure=cure)


def in_memory(name: str, frame: pl.LazyFrame) -> Table:
    """A table that no file holds."""
    return Table(name, (), "frame", _InMemory(frame), frame, (Stretch(frame),))


def unreadable(error: Exception) -> InputError:
    """What to say when a frame can't be collected."""
    first = str(error).strip().partition("\n")[0]
    return InputError(f"the table can't be read: {first}", cure="Does frame.collect() work?")


class _InMemory:
    """Takes the place of a file's format."""

    is_text = False

    def __init__(self, frame: pl.LazyFrame) -> None:
        self.frame = frame

    def scan(
        self, files: Sequence[Path], nulls: Sequence[str], layout: Layout = PLAIN
    ) -> pl.LazyFrame:
        """The frame: there are no files."""
        return self.frame

    def explain(
        self, files: Sequence[Path], error: Exception, layout: Layout = PLAIN
    ) -> InputError:
        """The frame's own error."""
        return unreadable(error)


def name_of(frame: Any) -> str:
    """How a report calls it: `pandas.DataFrame`."""
    return f"{type(frame).__module__.partition('.')[0]}.{type(frame).__name__}"


def _from_pandas(frame: Any) -> pl.DataFrame:
    names = [str(name) for name in frame.columns]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(
            f"the columns {', '.join(map(repr, twice))} are there more than once",
            cure="Give each column its own name.",
        )
    columns = [_column(name, frame.iloc[:, place]) for place, name in enumerate(names)]
    # Without any column polars would not know how many rows there are.
    return pl.DataFrame(columns) if columns else pl.DataFrame(height=len(frame))


def _column(name: str, column: Any) -> pl.Series:
    dtype = column.dtype
    if isinstance(dtype, np.dtype):
        return _objects(name, column.tolist()) if dtype.kind == "O" else _array(name, column)
    if type(dtype).__name__ == "ArrowDtype":
        return pl.Series(name, column.array.__arrow_array__())
    if getattr(dtype, "tz", None) is not None:
        moments = column.dt.tz_convert("UTC").dt.tz_localize(None)
        return _array(name, moments).dt.replace_time_zone("UTC")
    # Categories, periods, strings, and numbers that may be missing: what Python sees.
    return _objects(name, column.astype(object).tolist())


def _array(name: str, column: Any) -> pl.Series:
    values = column.to_numpy()
    if values.dtype.kind in "mM" and np.datetime_data(values.dtype)[0] == "s":
        values = values.astype(f"{values.dtype.kind}8[ms]")
    return pl.Series(name, values)


def _objects(name: str, values: list[Any]) -> pl.Series:
    """Python values; None, NaN and pandas' own NA and NaT are missing."""
    given = [None if _is_missing(value) else value for value in values]
    kinds = {type(value) for value in given} - {type(None)}
    if len(kinds) > 1 and not kinds <= {int, float}:
        return _as_text(name, given)
    try:
        made = pl.Series(name, given, strict=not kinds <= {int, float})
    except (TypeError, ValueError, OverflowError, pl.exceptions.PolarsError):
        return _as_text(name, given)
    return _as_text(name, given) if made.dtype == pl.Object else made


def _as_text(name: str, given: list[Any]) -> pl.Series:
    texts = [None if value is None else str(value) for value in given]
    return pl.Series(name, texts, dtype=pl.String)


def _is_missing(value: Any) -> bool:
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(value, float) and value != value
