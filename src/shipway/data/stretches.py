# SPDX-License-Identifier: Apache-2.0
"""Reading a table stretch by stretch, in memory that does not grow with it.

A file that is stored in groups of rows (Parquet) gives any of them without reading those before;
each is taken as a whole, column by column as it is asked for. Anything else is read from its
beginning to its end by the streaming engine, in batches.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import polars as pl

from shipway.data.distinct import Fetch

BATCH_CELLS = 2_500_000
FEWEST_ROWS, MOST_ROWS = 1_000, 131_072


class Stretch(NamedTuple):
    """Neighbouring rows of a table.

    `step` is the number of rows that are stored together, if any so many can be read without
    reading those before them.
    """

    frame: pl.LazyFrame
    step: int | None = None


def whole(stretches: Sequence[Stretch]) -> pl.LazyFrame:
    """The table that they make up."""
    return pl.concat([stretch.frame for stretch in stretches])


def read(
    frame: pl.LazyFrame, columns: Sequence[str], step: int | None
) -> Iterator[tuple[int, Fetch]]:
    """Numbers of rows, in the order of the table, each with a function that reads columns of them.

    `columns` are those that will be asked for in any case. The function is good until the next
    number is taken.
    """
    if step is not None or not columns:
        rows = int(frame.select(pl.len()).collect(engine="streaming").item())
        for offset in range(0, rows, step or max(1, rows)):
            part = frame.slice(offset, step)
            yield min(step or rows, rows - offset), _reader(part)
        return
    size = max(FEWEST_ROWS, min(MOST_ROWS, BATCH_CELLS // len(columns)))
    first_row = 0
    # In order, so that rows keep their numbers.
    batches = frame.select(columns).collect_batches(
        chunk_size=size, maintain_order=True, engine="streaming"
    )
    for batch in batches:
        yield batch.height, _held(batch, frame.slice(first_row, batch.height))
        first_row += batch.height


def _reader(part: pl.LazyFrame) -> Fetch:
    return lambda names: part.select(names).collect()


def _held(batch: pl.DataFrame, part: pl.LazyFrame) -> Fetch:
    """From the batch; what it lacks is looked for in the file."""

    def fetch(names: Sequence[str]) -> pl.DataFrame:
        if all(name in batch.columns for name in names):
            return batch.select(names)
        return part.select(names).collect(engine="streaming")

    return fetch
