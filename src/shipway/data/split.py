# SPDX-License-Identifier: Apache-2.0
"""One table made into train, validation and test.

By time: the latest rows are test, those before them validation; rows of the same moment stay
together, so a part may be a little larger or smaller than asked. At random: every row gets a number
from PCG64 (O'Neill 2014), whose raw stream is the same on every platform and in every version of
numpy; rows are put in the order of class and number, and evenly spaced ones are taken, so that with
`stratify` each class is in each part in proportion (±1 row).

Within a part rows keep the order of the table.
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from shipway.base.errors import InputError
from shipway.data.columns import type_name
from shipway.data.parsing import as_moment, parse_text
from shipway.spec.types import Amount, SplitSpec

ROW_GROUP = 65_536
TRAIN, VALIDATION, TEST = 0, 1, 2
Parts = npt.NDArray[np.int8]
Flags = npt.NDArray[np.bool_]


def split_table(
    frame: pl.DataFrame, split: SplitSpec, target: str | None = None
) -> dict[str, pl.DataFrame]:
    """The parts by name; `validation` only where it is asked for.

    `target` is the column that `stratify` keeps in proportion. InputError when a part would be left
    without rows. All rows must have a place in time (`moments`) when the split is by time.
    """
    test = _rows(split.test, frame.height)
    validation = _rows(split.validation, frame.height) if split.validation else 0
    if split.by is not None:
        parts = _by_time(moments(frame, split.by), test, validation)
    else:
        classes = frame[target] if split.stratify and target else None
        parts = _at_random(frame.height, classes, split.seed, test, validation)
    names = {"train": TRAIN, "test": TEST}
    if split.validation is not None:
        names = {"train": TRAIN, "validation": VALIDATION, "test": TEST}
    made = {name: frame.filter(pl.Series(parts == code)) for name, code in names.items()}
    empty = [name for name, part in made.items() if part.height == 0]
    if empty:
        raise InputError(
            f"the split of {frame.height:,} rows leaves none for {' and '.join(empty)}",
            cure="Change data.split.",
        )
    return made


def moments(frame: pl.DataFrame, by: str) -> pl.Series:
    """Column `by` as something that has an order: numbers, dates, or text that reads as dates.

    Null where a row has none. InputError for a column of truth values and the like.
    """
    dtype = frame.schema[by]
    kind = type_name(dtype)
    column = pl.col(by)
    if kind == "string":
        return frame.select(parse_text(column.cast(pl.String), "datetime")).to_series()
    if kind in ("date", "datetime"):
        return frame.select(as_moment(column, dtype)).to_series()
    if kind in ("integer", "float"):
        return frame.select(column.fill_nan(None) if dtype.is_float() else column).to_series()
    raise InputError(
        f"can't split by {by!r}: a column of type {kind} has no order in time",
        cure="Split by a date, a datetime or a number.",
    )


def _rows(amount: Amount, rows: int) -> int:
    return min(rows, int(amount.of(rows) + 0.5))


def _by_time(when: pl.Series, test: int, validation: int) -> Parts:
    ranks = when.rank("dense").to_numpy().astype(np.int64)
    parts = np.zeros(len(ranks), dtype=np.int8)
    is_test = _latest(ranks, np.ones(len(ranks), dtype=bool), test)
    parts[is_test] = TEST
    parts[_latest(ranks, ~is_test, validation)] = VALIDATION
    return parts


def _latest(ranks: npt.NDArray[np.int64], among: Flags, wanted: int) -> Flags:
    """The latest rows of `among`, as near to `wanted` as whole moments allow, in doubt more."""
    inside = np.sort(ranks[among])
    if wanted == 0 or len(inside) == 0:
        return np.zeros(len(ranks), dtype=bool)
    border = inside[len(inside) - min(wanted, len(inside))]
    more = len(inside) - int(np.searchsorted(inside, border, side="left"))
    fewer = len(inside) - int(np.searchsorted(inside, border, side="right"))
    take_border = more - wanted <= wanted - fewer or fewer == 0
    if more == len(inside) and fewer > 0:
        take_border = False
    result: Flags = among & (ranks >= border if take_border else ranks > border)
    return result


def _at_random(
    rows: int, classes: pl.Series | None, seed: int, test: int, validation: int
) -> Parts:
    numbers = np.random.PCG64(seed).random_raw(rows) if rows else np.zeros(0, dtype=np.uint64)
    keys = [numbers]
    if classes is not None:
        keys.append(classes.cast(pl.String).fill_null("").rank("dense").to_numpy())
    order = np.lexsort(keys)
    parts = np.zeros(rows, dtype=np.int8)
    chosen = _evenly(len(order), test)
    parts[order[chosen]] = TEST
    rest = order[~chosen]
    parts[rest[_evenly(len(rest), validation)]] = VALIDATION
    return parts


def _evenly(rows: int, wanted: int) -> Flags:
    """`wanted` of `rows` places, evenly spaced."""
    steps = np.arange(rows + 1, dtype=np.int64) * min(wanted, rows) // max(rows, 1)
    return np.diff(steps) > 0


def write_table(frame: pl.DataFrame, path: Path) -> None:
    """Write Parquet whose bytes follow from the rows alone (for one version of polars)."""
    frame.write_parquet(
        path,
        compression="zstd",
        compression_level=3,
        statistics=True,
        row_group_size=ROW_GROUP,
    )
