# SPDX-License-Identifier: Apache-2.0
"""Parquet files: typed columns, read only where they are needed."""

import itertools
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from shipway.adapters.tables.join import concatenate
from shipway.adapters.tables.parquet_footer import rows_together
from shipway.base.errors import InputError
from shipway.data.stretches import Stretch, whole

MAGIC = b"PAR1"
SMALLEST = 12
LARGE = 1 << 22
PIECE = 1 << 17


class ParquetFormat:
    """Scans Parquet; text markers of missing values hold for text and, as numbers, for numbers."""

    is_text = False

    def scan(self, files: Sequence[Path], nulls: Sequence[str]) -> pl.LazyFrame:
        """All files as one lazy frame; InputError for a file that is no whole Parquet file."""
        return whole(self.stretches(files, nulls))

    def stretches(self, files: Sequence[Path], nulls: Sequence[str]) -> list[Stretch]:
        """The same table, each large file by itself, with the rows that it stores together."""
        frames = [self._open(file) for file in files]
        schema = concatenate(files, frames).collect_schema()
        alike = [_without_markers(_as_joined(frame, schema), schema, nulls) for frame in frames]
        found: list[Stretch] = []
        for large, group in itertools.groupby(
            zip(files, alike, strict=True), lambda pair: pair[0].stat().st_size >= LARGE
        ):
            if large or len(files) == 1:
                found += [Stretch(frame, _step(file)) for file, frame in group]
            else:
                found.append(Stretch(pl.concat([frame for _, frame in group])))
        return found

    def explain(self, files: Sequence[Path], error: Exception) -> InputError:
        """The file whose ends are wrong, or else polars' own words."""
        for file in files:
            _check_ends(file)
        first = str(error).strip().splitlines()[0]
        return InputError(
            f"can't be read as Parquet: {first}",
            where=", ".join(str(file) for file in files[:3]),
            cure="The file is damaged; write it again.",
        )

    def _open(self, file: Path) -> pl.LazyFrame:
        _check_ends(file)
        frame = pl.scan_parquet(file, glob=False, hive_partitioning=False)
        try:
            frame.collect_schema()
        except (pl.exceptions.PolarsError, OSError) as error:
            raise self.explain([file], error) from None
        return frame


def _as_joined(frame: pl.LazyFrame, schema: pl.Schema) -> pl.LazyFrame:
    own = frame.collect_schema()
    if own == schema:
        return frame
    return frame.select(
        pl.col(name) if own[name] == dtype else pl.col(name).cast(dtype)
        for name, dtype in schema.items()
    )


def _without_markers(frame: pl.LazyFrame, schema: pl.Schema, nulls: Sequence[str]) -> pl.LazyFrame:
    if not nulls:
        return frame
    return frame.with_columns(
        marked
        for name, dtype in schema.items()
        if (marked := _without(name, dtype, nulls)) is not None
    )


def _step(file: Path) -> int | None:
    """Rows to take at a time: one group, or as many small ones as make a fair piece."""
    rows = rows_together(file)
    return rows * max(1, -(-PIECE // rows)) if rows else None


def _check_ends(file: Path) -> None:
    """Raise InputError unless `file` begins and ends as a Parquet file does."""
    try:
        size = file.stat().st_size
        with file.open("rb") as stream:
            head = stream.read(len(MAGIC))
            stream.seek(max(0, size - len(MAGIC)))
            tail = stream.read(len(MAGIC))
    except OSError as error:
        raise InputError(f"can't be read: {error.strerror}", where=str(file)) from None
    if size == 0:
        raise InputError("the file is empty", where=str(file))
    if head != MAGIC:
        raise InputError(
            "this is not a Parquet file",
            where=str(file),
            cure="The ending of a file's name says what it is: .parquet, .csv, .csv.gz, .tsv.",
        )
    if size < SMALLEST or tail != MAGIC:
        raise InputError(
            "the Parquet file is truncated: its end is missing",
            where=str(file),
            cure="Copy or write it again.",
        )


def _without(name: str, dtype: pl.DataType, nulls: Sequence[str]) -> pl.Expr | None:
    """`name` with its markers made missing; None when no marker can stand in such a column."""
    column = pl.col(name)
    if isinstance(dtype, pl.String | pl.Categorical | pl.Enum):
        marked = column.cast(pl.String).is_in(list(nulls))
    elif dtype.is_numeric():
        numbers = [value for text in nulls if (value := _number(text)) is not None]
        if not numbers:
            return None
        marked = column.cast(pl.Float64).is_in(numbers)
    else:
        return None
    return pl.when(~marked).then(column).alias(name)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
