# SPDX-License-Identifier: Apache-2.0
"""The rows whose key stood in an earlier row: candidates by hash, compared by value.

`count_repeats` reads the key columns once more, only where `distinct` found a hash twice. Many
candidates go through scratch files, divided by hash, so that a group that fits into memory is
compared at a time: equal keys have equal hashes and meet in the same group.
"""

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl

from shipway.data.check import ROW, Repeats
from shipway.data.distinct import KeyHashes, hash_keys, plain_zero
from shipway.data.examples import MOST
from shipway.data.stretches import Stretch, read

GROUP = 1_000_000
HASH = "\x00hash"


class Found(NamedTuple):
    """How many rows repeat an earlier key, and the numbers of the first of them."""

    repeats: int
    rows: tuple[int, ...]


def count_repeats(keys: KeyHashes, table: Sequence[Stretch], repeats: Repeats) -> Found:
    """Of the prepared `table`, whose keys were hashed to `keys`."""
    twice = keys.twice()
    if not len(twice):
        return Found(0, ())
    groups = max(1, 2 * len(twice) // GROUP)
    number, first = 0, list[int]()
    with tempfile.TemporaryDirectory(prefix="shipway-") as scratch:
        held = _Groups(groups, Path(scratch))
        for candidates in _candidates(table, repeats, twice):
            held.add(candidates)
        for group in held:
            again = group.sort(ROW).filter(~pl.struct(repeats.columns).is_first_distinct())
            number += again.height
            first += again[ROW].head(MOST).to_list()
    return Found(number, tuple(sorted(first)[:MOST]))


def _candidates(
    table: Sequence[Stretch], repeats: Repeats, twice: np.ndarray
) -> Iterator[pl.DataFrame]:
    """Row number, hash and key of the rows whose hash is among `twice`."""
    first_row = 0
    for stretch in table:
        for rows, fetch in read(stretch, repeats.columns):
            hashes, keyed = hash_keys(fetch, repeats)
            places = np.searchsorted(twice, hashes)
            hit = twice[np.minimum(places, len(twice) - 1)] == hashes
            chosen = np.flatnonzero(hit if keyed is None else hit & keyed)
            if len(chosen):
                numbers = pl.Series(ROW, chosen + first_row, dtype=pl.UInt64)
                cells = plain_zero(fetch(repeats.columns)[chosen])
                yield cells.with_columns(numbers, pl.Series(HASH, hashes[chosen]))
            first_row += rows


class _Groups:
    """Candidates divided by hash; in files beyond what fits into memory."""

    def __init__(self, count: int, folder: Path) -> None:
        self.count = count
        self.folder = folder
        self.held: list[list[pl.DataFrame]] = [[] for _ in range(count)]
        self.rows = 0
        self.spilled = 0

    def add(self, rows: pl.DataFrame) -> None:
        """Take in candidates; write all that is held when it is too much."""
        if self.count == 1:
            self.held[0].append(rows)
        else:
            for key, group in rows.group_by(pl.col(HASH) % self.count):
                self.held[int(str(key[0]))].append(group)
        self.rows += rows.height
        if self.rows > GROUP and self.count > 1:
            self._spill()

    def _spill(self) -> None:
        for number, frames in enumerate(self.held):
            if frames:
                pl.concat(frames).write_ipc(self.folder / f"{number}-{self.spilled}.arrow")
                frames.clear()
        self.rows, self.spilled = 0, self.spilled + 1

    def __iter__(self) -> Iterator[pl.DataFrame]:
        for number, frames in enumerate(self.held):
            files = sorted(self.folder.glob(f"{number}-*.arrow"))
            stored = [pl.read_ipc(file) for file in files]
            if stored or frames:
                yield pl.concat([*stored, *frames])
