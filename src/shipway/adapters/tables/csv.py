# SPDX-License-Identifier: Apache-2.0
"""CSV and TSV files, plain, gzipped or zstd-compressed: every column as text.

Nothing is guessed here: `007` stays `007` until `shipway.data` reads the column as the type that
the spec declares. An empty field is missing, quoted or not; blank lines are no rows.
"""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from shipway.adapters.tables.blame import unreadable
from shipway.adapters.tables.csv_faults import first_fault
from shipway.adapters.tables.csv_look import Dialect, dialect_of, look
from shipway.adapters.tables.join import concatenate
from shipway.adapters.tables.partitions import with_partitions
from shipway.base.errors import InputError
from shipway.data.layout import PLAIN, Layout


class CsvFormat:
    """Scans CSV as text."""

    is_text = True

    def scan(
        self, files: Sequence[Path], nulls: Sequence[str], layout: Layout = PLAIN
    ) -> pl.LazyFrame:
        """All files as one lazy frame of text columns; the first one tells how they are separated.

        InputError for a file that is empty, ends in the middle of a row, is not text, names a
        column twice, or has a row with too few fields. What else is wrong further down is only seen
        when the frame is collected: `explain`.
        """
        layout = _settled(files, layout)
        frames = [self._open(file, nulls, layout) for file in files]
        return concatenate(files, with_partitions(files, frames, layout, text=True))

    def explain(
        self, files: Sequence[Path], error: Exception, layout: Layout = PLAIN
    ) -> InputError:
        """The first row that can't be read, by its line, or else polars' own words."""
        layout = _settled(files, layout)
        for file in files:
            fault = _fault(dialect_of(file, layout))
            if fault is not None:
                return fault
        return unreadable("CSV", files, error, lambda file: self._open(file, (), layout))

    def _open(self, file: Path, nulls: Sequence[str], layout: Layout) -> pl.LazyFrame:
        dialect = dialect_of(file, layout)
        seen = look(dialect)
        frame = pl.scan_csv(
            dialect.path,
            separator=dialect.delimiter,
            quote_char='"' if seen.quoted else None,
            infer_schema=False,
            null_values=["", *nulls],
            glob=False,
        )
        try:
            frame.collect_schema()
        except (pl.exceptions.PolarsError, OSError) as error:
            raise _fault(dialect) or unreadable("CSV", [file], error, lambda _: frame) from None
        if seen.blank_lines and len(seen.header) > 1:
            frame = frame.filter(~pl.all_horizontal(pl.all().is_null()))
        return frame


def _settled(files: Sequence[Path], layout: Layout) -> Layout:
    """The layout with the delimiter of the first file, where none was declared."""
    return dataclasses.replace(layout, delimiter=dialect_of(files[0], layout).delimiter)


def _fault(dialect: Dialect) -> InputError | None:
    try:
        seen = look(dialect)
    except InputError as error:
        return error
    return first_fault(dialect.named, dialect.path, dialect.delimiter, seen.quoted)
