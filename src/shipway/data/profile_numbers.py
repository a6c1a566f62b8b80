# SPDX-License-Identifier: Apache-2.0
"""Quantiles and histograms of one numeric column.

Where all its values were counted, everything is exact. Otherwise a sample proposes several values
for each quantile, a second look counts how many rows lie below each of them, and the one that comes
nearest is taken: so its error is measured, not estimated, and the bins are counted exactly.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from shipway.data.histograms import Ranks, decile_edges, equal_edges
from shipway.data.sampling import Sample
from shipway.records.profile import PROBABILITIES, Histogram

DECILES = tuple(number / 10 for number in range(1, 10))
AROUND = np.arange(-4, 5) / 4


@dataclass(frozen=True)
class Distribution:
    """Quantiles at `PROBABILITIES`, how far they may be off in rank, and both histograms."""

    quantiles: tuple[float, ...] = ()
    rank_error: float = 0.0
    histogram: Histogram | None = None
    deciles: Histogram | None = None


@dataclass(frozen=True)
class Range:
    """The smallest and largest finite value, how many infinite ones lie outside, and the `step`
    of which the differences between values are multiples (1 for whole numbers, a day for dates).
    """

    low: float
    high: float
    infinite: tuple[int, int] = (0, 0)
    step: float | None = None


def from_counts(values: np.ndarray, counts: np.ndarray, range_: Range) -> Distribution:
    """Of finite different values in ascending order and how often each occurs; exact."""
    quantiles = _interpolated(values, counts)
    equal, deciles = _edges(range_, quantiles)
    ranks = Ranks.of_counts(np.unique([*equal, *deciles]), values, counts)
    return _distribution(quantiles, 0.0, ranks, equal, deciles, range_)


def from_values(values: np.ndarray, range_: Range) -> Distribution:
    """Of all finite values in ascending order; exact."""
    quantiles = tuple(np.quantile(values, PROBABILITIES).tolist())
    equal, deciles = _edges(range_, quantiles)
    ranks = Ranks.of(np.unique([*equal, *deciles]), values)
    return _distribution(quantiles, 0.0, ranks, equal, deciles, range_)


def asked_edges(sample: Sample, range_: Range) -> np.ndarray:
    """What a second look has to count: values around each quantile, and edges of equal width."""
    finite = sample.values[np.isfinite(sample.values)]
    proposed: list[float] = []
    if len(finite):
        around = np.add.outer(PROBABILITIES, AROUND * sample.rank_error()).ravel()
        places = np.round(around.clip(0, 1) * (len(finite) - 1)).astype(np.int64)
        proposed = finite[places].tolist()
    edges = [*proposed, range_.low, range_.high, *_equal(range_)]
    return np.unique(edges)


def from_ranks(ranks: Ranks, range_: Range) -> Distribution:
    """Of what the second look counted at the `asked_edges`."""
    total = max(1, ranks.total)
    least, most = ranks.below / total, ranks.upto / total
    quantiles, error = [], 0.0
    for probability in PROBABILITIES:
        off = np.maximum(np.maximum(least - probability, probability - most), 0)
        nearest = int(off.argmin())
        quantiles.append(float(ranks.edges[nearest]))
        error = max(error, float(off[nearest]))
    equal, deciles = _edges(range_, quantiles)
    return _distribution(tuple(quantiles), error, ranks, equal, deciles, range_)


def _interpolated(values: np.ndarray, counts: np.ndarray) -> tuple[float, ...]:
    """Linear between neighbouring values, as NumPy and pandas do it by default."""
    ends = np.cumsum(counts)
    places = np.asarray(PROBABILITIES) * (int(ends[-1]) - 1)
    whole = np.floor(places)
    lower = values[ends.searchsorted(whole, side="right")]
    upper = values[ends.searchsorted(np.ceil(places), side="right")]
    part = places - whole
    between = np.where(lower == upper, lower, lower * (1 - part) + upper * part)
    return tuple(np.maximum.accumulate(between).tolist())


def _equal(range_: Range) -> list[float]:
    return equal_edges(range_.low, range_.high, range_.step)


def _edges(range_: Range, quantiles: Sequence[float]) -> tuple[list[float], list[float]]:
    tenths = [quantiles[PROBABILITIES.index(probability)] for probability in DECILES]
    return _equal(range_), decile_edges(range_.low, tenths, range_.high)


def _distribution(
    quantiles: tuple[float, ...],
    error: float,
    ranks: Ranks,
    equal: list[float],
    deciles: list[float],
    range_: Range,
) -> Distribution:
    return Distribution(
        quantiles,
        error,
        ranks.between(equal, range_.infinite),
        ranks.between(deciles, range_.infinite),
    )
