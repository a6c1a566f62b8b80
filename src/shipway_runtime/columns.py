# SPDX-License-Identifier: Apache-2.0
"""Columns of a table as one file: what control plane and worker hand each other for large tables.

One line of JSON, then the bytes of each column:

    {"rows": 2, "columns": [["amount", "d", 16], ["country", "j", 11]]}
    …………["DE","FR"]

`d` are floats of 8 bytes, NaN where a value is missing, `q` whole numbers of 8 bytes without any
missing one, `j` a JSON list. Only the standard library is needed to read it, since a project may
have none of the libraries that know Parquet. Both sides are on one machine: bytes have its order.
"""

from __future__ import annotations

import json
from array import array
from pathlib import Path
from typing import Any, Mapping, NamedTuple, Sequence


class Column(NamedTuple):
    """A column ready to be written."""

    name: str
    kind: str
    data: bytes


class Columns(NamedTuple):
    """What a file holds: the number of rows, and each column as `array` or list."""

    rows: int
    values: Mapping[str, Any]


def pack(name: str, values: Sequence[Any]) -> Column:
    """A list of JSON values as the smallest kind of column."""
    kinds = set(map(type, values))
    if kinds == {float}:
        return Column(name, "d", array("d", values).tobytes())
    if kinds == {int}:
        try:
            return Column(name, "q", array("q", values).tobytes())
        except OverflowError:
            pass
    return Column(name, "j", json.dumps(values).encode())


def write(path: Path, rows: int, columns: Sequence[Column]) -> None:
    """Write the file; the whole one or none."""
    head = {"rows": rows, "columns": [[name, kind, len(data)] for name, kind, data in columns]}
    temporary = path.with_name(path.name + ".tmp")
    with temporary.open("wb") as stream:
        stream.write(json.dumps(head).encode() + b"\n")
        for column in columns:
            stream.write(column.data)
    temporary.replace(path)


def read(path: Path) -> Columns:
    """The columns of a file that `write` wrote."""
    with path.open("rb") as stream:
        head = json.loads(stream.readline())
        values = {
            name: _values(kind, stream.read(length)) for name, kind, length in head["columns"]
        }
    return Columns(head["rows"], values)


def _values(kind: str, data: bytes) -> Any:
    if kind == "j":
        return json.loads(data)
    values = array(kind)
    values.frombytes(data)
    return values
