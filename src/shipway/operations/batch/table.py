# SPDX-License-Identifier: Apache-2.0
"""The table that is to be predicted: found, opened, held against the signature, cut into pieces."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from shipway.adapters.tables import table_format
from shipway.base.errors import InputError, StoppedError
from shipway.base.names import did_you_mean
from shipway.data.locate import find_files, format_of
from shipway_runtime.formats import ModelInfo

if TYPE_CHECKING:
    import polars as pl

    from shipway.data.opening import Table

CELLS = 2_000_000
MOST_ROWS = 100_000
FEWEST_ROWS = 1_000


def find_inputs(names: Sequence[str]) -> list[Path]:
    """The files that paths and globs name, in the order given; InputError for one that is missing.

    All of one kind, such as CSV.
    """
    files = [path for name in names for path in find_files(Path(), name)]
    format_of(files)
    found: dict[Path, Path] = {}
    for path in files:
        found.setdefault(path.resolve(), path)
    return list(found.values())


def default_chunk(columns: int) -> int:
    """How many rows make a piece: fewer, the wider the table is."""
    return max(FEWEST_ROWS, min(MOST_ROWS, CELLS // max(1, columns)))


@dataclass(frozen=True)
class InputTable:
    """An open table with the columns that the output keeps, and those that nobody asked for."""

    table: "Table"
    names: tuple[str, ...]

    @property
    def is_text(self) -> bool:
        """True for CSV: every cell is text."""
        return self.table.is_text

    def check(self, info: ModelInfo, model: str) -> None:
        """StoppedError when the table lacks a column of the model, or has one of another type."""
        from shipway.data.signature import mismatch

        found = mismatch(info.features, self.table.frame.collect_schema(), text=self.is_text)
        where = ", ".join(str(file) for file in self.table.files[:3])
        if found.missing:
            one = found.missing[0]
            cure = did_you_mean(one, self.names) if len(found.missing) == 1 else ""
            known = f"The file has: {', '.join(self.names[:30])}."
            raise StoppedError(
                f"{model} needs the column(s) {', '.join(found.missing)}, which the file lacks",
                where=where,
                cure=cure if cure.startswith("Did you") else known,
            )
        for name, problem in found.wrong.items():
            raise StoppedError(f"the column {name!r} {problem}", where=where)

    def count(self) -> int:
        """How many rows there are."""
        import polars as pl

        from shipway.data.opening import reading

        with reading([self.table]):
            counted = self.table.frame.select(pl.len()).collect(engine="streaming")
        return int(counted.item())

    def pieces(self, columns: Sequence[str], rows: int, begin: int) -> Iterator["pl.DataFrame"]:
        """Pieces of `rows` rows, in order, from row `begin` on; one without rows for an empty one.

        InputError, naming the line, for a file that can't be read.
        """
        from shipway.data.opening import reading

        frame = self.table.frame.select(columns).slice(begin)
        if not columns:
            frame = self.table.frame.slice(begin)
        empty = True
        with reading([self.table]):
            for piece in frame.collect_batches(chunk_size=rows, maintain_order=True):
                empty = False
                yield piece
        if empty and not begin:
            yield frame.head(0).collect()

    def place(self, row: int) -> str:
        """Where a row of the table (from 0) lies: its file, and its number there from 1."""
        left = row
        for file in self.table.files:
            rows = _rows(self.table.kind, file)
            if left < rows:
                return f"{file}: row {left + 1:,}"
            left -= rows
        return f"row {row + 1:,}"


def _rows(kind: str, file: Path) -> int:
    import polars as pl

    frame = table_format(kind).scan([file], ())
    return int(frame.select(pl.len()).collect(engine="streaming").item())


def open_input(files: Sequence[Path], nulls: tuple[str, ...]) -> InputTable:
    """The table in `files`; InputError for one that can't be read."""
    from shipway.data.opening import open_table
    from shipway.spec.types import DataSpec

    table = open_table("input", files, DataSpec(nulls=nulls), table_format)
    return InputTable(table, tuple(table.frame.collect_schema().names()))


def kept_columns(
    names: Sequence[str], wanted: Sequence[str] | None, added: Sequence[str], where: str
) -> tuple[str, ...]:
    """The columns of the input that the output keeps: all, or those that are `wanted`.

    InputError for one that is not there, or that is called like one that is `added`.
    """
    kept = names if wanted is None else wanted
    for name in kept:
        if name not in names:
            raise InputError(
                f"the input has no column {name!r}", where=where, cure=did_you_mean(name, names)
            )
        if name in added:
            raise InputError(
                f"the input has a column {name!r} already",
                where=where,
                cure="Name the columns that the output is to keep: --columns id,…",
            )
    return tuple(dict.fromkeys(kept))
