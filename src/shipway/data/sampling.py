# SPDX-License-Identifier: Apache-2.0
"""A sample of rows that is the same for any way of dividing the table.

Each row has a hash of its number in the whole table; the sample is the rows with the smallest
hashes (bottom-k). The union of two samples, cut to the k smallest again, is the sample of both, so
partial results merge exactly and nothing depends on who read which rows. A table of up to k rows is
its own sample: then quantiles are exact.

How far a quantile is off in rank follows from the inequality of Dvoretzky, Kiefer and Wolfowitz
with the constant of Massart (1990): for a sample of m values, with probability 1 - delta, no rank
is off by more than sqrt(ln(2 / delta) / (2 m)).
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import polars as pl

CELLS = 1 << 22
FEWEST, MOST = 1 << 13, 1 << 16
PIECES = 256
HIGHEST = 2**64 - 1
DOUBT = 0.01


def sample_size(columns: int) -> int:
    """How many rows are kept where `columns` columns are sampled: fewer of wide tables."""
    return max(FEWEST, min(MOST, CELLS // max(1, columns)))


class Sample(NamedTuple):
    """The values of one column in the sampled rows, nulls left out, in ascending order.

    `whole` says that every row of the table is in the sample.
    """

    values: np.ndarray
    whole: bool

    def quantile(self, probability: float) -> float | None:
        """By linear interpolation; None without any value."""
        if not len(self.values):
            return None
        return float(np.quantile(self.values, probability))

    def rank_error(self) -> float:
        """How far quantiles may be off in rank, as a share of the values, in 99 of 100 cases."""
        if self.whole:
            return 0.0
        return min(1.0, math.sqrt(math.log(2 / DOUBT) / (2 * max(1, len(self.values)))))


@dataclass(frozen=True)
class RowSample:
    """The rows with the `size` smallest hashes among `rows` rows, and some that may yet drop out.

    `frames` hold their cells. Hashes above `limit` can't belong to them any more. Begin with
    `RowSample.of(size)`.
    """

    size: int
    rows: int = 0
    hashes: tuple[np.ndarray, ...] = ()
    frames: tuple[pl.DataFrame, ...] = ()
    limit: int = HIGHEST

    @classmethod
    def of(cls, size: int) -> "RowSample":
        """A sample of no rows yet."""
        return cls(size)

    def chosen(self, first_row: int, rows: int) -> tuple[np.ndarray, np.ndarray]:
        """Which of the rows from number `first_row` on may belong in it: places and hashes."""
        hashes = hash_rows(first_row, rows)
        places = np.flatnonzero(hashes <= np.uint64(self.limit))
        if len(places) > self.size:
            highest = np.partition(hashes[places], self.size - 1)[self.size - 1]
            places = np.flatnonzero(hashes <= highest)
        return places, hashes[places]

    def add(self, rows: int, hashes: np.ndarray, cells: pl.DataFrame) -> "RowSample":
        """With the chosen rows of a stretch of `rows` rows."""
        return self.union(RowSample(self.size, rows, (hashes,), (cells,)))

    def union(self, other: "RowSample") -> "RowSample":
        """The sample of both stretches, which have no row in common."""
        joined = RowSample(
            self.size,
            self.rows + other.rows,
            self.hashes + other.hashes,
            self.frames + other.frames,
            min(self.limit, other.limit),
        )
        held = sum(map(len, joined.hashes))
        return joined.pruned() if held > 2 * self.size or len(joined.hashes) > PIECES else joined

    def pruned(self) -> "RowSample":
        """Without the rows that dropped out."""
        if not self.frames or (len(self.frames) == 1 and len(self.hashes[0]) <= self.size):
            return self
        hashes, frame, limit = np.concatenate(self.hashes), pl.concat(self.frames), self.limit
        if len(hashes) > self.size:
            kept = np.sort(np.argpartition(hashes, self.size - 1)[: self.size])
            hashes, frame = hashes[kept], frame[kept]
            limit = int(hashes.max())
        return RowSample(self.size, self.rows, (hashes,), (frame,), limit)

    def column(self, name: str) -> Sample:
        """What the sample says of one column; of several, ask `pruned` once."""
        sample = self.pruned()
        if not sample.frames:
            return Sample(np.empty(0), whole=True)
        values = sample.frames[0][name].drop_nulls().cast(pl.Float64).sort().to_numpy()
        return Sample(values, whole=self.rows <= self.size)


def hash_rows(first_row: int, rows: int) -> np.ndarray:
    """A 64-bit hash of each row number: the finaliser of SplitMix64 (Steele et al., 2014)."""
    mixed = np.arange(first_row, first_row + rows, dtype=np.uint64)
    mixed += np.uint64(1)
    mixed *= np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(30)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(27)
    mixed *= np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    return mixed
