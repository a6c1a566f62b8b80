# SPDX-License-Identifier: Apache-2.0
"""The first lines of a text table: has it a header, is it text in UTF-8 or UTF-16?

A file without a header would lose its first row as names; that is told before anything is inferred.
"""

import csv
import io
from pathlib import Path
from typing import NamedTuple

from shipway.adapters.tables.csv_delimiter import delimiter_of
from shipway.adapters.tables.text_files import encoding_of, open_bytes, reading_bytes
from shipway.base.errors import InputError
from shipway.data.locate import format_of
from shipway.spec.scalars import NUMBER

HEAD = 1 << 18
LINES = 200
POINTER = b"version https://git-lfs.github.com/spec/"
MOST = 0.9


class Trouble(NamedTuple):
    """Why a file can't be used as a table, and what to do."""

    problem: str
    cure: str


def trouble(file: Path) -> Trouble | None:
    """What stands in the way of reading `file` as a table with named columns; None: nothing."""
    try:
        head = _head(file)
    except InputError as error:
        return Trouble(error.what, error.cure)
    if head.startswith(POINTER):
        return Trouble("is a pointer of Git LFS, not the data", "Fetch it: git lfs pull")
    if format_of([file]) != "csv":
        return None
    return _encoding(head) or _layout(file, head)


def _head(file: Path) -> bytes:
    with reading_bytes(file), open_bytes(file) as stream:
        return stream.read(HEAD)


def _encoding(head: bytes) -> Trouble | None:
    if encoding_of(head, None) == "utf-16":
        return None
    # The last character may be cut in two.
    for end in range(len(head), max(len(head) - 4, 0), -1):
        try:
            head[:end].decode()
            return None
        except UnicodeDecodeError as error:
            if error.start < len(head) - 4:
                line = head.count(b"\n", 0, error.start) + 1
                return Trouble(
                    f"is not UTF-8: byte 0x{head[error.start]:02x} in line {line}, "
                    "perhaps Latin-1 or Windows-1252",
                    "Declare it in shipway.yaml, {path: FILE, encoding: cp1252}, or save it as "
                    "UTF-8: iconv -f WINDOWS-1252 -t UTF-8 FILE > NEW",
                )
    return None


def _layout(file: Path, head: bytes) -> Trouble | None:
    text = head.decode(encoding_of(head, None), "replace")
    separator = delimiter_of(file, text, whole=len(head) < HEAD)
    rows = _rows(text, separator, whole=len(head) < HEAD)
    if len(rows) > 1 and _without_header(rows):
        first = ", ".join(rows[0][:4])
        return Trouble(
            f"has no header: its first line ({first}, …) looks like the rows below it",
            "Write the names of the columns into a first line.",
        )
    return None


def _rows(text: str, separator: str, *, whole: bool) -> list[list[str]]:
    try:
        reader = csv.reader(io.StringIO(text), delimiter=separator)
        rows = [row for row, _ in zip(reader, range(LINES), strict=False) if row]
    except csv.Error:
        return []
    # The last row may be cut.
    return rows if whole or len(rows) == LINES else rows[:-1]


def _without_header(rows: list[list[str]]) -> bool:
    names, body = rows[0], rows[1:]
    if _counts_up(names):
        return False
    columns = [[row[number] for row in body if number < len(row)] for number in range(len(names))]
    numeric = [number for number, column in enumerate(columns) if _is_numeric(column)]
    if numeric:
        return all(_is_number(names[number]) for number in numeric)
    again = [name in column for name, column in zip(names, columns, strict=True) if name]
    return sum(again) * 2 > len(names)


def _counts_up(names: list[str]) -> bool:
    """0, 1, 2, …: the names that pandas gives to columns without any."""
    return names in (
        [str(number) for number in range(len(names))],
        [str(number + 1) for number in range(len(names))],
        ["", *(str(number) for number in range(len(names) - 1))],
    )


def _is_numeric(cells: list[str]) -> bool:
    given = [cell for cell in cells if cell.strip()]
    return bool(given) and sum(map(_is_number, given)) >= MOST * len(given)


def _is_number(cell: str) -> bool:
    return NUMBER.fullmatch(cell.strip()) is not None
