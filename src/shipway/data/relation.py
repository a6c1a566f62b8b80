# SPDX-License-Identifier: Apache-2.0
"""How much one column alone tells of the target: one scale from 0 to 1 for every kind of pair.

The column divides the rows into groups: a text, truth value or category by its values, a number or
date by its ranks into as many equal groups as the root of the number of rows; missing values are a
group of their own. The relation is the root of the share of the target's variation that the groups
explain, so that it reads like the absolute value of a correlation:

- a target of classes: Goodman and Kruskal's tau (1954), the share of the Gini impurity (Light and
  Margolin, 1971, show it to be an analysis of variance of the classes);
- a numeric target: the correlation ratio, of its ranks, so that no outlier rules it.

Both are corrected for what as many groups would explain by chance, by degrees of freedom (Kelley,
1935; epsilon squared). Unlike a correlation coefficient it sees relations that are not monotonic,
and a column that separates a rare class perfectly comes close to 1.
"""

import math
from collections.abc import Mapping

import numpy as np
import polars as pl

CLASSES = 20
ROWS_A_GROUP = 5


def relations(
    sample: pl.DataFrame, target: str, numeric: Mapping[str, bool]
) -> dict[str, float | None]:
    """The relation of each column of `sample` named in `numeric` to the column `target`.

    `numeric` says which columns are divided by rank. None where it can't be said: fewer than five
    rows a group (an identifier), a target of one value, or of text with thousands of values.
    """
    known = sample.filter(pl.col(target).is_not_null())
    if known.is_empty():
        return dict.fromkeys(numeric)
    variation = _target(known[target], numeric[target])
    groups = known.select(
        _by_rank(name, known.height) if by_rank else _by_value(name)
        for name, by_rank in numeric.items()
        if name != target
    )
    found: dict[str, float | None] = dict.fromkeys(numeric)
    for column in groups:
        found[column.name] = variation.explained(column.to_numpy()) if variation else None
    return found


class _Classes:
    """A target of classes, each row's as a number from 0."""

    def __init__(self, codes: np.ndarray) -> None:
        self.codes = codes
        self.classes = int(codes.max()) + 1
        sizes = np.bincount(codes)
        self.expected = float((sizes.astype(float) ** 2).sum()) / len(codes)

    def explained(self, groups: np.ndarray) -> float | None:
        _, groups = np.unique(groups, return_inverse=True)
        count, rows = int(groups.max()) + 1, len(groups)
        if rows < ROWS_A_GROUP * count:
            return None
        cells = np.bincount(groups * self.classes + self.codes, minlength=count * self.classes)
        table = cells.reshape(count, self.classes).astype(float)
        within = float(((table**2).sum(axis=1) / table.sum(axis=1)).sum())
        return _corrected((within - self.expected) / (rows - self.expected), count, rows)


class _Numbers:
    """A numeric target, as the ranks of its values."""

    def __init__(self, ranks: np.ndarray) -> None:
        self.deviations = ranks - ranks.mean()
        self.squares = float((self.deviations**2).sum())

    def explained(self, groups: np.ndarray) -> float | None:
        _, groups = np.unique(groups, return_inverse=True)
        sizes = np.bincount(groups)
        if len(groups) < ROWS_A_GROUP * len(sizes):
            return None
        sums = np.bincount(groups, weights=self.deviations)
        between = float((sums**2 / sizes).sum())
        return _corrected(between / self.squares, len(sizes), len(groups))


def _target(values: pl.Series, numeric: bool) -> _Classes | _Numbers | None:
    different = values.n_unique()
    if different < 2:
        return None
    if numeric and different > CLASSES:
        return _Numbers(values.rank("average").to_numpy())
    if different * ROWS_A_GROUP > len(values):
        return None
    return _Classes(values.rank("dense").to_numpy().astype(np.int64) - 1)


def _by_rank(name: str, rows: int) -> pl.Expr:
    """Equal values are in the same group."""
    groups = max(2, math.isqrt(rows))
    place = (pl.col(name).rank("min").cast(pl.Int64) - 1) * groups // rows
    return place.fill_null(-1).alias(name)


def _by_value(name: str) -> pl.Expr:
    column = pl.col(name)
    return column.hash().rank("dense").cast(pl.Int64).fill_null(-1).alias(name)


def _corrected(explained: float, groups: int, rows: int) -> float:
    """The root of the share that is left after what as many groups explain by chance."""
    left = 1 - (1 - explained) * (rows - 1) / (rows - groups) if rows > groups else 0.0
    return math.sqrt(min(1.0, max(0.0, left)))
