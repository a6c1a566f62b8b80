# SPDX-License-Identifier: Apache-2.0
"""A name for a set of rows that does not depend on their order, on that of the columns, or on the
file that they lie in; and hashes of its rows by which they are known again elsewhere.

    found = row_set(frame)
    found.name        sha256:…, of the column names and of every value of every row
    found.hashes      a number for each row, of its values alone, roughly

Rows are put in the order of a hash of their values, columns in that of their names; the name is the
sha256 of the values in this order (see `cells` for when two values are the same). A row that is
there twice counts twice.
"""

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from shipway.base.digests import PREFIX
from shipway.data.cells import Bits, Cells, cells_of, mix, number_of

if TYPE_CHECKING:
    from hashlib import _Hash

TEXTS_AT_ONCE = 50_000


@dataclass(frozen=True)
class RowSet:
    """The name of n rows, and a hash of each (n), which says nothing of the columns' names."""

    name: str
    hashes: Bits


def row_set(frame: pl.LazyFrame | pl.DataFrame) -> RowSet:
    """The name of the rows of `frame`, which fit in memory, and their hashes."""
    table = frame.collect() if isinstance(frame, pl.LazyFrame) else frame
    names = sorted(table.columns)
    exact, rough = np.zeros(table.height, np.uint64), np.zeros(table.height, np.uint64)
    for name in names:
        cells = cells_of(table[name])
        exact += mix(cells.hashes() ^ number_of(name))
        rough += mix(cells.rough().hashes())
    total = hashlib.sha256(f"{table.height} rows\n".encode())
    order = np.argsort(exact, kind="stable")
    for name in names:
        total.update(f"{len(name.encode())}:{name}\n".encode())
        # Once more instead of kept: a wide table would need its own size in memory again.
        _add(total, cells_of(table[name]), order)
    return RowSet(PREFIX + total.hexdigest(), rough)


def _add(total: "_Hash", cells: Cells, order: "np.typing.NDArray[np.intp]") -> None:
    total.update(cells.kinds[order].tobytes())
    total.update(cells.bits[order].astype("<u8").tobytes())
    if cells.texts is None:
        return
    for start in range(0, len(order), TEXTS_AT_ONCE):
        texts = cells.texts.gather(order[start : start + TEXTS_AT_ONCE]).drop_nulls()
        total.update(texts.str.join("").item().encode())
