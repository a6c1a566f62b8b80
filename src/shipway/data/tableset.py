# SPDX-License-Identifier: Apache-2.0
"""A name for a set of rows that does not depend on their order or on the file that they lie in.

Each row becomes one text: for every column in the order of names, the kind of its value and the
value with its length. Whole numbers are written alike whether they are integers or floats, other
floats by their bits, dates and datetimes as microseconds since 1970 in UTC, missing and NaN as one.
The name is the sha256 of the column names and of the sorted sha256 of all rows: a row that is there
twice counts twice.
"""

import hashlib

import numpy as np
import polars as pl

from shipway.base.digests import PREFIX
from shipway.data.columns import type_name
from shipway.data.parsing import as_moment

CHUNK = 50_000
WHOLE = 2.0**63


def rows_digest(frame: pl.LazyFrame | pl.DataFrame) -> str:
    """The name of the rows of `frame` (`sha256:…`), which fit in memory."""
    table = frame.collect() if isinstance(frame, pl.LazyFrame) else frame
    names = sorted(table.columns)
    hashes: list[bytes] = []
    for start in range(0, table.height, CHUNK):
        part = table.slice(start, CHUNK)
        cells = pl.DataFrame([_cells(part[name]).alias(name) for name in names])
        rows = cells.select(pl.concat_str(pl.all())).to_series()
        hashes += [hashlib.sha256(row.encode()).digest() for row in rows]
    total = hashlib.sha256()
    for name in names:
        total.update(f"{len(name.encode())}:{name}".encode())
    total.update(b"\n")
    for one in sorted(hashes):
        total.update(one)
    return PREFIX + total.hexdigest()


def _cells(column: pl.Series) -> pl.Series:
    """The column as text, each cell with its kind and length, so that no two rows run together."""
    kind = type_name(column.dtype)
    frame, cell = column.to_frame("c"), pl.col("c")
    match kind:
        case "integer":
            kind_text, text = "n", cell.cast(pl.String)
        case "float":
            return _floats(column.cast(pl.Float64))
        case "boolean":
            kind_text, text = "b", pl.when(cell).then(pl.lit("1")).otherwise(pl.lit("0"))
        case "date" | "datetime":
            kind_text, text = "t", as_moment(cell, column.dtype).cast(pl.Int64).cast(pl.String)
        case "string":
            kind_text, text = "s", cell.cast(pl.String)
        case _:
            texts = pl.Series("c", [repr(value) for value in column.to_list()], dtype=pl.String)
            return _framed(texts.to_frame(), "o", cell, column.is_null())
    return _framed(frame, kind_text, text, column.is_null())


def _floats(column: pl.Series) -> pl.Series:
    numbers = column.to_numpy().astype(np.float64)
    missing = column.is_null() | column.is_nan().fill_null(value=True)
    safe = np.where(np.isfinite(numbers), numbers, 0.5)
    whole = (safe == np.floor(safe)) & (np.abs(safe) < WHOLE)
    integers = pl.Series(np.where(whole, safe, 0).astype(np.int64))
    bits = pl.Series(np.ascontiguousarray(numbers).view(np.uint64))
    table = pl.DataFrame({"w": pl.Series(whole), "i": integers, "c": bits})
    text = (
        pl.when(pl.col("w"))
        .then(pl.col("i").cast(pl.String))
        .otherwise(pl.concat_str(pl.lit("f"), pl.col("c").cast(pl.String)))
    )
    return _framed(table, "n", text, missing)


def _framed(frame: pl.DataFrame, kind: str, text: pl.Expr, missing: pl.Series) -> pl.Series:
    size = text.str.len_bytes().cast(pl.String)
    framed = pl.concat_str(pl.lit(kind), size, pl.lit(":"), text)
    return (
        frame.with_columns(missing.alias("missing"))
        .select(pl.when(pl.col("missing")).then(pl.lit("-")).otherwise(framed).alias("c"))
        .to_series()
    )
