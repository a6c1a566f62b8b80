# SPDX-License-Identifier: Apache-2.0
"""From the tables that a spec names to frames, and from a failed read to the file that caused it.

The formats come from outside (`shipway.adapters.tables.table_format`): this room knows frames, not
files.
"""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

import polars as pl

from shipway.base.errors import InputError
from shipway.data.layout import PLAIN, Layout, layout_of
from shipway.data.locate import format_of, written_tables
from shipway.data.stretches import Stretch, whole
from shipway.spec.types import DataSpec


class Format(Protocol):
    """What this room needs of a file format; `adapters.tables.interface` says more."""

    is_text: bool

    def scan(
        self, files: Sequence[Path], nulls: Sequence[str], layout: Layout = PLAIN
    ) -> pl.LazyFrame:
        """All files as one lazy frame."""
        ...

    def explain(
        self, files: Sequence[Path], error: Exception, layout: Layout = PLAIN
    ) -> InputError:
        """What is wrong with which file, after `error`."""
        ...


@runtime_checkable
class Divided(Protocol):
    """A format of which any group of rows can be read without those before it."""

    def stretches(
        self, files: Sequence[Path], nulls: Sequence[str], layout: Layout = PLAIN
    ) -> list[Stretch]:
        """The same table as that of `scan`, with the rows that are stored together."""
        ...


Formats = Callable[[str], Format]


@dataclass(frozen=True)
class Table:
    """A table of the spec: its files, their kind, and a frame of what they hold, as it stands.

    `stretches` make the frame up.
    """

    name: str
    files: tuple[Path, ...]
    kind: str
    format: Format
    frame: pl.LazyFrame
    stretches: tuple[Stretch, ...]
    layout: Layout = PLAIN

    @property
    def is_text(self) -> bool:
        """True when every column of the frame is text that is not read yet."""
        return self.format.is_text


def open_tables(
    located: Mapping[str, Mapping[Path, str]], data: DataSpec, formats: Formats
) -> dict[str, Table]:
    """The tables whose files were `located`, by name; InputError for a file that can't be read.

    `located` is what `locate_tables` gives: the files of each table with their written names.
    """
    written = written_tables(data)
    return {
        name: open_table(name, list(files), data, formats, layout_of(written[name], files.values()))
        for name, files in located.items()
    }


def open_table(
    name: str, files: Sequence[Path], data: DataSpec, formats: Formats, layout: Layout = PLAIN
) -> Table:
    """The table made of `files`, which are written as `layout` says."""
    kind = format_of(files)
    format_ = formats(kind)
    if isinstance(format_, Divided):
        stretches = tuple(format_.stretches(files, data.nulls, layout))
    else:
        stretches = (Stretch(format_.scan(files, data.nulls, layout)),)
    return Table(name, tuple(files), kind, format_, whole(stretches), stretches, layout)


@contextlib.contextmanager
def reading(tables: Iterable[Table]) -> Iterator[None]:
    """Turn an error of polars while frames of `tables` are collected into one that names a file."""
    tables = list(tables)
    try:
        yield
    except (pl.exceptions.PolarsError, OSError) as error:
        for table in tables:
            try:
                table.frame.select(pl.all().null_count()).collect(engine="streaming")
            except (pl.exceptions.PolarsError, OSError) as cause:
                raise table.format.explain(table.files, cause, table.layout) from error
        raise
