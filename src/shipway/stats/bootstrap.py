# SPDX-License-Identifier: Apache-2.0
"""How sure a number is that has no formula: resample the rows, and look at where it goes.

Two ways to resample. A function of a (joint) confusion table needs its cell counts alone: one
multinomial call draws all tables, at a cost that does not grow with the rows. Anything else gets
one whole number per row, how often a resample holds it, in chunks that fit into memory:

    replicates = multinomial(table, f1, seed=7)
    replicates = np.concatenate([metric(rows, chunk) for chunk in weights(len(rows), 2000, seed=7)])

Two ways to read an interval off the replicates: `percentile` takes their quantiles as they are,
`bca` corrects the quantiles for bias and skewness and is the one to prefer. Both say None where
resampling has no answer: the metric is undefined in more than a hundredth of the resamples, or
the same in all of them, which is ignorance and not certainty.

Beyond the most extreme replicates a quantile continues like that of a normal distribution with
their standard deviation; `method` then says so. Bounds are not cut to a metric's range.

Sources: B. Efron, "Better bootstrap confidence intervals", J. Am. Stat. Assoc. 82 (1987);
A. C. Davison and D. V. Hinkley, "Bootstrap Methods and their Application" (1997), sections 2.7,
5.2 and 5.3.2, whose interpolation R's `boot::boot.ci` has too.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import isfinite, nan
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np

from shipway.stats.bounds import Alternative, Bounds, Sides, quantile
from shipway.stats.influence import acceleration
from shipway.stats.score import p_value

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Statistic = Callable[[NDArray[Any]], NDArray[np.float64]]

RESAMPLES = 10_000
UNDEFINED = 0.01
"""With a larger share of resamples in which the metric has no value, there is no interval."""

CHUNK = 2**21
"""Most numbers of a chunk: 16 MiB of counts."""


def multinomial(
    counts: "NDArray[np.int64]",
    statistic: "Statistic",
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> "NDArray[np.float64]":
    """The statistic of `resamples` tables drawn with the shares of `counts`; shape (resamples,).

    `counts` holds whole numbers in any shape, say (k, k + 1); `statistic` is given (b, *shape)
    and returns (b,), NaN where it is undefined. ValueError for counts that are negative or all
    zero. The same seed gives the same replicates.
    """
    counts = np.asarray(counts)
    if counts.size == 0 or counts.min() < 0 or counts.sum() == 0:
        raise ValueError("counts are whole numbers from 0, at least one of them above")
    generator = np.random.Generator(np.random.PCG64(seed))
    filled = np.flatnonzero(counts)
    present = counts.ravel()[filled]
    total, parts = int(present.sum()), []
    for begin, end in _chunks(resamples, counts.size):
        tables = np.zeros((end - begin, counts.size), dtype=np.int64)
        tables[:, filled] = generator.multinomial(total, present / total, size=end - begin)
        parts.append(statistic(tables.reshape(end - begin, *counts.shape)))
    return np.concatenate(parts)


def weights(n: int, resamples: int, seed: int = 0) -> "Iterator[NDArray[np.int64]]":
    """How often each of `n` rows is in each resample: chunks of shape (b, n), rows of sum n.

    The chunks together have `resamples` rows, which depend on the seed alone. ValueError when
    there are no rows.
    """
    if n < 1:
        raise ValueError("there are no rows to resample")
    return _weights(n, resamples, np.random.Generator(np.random.PCG64(seed)))


def _weights(
    n: int, resamples: int, generator: np.random.Generator
) -> "Iterator[NDArray[np.int64]]":
    for begin, end in _chunks(resamples, n):
        drawn = generator.integers(0, n, size=(end - begin, n))
        drawn += np.arange(end - begin)[:, None] * n
        yield np.bincount(drawn.ravel(), minlength=(end - begin) * n).reshape(end - begin, n)


def _chunks(resamples: int, width: int) -> Iterator[tuple[int, int]]:
    step = max(1, CHUNK // width)
    for begin in range(0, resamples, step):
        yield begin, min(begin + step, resamples)


def percentile(
    replicates: "NDArray[np.float64]", confidence: float = 0.95, sides: Sides = 2
) -> Bounds | None:
    """Quantiles of the replicates, shape (B,); None where resampling has no answer."""
    known = _Replicates.of(replicates)
    if known is None:
        return None
    z = quantile(confidence, sides)
    return known.bounds(-z, z, confidence, sides, "percentile bootstrap")


def percentile_p_value(
    replicates: "NDArray[np.float64]", limit: float, alternative: Alternative = "greater"
) -> float | None:
    """One-sided p-value that belongs to `percentile`: the level at which its bound is `limit`."""
    known = _Replicates.of(replicates)
    return None if known is None else p_value(-known.score(limit), alternative)


def bca(
    replicates: "NDArray[np.float64]",
    value: float,
    influence: "NDArray[np.float64]",
    confidence: float = 0.95,
    sides: Sides = 2,
    counts: "NDArray[np.int64] | None" = None,
) -> Bounds | None:
    """The bias-corrected and accelerated interval; None where resampling has no answer.

    `value` is the metric of the rows themselves, `replicates` (B,) that of the resamples, and
    `influence` (n,) its empirical influence values, from which the acceleration comes; with
    `counts`, influence (cells,) belongs to cells that hold so many rows each.

    Where no correction exists (all replicates on one side of the value, or an acceleration too
    large for the confidence) the bounds are the wider of the percentile interval and its mirror
    image at the value, and `method` says so.
    """
    known = _Replicates.of(replicates)
    if known is None or not isfinite(value):
        return None
    z = quantile(confidence, sides)
    correction = _Correction(known.bias(value), acceleration(influence, counts))
    low, high = correction.adjusted(-z), correction.adjusted(z)
    if isfinite(low) and isfinite(high):
        return known.bounds(low, high, confidence, sides, "BCa bootstrap")
    plain = known.bounds(-z, z, confidence, sides, "percentile bootstrap, mirrored")
    mirrored_low, mirrored_high = 2 * value - plain.high, 2 * value - plain.low
    wide = min(plain.low, mirrored_low), max(plain.high, mirrored_high)
    return Bounds(*wide, confidence, sides, plain.method)


def bca_p_value(
    replicates: "NDArray[np.float64]",
    value: float,
    influence: "NDArray[np.float64]",
    limit: float,
    alternative: Alternative = "greater",
    counts: "NDArray[np.int64] | None" = None,
) -> float | None:
    """One-sided p-value that belongs to `bca`: the level at which its bound is `limit`."""
    known = _Replicates.of(replicates)
    if known is None or not isfinite(value):
        return None
    correction = _Correction(known.bias(value), acceleration(influence, counts))
    if isfinite(correction.bias):
        return p_value(-correction.original(known.score(limit)), alternative)
    mirrored = -known.score(2 * value - limit)
    return max(p_value(-known.score(limit), alternative), p_value(-mirrored, alternative))


@dataclass(frozen=True, slots=True)
class _Correction:
    """BCa's map between normal quantiles: of the confidence asked for, and of the replicates."""

    bias: float
    acceleration: float

    def adjusted(self, z: float) -> float:
        """z0 + (z0 + z) / (1 - a (z0 + z)); NaN where there is none."""
        if not isfinite(self.bias):
            return nan
        moved = self.bias + z
        stretch = 1 - self.acceleration * moved
        return self.bias + moved / stretch if stretch > 0 else nan

    def original(self, score: float) -> float:
        """The z whose `adjusted` is `score`, infinite where every one is above or below it."""
        apart = score - self.bias
        stretch = 1 + self.acceleration * apart
        if stretch > 0:
            return apart / stretch - self.bias
        return float("-inf") if apart < 0 else float("inf")


