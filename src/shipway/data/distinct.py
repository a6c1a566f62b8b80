# SPDX-License-Identifier: Apache-2.0
"""Rows that repeat the key of an earlier row: exact, in memory that does not grow with the table.

While the table is read, each key is hashed to 64 bits. Every few million hashes are sorted and
written to a scratch file. In the end the runs are taken together range by range:

- no hash twice: no key twice, for certain; nothing more is read;
- hashes that occur twice are candidates. Their rows are read again (`repeats`) and compared by
  value, so that two keys with the same hash are not taken for one.

What grows is 8 bytes for each key that occurs more than once.
"""

import itertools
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO

import numpy as np
import polars as pl

from shipway.data.check import Repeats

RUN = 1 << 22
RANGES = 1 << 12
SHIFT = np.uint64(64 - 12)
WIDTH = 8
BLOCK = 32
FACTOR = np.uint64(0x9E3779B97F4A7C15)
Fetch = Callable[[Sequence[str]], pl.DataFrame]


@dataclass(frozen=True)
class Run:
    """A sorted run of hashes in a file without a name; `ends[i]` is where range i ends."""

    file: IO[bytes]
    ends: np.ndarray

    def read(self, first: int, last: int) -> np.ndarray:
        """The hashes of the ranges `first` up to, not including, `last`."""
        begin = int(self.ends[first - 1]) if first else 0
        self.file.seek(begin * WIDTH)
        data = self.file.read((int(self.ends[last - 1]) - begin) * WIDTH)
        return np.frombuffer(data, dtype=np.uint64)

    def __reduce__(self) -> tuple[Callable[[np.ndarray], "Run"], tuple[np.ndarray]]:
        """To send it to another process is to send what the file holds."""
        return _written, (self.read(0, RANGES).copy(),)


@dataclass(frozen=True)
class KeyHashes:
    """The hashes of the keys of a stretch of rows: `fresh` in memory, `runs` in scratch files."""

    count: int
    fresh: tuple[np.ndarray, ...]
    runs: tuple[Run, ...]

    @classmethod
    def none(cls) -> "KeyHashes":
        """Of no rows."""
        return cls(0, (), ())

    def add(self, fetch: Fetch, repeats: Repeats) -> "KeyHashes":
        """With the keys of the rows of which `fetch` gives columns."""
        hashes, keyed = hash_keys(fetch, repeats)
        hashes = hashes[keyed] if keyed is not None else hashes
        return self.union(KeyHashes(len(hashes), (hashes,), ()))

    def union(self, other: "KeyHashes") -> "KeyHashes":
        """Those of both stretches."""
        fresh, runs = self.fresh + other.fresh, self.runs + other.runs
        if sum(map(len, fresh)) >= RUN:
            fresh, runs = (), (*runs, _written(np.concatenate(fresh)))
        return KeyHashes(self.count + other.count, fresh, runs)

    def sorted_ranges(self, most: int = 0) -> Iterator[np.ndarray]:
        """All hashes in ascending order, a manageable number at a time.

        Two tables have the same ranges when both are told the larger count as `most`.
        """
        fresh = np.sort(np.concatenate(self.fresh)) if self.fresh else np.empty(0, np.uint64)
        ends = _ends(fresh)
        steps = max(1, -(-max(self.count, most) // RUN))
        edges = np.linspace(0, RANGES, steps + 1).astype(int)
        for first, last in itertools.pairwise(edges):
            begin = int(ends[first - 1]) if first else 0
            pieces = [run.read(first, last) for run in self.runs]
            together = np.concatenate([fresh[begin : int(ends[last - 1])], *pieces])
            yield np.sort(together) if pieces else together

    def twice(self) -> np.ndarray:
        """The hashes that occur more than once, in ascending order."""
        found = [np.empty(0, np.uint64)]
        for hashes in self.sorted_ranges():
            again = hashes[1:][hashes[1:] == hashes[:-1]]
            if len(again):
                found.append(np.unique(again))
        return np.concatenate(found)


def in_both(one: KeyHashes, other: KeyHashes) -> np.ndarray:
    """The hashes that occur in both, in ascending order."""
    most = max(one.count, other.count)
    pairs = zip(one.sorted_ranges(most), other.sorted_ranges(most), strict=True)
    return np.concatenate([np.intersect1d(a, b) for a, b in pairs])


def hash_keys(fetch: Fetch, repeats: Repeats) -> tuple[np.ndarray, np.ndarray | None]:
    """A hash for each row, the same for equal keys wherever they are; and which rows have a key.

    The latter is None where all have. A wide key is hashed some columns at a time.
    """
    hashes: np.ndarray | None = None
    keyed: np.ndarray | None = None
    for begin in range(0, len(repeats.columns), BLOCK):
        cells = fetch(repeats.columns[begin : begin + BLOCK])
        block = plain_zero(cells).hash_rows(seed=0).to_numpy()
        hashes = block if hashes is None else (hashes * FACTOR) ^ block
        if not repeats.nulls_equal and any(cells.null_count().row(0)):
            present = cells.select(pl.all_horizontal(pl.all().is_not_null())).to_series().to_numpy()
            keyed = present if keyed is None else keyed & present
    assert hashes is not None  # noqa: S101 - a key has a column
    return hashes, keyed


def plain_zero(keys: pl.DataFrame) -> pl.DataFrame:
    """With 0.0 for -0.0, which is equal to it."""
    floats = [name for name, dtype in keys.schema.items() if dtype.is_float()]
    return keys.with_columns(pl.col(floats) + 0.0) if floats else keys


def _written(hashes: np.ndarray) -> Run:
    hashes.sort()
    # A file without a name goes with the process, however that ends.
    file = tempfile.TemporaryFile(prefix="shipway-")  # noqa: SIM115 - lives as long as the run
    hashes.tofile(file)
    file.flush()
    return Run(file, _ends(hashes))


def _ends(hashes: np.ndarray) -> np.ndarray:
    """For each range of the top bits, how many of the sorted `hashes` lie in it or before."""
    counts = np.bincount((hashes >> SHIFT).astype(np.int64), minlength=RANGES)
    return np.cumsum(counts)
