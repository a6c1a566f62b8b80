# SPDX-License-Identifier: Apache-2.0
"""Finds the row that a CSV parser choked on. Slow and simple: it only runs after a failure."""

import csv
from pathlib import Path

from shipway.adapters.tables.csv_look import open_bytes, separator_of
from shipway.base.errors import InputError

LONGEST_FIELD = 1 << 24


def first_fault(file: Path) -> InputError | None:
    """The first line of `file` that is not UTF-8 or has too many fields, else None."""
    return _not_utf8(file) or _too_long(file)


def _not_utf8(file: Path) -> InputError | None:
    with open_bytes(file) as stream:
        for number, line in enumerate(stream, 1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as error:
                return InputError(
                    f"this line is not UTF-8 (byte {error.start + 1} is 0x{line[error.start]:02x})",
                    where=f"{file}:{number}",
                    cure="Save the file in UTF-8.",
                )
    return None


def _too_long(file: Path) -> InputError | None:
    csv.field_size_limit(LONGEST_FIELD)
    with open_bytes(file) as stream:
        lines = (line.decode("utf-8-sig") for line in stream)
        reader = csv.reader(lines, delimiter=separator_of(file))
        try:
            header = next(reader, [])
            for row in reader:
                if len(row) > len(header):
                    return _fault(
                        file,
                        reader.line_num,
                        f"this row has {len(row)} fields, the header has {len(header)}",
                    )
        except csv.Error as error:
            return _fault(file, reader.line_num, f"this row can't be read: {error}")
    return None


def _fault(file: Path, line: int, what: str) -> InputError:
    return InputError(
        what, where=f"{file}:{line}", cure="Put fields that hold a separator in quotes."
    )
