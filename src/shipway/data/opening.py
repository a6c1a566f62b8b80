# SPDX-License-Identifier: Apache-2.0
"""From the tables that a spec names to frames, and from a failed read to the file that caused it.

The formats come from outside (`shipway.adapters.tables.table_format`): this room knows frames, not
files.
"""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import polars as pl

from shipway.base.errors import InputError
from shipway.data.locate import declared_tables, find_files, format_of
from shipway.spec.types import DataSpec


class Format(Protocol):
    """What this room needs of a file format; `adapters.tables.interface` says more."""

    is_text: bool

    def scan(self, files: Sequence[Path], nulls: Sequence[str]) -> pl.LazyFrame:
        """All files as one lazy frame."""
        ...

    def explain(self, files: Sequence[Path], error: Exception) -> InputError:
        """What is wrong with which file, after `error`."""
        ...


Formats = Callable[[str], Format]


@dataclass(frozen=True)
class Table:
    """A table of the spec: its files, their kind, and a frame of what they hold, as it stands."""

    name: str
    files: tuple[Path, ...]
    kind: str
    format: Format
    frame: pl.LazyFrame

    @property
    def is_text(self) -> bool:
        """True when every column of the frame is text that is not read yet."""
        return self.format.is_text


def open_tables(
    folder: Path, data: DataSpec, formats: Formats, where: Callable[..., str]
) -> dict[str, Table]:
    """The tables that `data` names, by name; InputError for a file that is missing or unreadable.

    `where` gives the place of a key path in the spec.
    """
    return {
        name: open_table(
            name, find_files(folder, pattern, where=where(*_keys(name))), data, formats
        )
        for name, pattern in declared_tables(data).items()
    }


def _keys(name: str) -> tuple[str, ...]:
    return (
        ("data", name)
        if name in ("all", "train", "validation", "test")
        else ("data", "extra", name)
    )


def open_table(name: str, files: Sequence[Path], data: DataSpec, formats: Formats) -> Table:
    """The table made of `files`."""
    kind = format_of(files)
    format_ = formats(kind)
    frame = format_.scan(files, data.nulls)
    return Table(name, tuple(files), kind, format_, frame)


@contextlib.contextmanager
def reading(tables: Iterable[Table]) -> Iterator[None]:
    """Turn an error of polars while frames of `tables` are collected into one that names a file."""
    tables = list(tables)
    try:
        yield
    except (pl.exceptions.PolarsError, OSError) as error:
        for table in tables:
            try:
                table.frame.collect(engine="streaming")
            except (pl.exceptions.PolarsError, OSError) as cause:
                raise table.format.explain(table.files, cause) from error
        raise