@dataclass(frozen=True, slots=True)
class _Replicates:
    """Sorted replicates as a quantile function of the standard normal scale, and its inverse."""

    ordered: "NDArray[np.float64]"
    deviation: float

    @classmethod
    def of(cls, replicates: "NDArray[np.float64]") -> "_Replicates | None":
        """None when too many are undefined, or when all are the same."""
        known = np.sort(replicates[np.isfinite(replicates)])
        if len(known) < 2 or len(known) < (1 - UNDEFINED) * len(replicates):
            return None
        # Sums in another order leave differences of 1e-16 behind, which would read as certainty.
        if known[-1] - known[0] <= 1e-12 * max(1.0, abs(known[0])):
            return None
        return cls(known, float(known.std(ddof=1)))

    def bias(self, value: float) -> float:
        """The normal quantile of the share of replicates below `value`, ties counted half."""
        below = np.searchsorted(self.ordered, value, "left")
        share = (below + np.searchsorted(self.ordered, value, "right")) / (2 * len(self.ordered))
        if 0 < share < 1:
            return NormalDist().inv_cdf(share)
        return float("-inf") if share == 0 else float("inf")

    def bounds(self, low: float, high: float, confidence: float, sides: Sides, name: str) -> Bounds:
        """The replicates at two normal quantiles."""
        edge = -_score_of(1, len(self.ordered))
        method = name if max(-low, high) <= edge else f"{name}, extrapolated"
        return Bounds(self.at(low), self.at(high), confidence, sides, method)

    def at(self, z: float) -> float:
        """The replicate at normal quantile `z`, interpolated on that scale."""
        count = len(self.ordered)
        first, last = _score_of(1, count), _score_of(count, count)
        if z <= first:
            return float(self.ordered[0]) + (z - first) * self.deviation
        if z >= last:
            return float(self.ordered[-1]) + (z - last) * self.deviation
        place = min(int((count + 1) * NormalDist().cdf(z)), count - 1)
        begin, end = _score_of(place, count), _score_of(place + 1, count)
        under, over = float(self.ordered[place - 1]), float(self.ordered[place])
        return under + (z - begin) / (end - begin) * (over - under)

    def score(self, limit: float) -> float:
        """The normal quantile at which `at` is `limit`; the larger one where it is flat."""
        count = len(self.ordered)
        place = int(np.searchsorted(self.ordered, limit, "right"))
        if place == 0:
            return _score_of(1, count) - (float(self.ordered[0]) - limit) / self.deviation
        if place == count:
            return _score_of(count, count) + (limit - float(self.ordered[-1])) / self.deviation
        begin, end = _score_of(place, count), _score_of(place + 1, count)
        under, over = float(self.ordered[place - 1]), float(self.ordered[place])
        return begin + (limit - under) / (over - under) * (end - begin)


def _score_of(place: int, count: int) -> float:
    return NormalDist().inv_cdf(place / (count + 1))
