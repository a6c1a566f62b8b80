# SPDX-License-Identifier: Apache-2.0
"""Rows whose key may be one that was looked for, to be compared by value.

Equal hashes single them out. Many candidates go through scratch files, divided by hash, so that a
group that fits into memory is compared at a time: equal keys have equal hashes and meet in the
same group.
"""

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import polars as pl

from shipway.data.check import ROW, Repeats
from shipway.data.distinct import hash_keys, plain_zero
from shipway.data.stretches import Stretch, read

GROUP = 1_000_000
HASH = "\x00hash"


def candidates(
    table: Sequence[Stretch], key: Repeats, wanted: np.ndarray
) -> Iterator[pl.DataFrame]:
    """Row number, hash and key of the rows whose hash is among `wanted`, which is in order."""
    first_row = 0
    for stretch in table:
        for rows, fetch in read(stretch, key.columns):
            hashes, keyed = hash_keys(fetch, key)
            places = np.searchsorted(wanted, hashes)
            hit = wanted[np.minimum(places, len(wanted) - 1)] == hashes
            chosen = np.flatnonzero(hit if keyed is None else hit & keyed)
            if len(chosen):
                numbers = pl.Series(ROW, chosen + first_row, dtype=pl.UInt64)
                cells = plain_zero(fetch(key.columns)[chosen])
                yield cells.with_columns(numbers, pl.Series(HASH, hashes[chosen]))
            first_row += rows


class Groups:
    """Candidates divided by hash; in files beyond what fits into memory.

    To be used with `with`, after which the files are gone. `hashes` is how many there are.
    """

    def __init__(self, hashes: int) -> None:
        self.count = max(1, 2 * hashes // GROUP)
        self.scratch = tempfile.TemporaryDirectory(prefix="shipway-")
        self.held: list[list[pl.DataFrame]] = [[] for _ in range(self.count)]
        self.rows = 0
        self.spilled = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.scratch.cleanup()

    def add(self, rows: pl.DataFrame) -> None:
        """Take in candidates; write all that is held when it is too much."""
        if self.count == 1:
            self.held[0].append(rows)
            return
        for key, group in rows.group_by(pl.col(HASH) % self.count):
            self.held[int(str(key[0]))].append(group)
        self.rows += rows.height
        if self.rows > GROUP:
            self._spill()

    def group(self, number: int) -> pl.DataFrame | None:
        """All candidates of one group, in no order; None when there are none."""
        files = sorted(Path(self.scratch.name).glob(f"{number}-*.arrow"))
        frames = [*(pl.read_ipc(file) for file in files), *self.held[number]]
        return pl.concat(frames) if frames else None

    def _spill(self) -> None:
        folder = Path(self.scratch.name)
        for number, frames in enumerate(self.held):
            if frames:
                pl.concat(frames).write_ipc(folder / f"{number}-{self.spilled}.arrow")
                frames.clear()
        self.rows, self.spilled = 0, self.spilled + 1
