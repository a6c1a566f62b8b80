# SPDX-License-Identifier: Apache-2.0
"""Reading the columns of a table piece by piece, so that memory does not grow with it.

Rows that are stored together (the row groups of Parquet) are read as they are stored, a few columns
at a time where there are many; anything else is read from beginning to end, in batches.
"""

from collections.abc import Callable, Iterator, Sequence

import polars as pl

from shipway.data.profile_subjects import Subject

CELLS = 6_000_000
BATCH_CELLS = 3_000_000
FEWEST_ROWS, MOST_ROWS = 2_048, 131_072

Fetch = Callable[[Sequence[Subject]], pl.DataFrame]


def pieces(
    frame: pl.LazyFrame, subjects: Sequence[Subject], step: int | None
) -> Iterator[tuple[int, Fetch]]:
    """Numbers of rows in the order of the table, each with a function that reads columns of them.

    The function is good until the next number is taken.
    """
    wanted = frame.select(_names(subjects))
    if step is None:
        for batch in batches(wanted, len(subjects)):
            yield batch.height, _held(batch)
        return
    rows = int(frame.select(pl.len()).collect(engine="streaming").item())
    for offset in range(0, rows, step):
        yield min(step, rows - offset), _stored(wanted.slice(offset, step))


def batches(frame: pl.LazyFrame, columns: int) -> Iterator[pl.DataFrame]:
    """The rows of `frame` in their order, fewer at a time where there are many columns."""
    rows = max(FEWEST_ROWS, min(MOST_ROWS, BATCH_CELLS // max(1, columns)))
    return iter(frame.collect_batches(chunk_size=rows, maintain_order=True, engine="streaming"))


def groups(subjects: Sequence[Subject], rows: int) -> Iterator[Sequence[Subject]]:
    """The subjects, as many at a time as may be in memory together."""
    size = max(1, CELLS // max(1, rows))
    for begin in range(0, len(subjects), size):
        yield subjects[begin : begin + size]


def _held(batch: pl.DataFrame) -> Fetch:
    return lambda group: batch.select(_names(group))


def _stored(part: pl.LazyFrame) -> Fetch:
    return lambda group: part.select(_names(group)).collect()


def _names(subjects: Sequence[Subject]) -> list[str]:
    return [name for subject in subjects for name in subject.columns]
