# SPDX-License-Identifier: Apache-2.0
"""Rows whose predictions are kept with a model, to be asked again wherever it is placed.

They leave the house with the model, so nothing sensitive goes with them: what stands in a sensitive
column is made up from what the spec declares about it.
"""

import datetime
import decimal
import math
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from shipway.data.invention import invent
from shipway.spec.types import ColumnSpec, DataSpec, ModelSpec

LIMIT = 100


def golden_rows(
    frame: pl.LazyFrame,
    data: DataSpec,
    model: ModelSpec | None,
    features: Sequence[str] | None = None,
    limit: int = LIMIT,
) -> list[dict[str, Any]]:
    """Up to `limit` rows of `frame`, evenly spread from the first on, as JSON can hold them.

    Target, id and ignored columns are left out (or all but `features`, where they are given). Cells
    of sensitive columns are made up from declared values, range or pattern, else null.
    """
    dropped = {*data.ignore, data.id, model.target if model else None}
    names = [name for name in frame.collect_schema().names() if name not in dropped]
    if features is not None:
        names = [name for name in names if name in features]
    sensitive = {n: c for n, c in data.columns.items() if c.sensitive and n in names}
    rows = _spread(frame.select(names), limit).to_dicts()
    return [_row(row, number, len(rows), sensitive) for number, row in enumerate(rows)]


def _spread(frame: pl.LazyFrame, limit: int) -> pl.DataFrame:
    total = int(frame.select(pl.len()).collect().item())
    wanted = min(limit, total)
    picks = pl.Series([number * total // wanted for number in range(wanted)], dtype=pl.UInt32)
    index = "\x00row"
    numbered = frame.with_row_index(index)
    return numbered.filter(pl.col(index).is_in(picks.implode())).drop(index).collect()


def _row(
    row: Mapping[str, Any], number: int, total: int, sensitive: Mapping[str, ColumnSpec]
) -> dict[str, Any]:
    return {
        name: invent(sensitive[name], number, total) if name in sensitive else jsonable(value)
        for name, value in row.items()
    }


def jsonable(value: Any) -> Any:
    """A cell as JSON can hold it: ISO dates and times; null for NaN, infinity and bytes."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else None
        case decimal.Decimal():
            return float(value)
        case datetime.date() | datetime.time():
            return value.isoformat()
        case datetime.timedelta():
            return value.total_seconds()
        case list() | tuple():
            return [jsonable(item) for item in value]
        case dict():
            return {str(key): jsonable(item) for key, item in value.items()}
        case _:
            return None
