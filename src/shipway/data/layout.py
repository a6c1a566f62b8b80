# SPDX-License-Identifier: Apache-2.0
"""How the files of one table are to be read: their dialect, and what their folders say.

    layout_of("data/year=*/*.csv", ["data/year=2024/a.csv"]).partitions    # ({"year": "2024"},)

Folders called `name=value` below a glob are Hive partitions: each is a column of the table, with
one value for all rows of a file. Only the path as it is written in the spec counts, so that nothing
follows from where a repository lies.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from glob import has_magic
from typing import Literal
from urllib.parse import unquote

from shipway.spec.types import TableSpec

Mark = Literal[".", ","]
MISSING = "__HIVE_DEFAULT_PARTITION__"


@dataclass(frozen=True)
class Layout:
    """The dialect of text files, and the partition that each file is, in the order of the files.

    `delimiter` and `encoding` are None where the files themselves tell; `decimal` is the mark in
    numbers that are text. `partitions` is empty where there are none; a value is None when it is
    missing.
    """

    delimiter: str | None = None
    encoding: str | None = None
    decimal: Mark = "."
    partitions: tuple[Mapping[str, str | None], ...] = ()

    def told(self) -> dict[str, object]:
        """What differs from a plain table, for a fingerprint."""
        return {name: value for name, value in vars(self).items() if value != getattr(PLAIN, name)}


PLAIN = Layout()


def path_of(table: str | TableSpec) -> str:
    """The path or glob of a table of the spec."""
    return table.path if isinstance(table, TableSpec) else table


def layout_of(table: str | TableSpec, names: Iterable[str]) -> Layout:
    """The layout of the files with those written names, which `table` of the spec found."""
    partitions = [partition_of(name) for name in names] if has_magic(path_of(table)) else []
    found = tuple(partitions) if any(partitions) else ()
    if not isinstance(table, TableSpec):
        return Layout(partitions=found)
    return Layout(table.delimiter, table.encoding, table.decimal, found)


def partition_of(name: str) -> dict[str, str | None]:
    """The columns that the folders of a path give: `{"year": "2024"}` for `year=2024/a.csv`."""
    pairs = (folder.split("=", 1) for folder in name.split("/")[:-1] if "=" in folder)
    return {
        unquote(key): None if value == MISSING else unquote(value) for key, value in pairs if key
    }
