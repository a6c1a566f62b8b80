# SPDX-License-Identifier: Apache-2.0
"""The joint table of truth, challenger's and champion's label: all that pairs them on shares.

Every metric of the confusion table is a function of it, for both models at once, so resampling its
cells instead of the rows keeps what the two have in common and costs the same for a hundred rows
and for ten million.

Cells that happen to be empty are not impossible. Drawn from the counts alone, a model without a
mistake would have none in any resample: the bounds of F1 or precision then cover as little as 30 %
to 60 % of the time instead of 95 % (30 to 300 rows, both percentile and BCa). So `PRIOR` rows are
added before resampling, spread evenly over the cells that could have been seen, as A. Agresti and
B. Coull ("Approximate is better than exact for interval estimation of binomial proportions", Am.
Stat. 52, 1998) do for one share. Plain percentiles then cover 92 % to 100 %.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from shipway.evaluation.predictions import Predictions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Statistic = Callable[[NDArray[np.float64]], NDArray[np.float64]]

PRIOR = 2.0
RESAMPLES = 10_000
FEWEST_RESAMPLES = 1_000
MOST_DRAWS = 4_000_000
DENSE = 200_000
"""Up to so many cells a table is counted whole; beyond, only the cells that occur."""


@dataclass(frozen=True, eq=False)
class Joint:
    """How many rows have which `truth`, `first` and `second` label; all of length m.

    Without a second model `second` is `first`. `classes` is k: labels run to k, truths to k - 1.
    """

    truth: "NDArray[np.int64]"
    first: "NDArray[np.int64]"
    second: "NDArray[np.int64]"
    counts: "NDArray[np.int64]"
    classes: int

    @property
    def rows(self) -> int:
        """All rows."""
        return int(self.counts.sum())


def joint(first: Predictions, second: Predictions | None = None) -> Joint:
    """The table of one model, or of two on the same n rows. ValueError without labels."""
    if first.label is None or (second is not None and second.label is None):
        raise ValueError("no labels")
    classes = len(first.classes)
    width = classes + 1
    codes = first.target * width + first.label
    if second is None:
        cells, counts = _counted(codes, classes * width)
        truth, label = np.divmod(cells, width)
        return Joint(truth, label, label, counts, classes)
    cells, counts = _counted(codes * width + second.label, classes * width * width)
    both, label = np.divmod(cells, width)
    truth, other = np.divmod(both, width)
    return Joint(truth, other, label, counts, classes)


def _counted(
    codes: "NDArray[np.int64]", cells: int
) -> "tuple[NDArray[np.int64], NDArray[np.int64]]":
    if cells > DENSE:
        return np.unique(codes, return_counts=True)
    counts = np.bincount(codes, minlength=cells)
    found = np.flatnonzero(counts)
    return found, counts[found]


def replicates(
    table: Joint, statistic: "Statistic", seed: int, factor: float | None = None
) -> "NDArray[np.float64]":
    """The metric of resampled tables: (B,), without those in which it is undefined.

    `statistic` takes confusion tables (b, k, k + 1). With `factor` it is the first model's metric
    less `factor` times the second's, on the same resamples. B is 10,000, fewer for large tables.
    """
    full = _with_possible(table, paired=factor is not None)
    cells, rows = len(full.counts), table.rows
    shares = (full.counts + PRIOR / cells) / (rows + PRIOR)
    resamples = int(np.clip(MOST_DRAWS // cells, FEWEST_RESAMPLES, RESAMPLES))
    generator = np.random.Generator(np.random.PCG64(seed))
    place = full.truth * (full.classes + 1)
    found = []
    size = max(1, MOST_DRAWS // max(cells, full.classes * (full.classes + 1)))
    for start in range(0, resamples, size):
        drawn = generator.multinomial(rows, shares, size=min(size, resamples - start))
        values = statistic(_tables(drawn, place + full.first, full.classes))
        if factor is not None:
            values = values - factor * statistic(_tables(drawn, place + full.second, full.classes))
        found.append(values)
    values = np.concatenate(found)
    return values[np.isfinite(values)]


def _with_possible(table: Joint, *, paired: bool) -> Joint:
    """The cells that occur, and for each class right and wrong of each model.

    One wrong class (the next one) stands for all of them: with two classes these are all cells.
    """
    number = np.arange(table.classes)
    wrong = (number + 1) % max(table.classes, 1)
    right_or_wrong = (number, wrong)
    pairs = [(one, other) for one in right_or_wrong for other in right_or_wrong]
    added = pairs if paired else [(each, each) for each in right_or_wrong]
    truth = np.concatenate([table.truth, *(number for _ in added)])
    first = np.concatenate([table.first, *(one for one, _ in added)])
    second = np.concatenate([table.second, *(other for _, other in added)])
    width = table.classes + 1
    codes = (truth * width + first) * width + second
    _, kept = np.unique(codes, return_index=True)
    counts = np.concatenate([table.counts, np.zeros(len(truth) - len(table.counts), np.int64)])
    return Joint(truth[kept], first[kept], second[kept], counts[kept], table.classes)


def _tables(
    drawn: "NDArray[np.int64]", place: "NDArray[np.int64]", classes: int
) -> "NDArray[np.float64]":
    """Confusion tables (b, k, k + 1) of one model from drawn joint cells (b, m) at `place` (m)."""
    order = np.argsort(place, kind="stable")
    starts = np.flatnonzero(np.diff(place[order], prepend=-1))
    tables = np.zeros((len(drawn), classes * (classes + 1)))
    tables[:, place[order][starts]] = np.add.reduceat(drawn[:, order], starts, axis=1)
    return tables.reshape(-1, classes, classes + 1)
