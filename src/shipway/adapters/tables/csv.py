# SPDX-License-Identifier: Apache-2.0
"""CSV and TSV files, plain or gzipped: every column as text.

Nothing is guessed here: `007` stays `007` until `shipway.data` reads the column as the type that
the spec declares. An empty field is missing, quoted or not; blank lines are no rows.
"""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from shipway.adapters.tables.csv_faults import first_fault
from shipway.adapters.tables.csv_look import look, separator_of
from shipway.adapters.tables.join import concatenate
from shipway.base.errors import InputError


class CsvFormat:
    """Scans CSV as text."""

    is_text = True

    def scan(self, files: Sequence[Path], nulls: Sequence[str]) -> pl.LazyFrame:
        """All files as one lazy frame of text columns.

        InputError for a file that is empty, ends in the middle of a row, is not text, or names a
        column twice. What stands further down is only seen when the frame is collected: `explain`.
        """
        return concatenate(files, [self._open(file, nulls) for file in files])

    def explain(self, files: Sequence[Path], error: Exception) -> InputError:
        """The first row that can't be read, by its line, or else polars' own words."""
        for file in files:
            fault = first_fault(file)
            if fault is not None:
                return fault
        first = str(error).strip().splitlines()[0]
        return InputError(
            f"can't be read as CSV: {first}",
            where=", ".join(str(file) for file in files[:3]),
            cure="Fields that hold quotes or separators stand in quotes, doubled inside: RFC 4180.",
        )

    def _open(self, file: Path, nulls: Sequence[str]) -> pl.LazyFrame:
        seen = look(file)
        frame = pl.scan_csv(
            file,
            separator=separator_of(file),
            infer_schema=False,
            null_values=["", *nulls],
            glob=False,
        )
        try:
            frame.collect_schema()
        except (pl.exceptions.PolarsError, OSError) as error:
            raise self.explain([file], error) from None
        if seen.blank_lines and len(seen.header) > 1:
            frame = frame.filter(~pl.all_horizontal(pl.all().is_null()))
        return frame
