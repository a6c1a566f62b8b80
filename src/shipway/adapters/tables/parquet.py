# SPDX-License-Identifier: Apache-2.0
"""Parquet files: typed columns, read only where they are needed."""

import itertools
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from shipway.adapters.tables.blame import unreadable
from shipway.adapters.tables.ends import check_ends
from shipway.adapters.tables.join import concatenate
from shipway.adapters.tables.markers import without_markers
from shipway.adapters.tables.parquet_footer import rows_together
from shipway.adapters.tables.partitions import with_partitions
from shipway.base.errors import InputError
from shipway.data.layout import PLAIN, Layout
from shipway.data.stretches import Stretch, whole

MAGIC = b"PAR1"
LARGE = 1 << 22
PIECE = 1 << 17


class ParquetFormat:
    """Scans Parquet; text markers of missing values hold for text and, as numbers, for numbers."""

    is_text = False

    def scan(
        self, files: Sequence[Path], nulls: Sequence[str], layout: Layout = PLAIN
    ) -> pl.LazyFrame:
        """All files as one lazy frame; InputError for a file that is no whole Parquet file."""
        return whole(self.stretches(files, nulls, layout))

    def stretches(
        self, files: Sequence[Path], nulls: Sequence[str], layout: Layout = PLAIN
    ) -> list[Stretch]:
        """The same table, each large file by itself, with the rows that it stores together."""
        frames = with_partitions(files, [_open(file) for file in files], layout, text=False)
        schema = concatenate(files, frames).collect_schema()
        alike = [without_markers(_as_joined(frame, schema), nulls) for frame in frames]
        found: list[Stretch] = []
        for large, group in itertools.groupby(
            zip(files, alike, strict=True), lambda pair: pair[0].stat().st_size >= LARGE
        ):
            if large or len(files) == 1:
                found += [Stretch(frame, _step(file)) for file, frame in group]
            else:
                found.append(Stretch(pl.concat([frame for _, frame in group])))
        return found

    def explain(
        self, files: Sequence[Path], error: Exception, layout: Layout = PLAIN
    ) -> InputError:
        """The file whose ends are wrong, or that can't be read to its end."""
        for file in files:
            check_ends(file, MAGIC, "Parquet")
        return unreadable("Parquet", files, error, _scan)


def _scan(file: Path) -> pl.LazyFrame:
    return pl.scan_parquet(file, glob=False, hive_partitioning=False)


def _open(file: Path) -> pl.LazyFrame:
    check_ends(file, MAGIC, "Parquet")
    frame = _scan(file)
    try:
        frame.collect_schema()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise unreadable("Parquet", [file], error, _scan) from None
    return frame


def _as_joined(frame: pl.LazyFrame, schema: pl.Schema) -> pl.LazyFrame:
    own = frame.collect_schema()
    if own == schema:
        return frame
    return frame.select(
        pl.col(name) if own[name] == dtype else pl.col(name).cast(dtype)
        for name, dtype in schema.items()
    )


def _step(file: Path) -> int | None:
    """Rows to take at a time: one group, or as many small ones as make a fair piece."""
    rows = rows_together(file)
    return rows * max(1, -(-PIECE // rows)) if rows else None
