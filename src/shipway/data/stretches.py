# SPDX-License-Identifier: Apache-2.0
"""Reading a table stretch by stretch, in memory that does not grow with it.

A file that is stored in groups of rows (Parquet) gives any of them without reading those before;
each is taken as a whole, column by column as it is asked for. Anything else is read from its
beginning to its end by the streaming engine, in batches.
"""

import functools
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

import polars as pl

from shipway.data.check import ROW
from shipway.data.columns import stored_name
from shipway.data.distinct import Fetch
from shipway.data.memory import reading_little_ahead

BATCH_CELLS = 1_000_000
FEWEST_ROWS, MOST_ROWS = 1_000, 131_072


def as_it_is(frame: pl.LazyFrame) -> pl.LazyFrame:
    """The frame, for a stretch that needs no preparing."""
    return frame


class Stretch(NamedTuple):
    """Neighbouring rows of a table: `frame` as the file has them.

    `step` is the number of rows that are stored together, if any so many can be read without
    reading those before them. `make` turns a part of the frame into what checks look at; each row
    becomes one row, and each column those that `columns.prepare` makes of it.
    """

    frame: pl.LazyFrame
    step: int | None = None
    make: Callable[[pl.LazyFrame], pl.LazyFrame] = as_it_is

    @property
    def made(self) -> pl.LazyFrame:
        """All of it, as checks look at it."""
        return self.make(self.frame)


def whole(stretches: Sequence[Stretch]) -> pl.LazyFrame:
    """The table that they make up, as the files have it."""
    return pl.concat([stretch.frame for stretch in stretches])


def read(
    stretch: Stretch, columns: Sequence[str], first: Sequence[str] | None = None
) -> Iterator[tuple[int, Fetch]]:
    """Numbers of rows, in the order of the table, each with a function that reads columns of them.

    Any column may be asked for where rows are stored in steps; else only `columns`. The columns
    `first` (all, unless told) will be asked for together, before others: they are read while the
    rows before are still being looked at. The function is good until the next number is taken.
    """
    if stretch.step is not None or not columns:
        yield from _by_steps(stretch, list(columns if first is None else first))
    else:
        yield from _in_batches(stretch, columns)


def _by_steps(stretch: Stretch, first: list[str]) -> Iterator[tuple[int, Fetch]]:
    total = int(stretch.frame.select(pl.len()).collect(engine="streaming").item())
    step = stretch.step or max(1, total)
    made = stretch.made
    parts = [
        (min(step, total - offset), made.slice(offset, step)) for offset in range(0, total, step)
    ]
    with ThreadPoolExecutor(1) as pool:
        coming = [pool.submit(_collect, part, first) for _, part in parts[:1]]
        for number, (rows, part) in enumerate(parts):
            ready = coming.pop()
            coming += [pool.submit(_collect, later, first) for _, later in parts[number + 1 :][:1]]
            yield rows, _reader(part, first, ready)


def _in_batches(stretch: Stretch, columns: Sequence[str]) -> Iterator[tuple[int, Fetch]]:
    frame = stretch.frame
    stored = {stored_name(name) for name in columns}
    names = [name for name in frame.collect_schema() if name in stored]
    size = max(FEWEST_ROWS, min(MOST_ROWS, BATCH_CELLS // len(names)))
    with reading_little_ahead():
        # In order, so that rows keep their numbers.
        batches = frame.select(names).collect_batches(
            chunk_size=size, maintain_order=True, engine="streaming"
        )
        for batch in batches:
            made = stretch.make(batch.lazy())
            yield batch.height, functools.partial(_collect, made)


def pick_rows(
    table: Sequence[Stretch], rows: Sequence[int], columns: Sequence[str]
) -> Iterator[pl.DataFrame]:
    """`columns` of the rows of those numbers, in ascending order, with their numbers in `ROW`."""
    first_row = 0
    for stretch in table:
        for count, fetch in read(stretch, columns):
            here = [row for row in rows if first_row <= row < first_row + count]
            if here:
                cells = fetch(columns)[[row - first_row for row in here]]
                yield cells.insert_column(0, pl.Series(ROW, here))
            first_row += count
            if first_row > max(rows):
                return


def _collect(part: pl.LazyFrame, names: Sequence[str]) -> pl.DataFrame:
    return part.select(names).collect()


def _reader(part: pl.LazyFrame, first: list[str], ready: Future[pl.DataFrame]) -> Fetch:
    return lambda names: ready.result() if list(names) == first else _collect(part, names)
