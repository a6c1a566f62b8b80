# SPDX-License-Identifier: Apache-2.0
"""Metrics that are not about rows: how long single predictions take, how large the model is.

predict_ms.p99    a quantile of the calls, bounded by order statistics (binomial)
predict_ms.mean   the mean call, by BCa bootstrap or skewness-corrected influence values
predict_ms.max    the slowest call: no method says how sure it is
model_mb          a number in which there is no chance
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cached_property
from math import ceil, inf, log
from typing import TYPE_CHECKING

import numpy as np

from shipway.evaluation.estimates import Estimate, Exact, Spread
from shipway.stats import bootstrap
from shipway.stats.binomial import at_least, at_most
from shipway.stats.bounds import Alternative, Bounds, Sides, tail
from shipway.stats.rows import rows_for_proportion

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

FEW_CALLS = 1_000
RESAMPLES = 2_000


@dataclass(frozen=True)
class Quantile:
    """The quantile `share` of what `values` (n, rising) are a sample of.

    As many values as may lie below it are Bin(n, share), whatever the distribution, so that two of
    the values bound it (H. A. David and H. N. Nagaraja, "Order Statistics", 3rd ed., section 7.1).
    """

    values: "Vector"
    share: float

    @cached_property
    def value(self) -> float:
        """The quantile of the sample, interpolated."""
        return float(np.quantile(self.values, self.share))

    def bounds(self, confidence: float, sides: Sides) -> Bounds:
        """Order statistics; infinite where the sample is too small for one."""
        alpha, calls = tail(confidence, sides), len(self.values)
        # value[r] (from 0) is at most the quantile unless r or fewer values lie below it.
        low = bisect_right(range(calls), alpha, key=lambda r: at_most(r, calls, self.share))
        high = bisect_left(
            range(calls + 1), True, key=lambda s: at_least(s, calls, self.share) <= alpha
        )
        return Bounds(
            float(self.values[low - 1]) if low > 0 else -inf,
            float(self.values[high - 1]) if 0 < high <= calls else inf,
            confidence,
            sides,
            "order statistics",
        )

    def p_value(self, limit: float, alternative: Alternative) -> float | None:
        """The binomial test of the share of values below the limit."""
        if alternative == "less":
            below = int(np.searchsorted(self.values, limit, "right"))
            return at_least(below, len(self.values), self.share)
        below = int(np.searchsorted(self.values, limit, "left"))
        return at_most(below, len(self.values), self.share)

    def more(self, limit: float, confidence: float) -> int | None:
        """From the share of values that lie below the limit."""
        calls = len(self.values)
        below = int(np.searchsorted(self.values, limit, "right")) / calls
        needed = rows_for_proportion(below, self.share, confidence)
        if needed is None:
            return None
        least = ceil(log(1 - confidence) / log(max(self.share, 1 - self.share)))
        return max(1, max(needed, least) - calls)


def value_of(statistic: str, values: "Vector") -> float:
    """`mean`, `max`, `p99` or (without a statistic) the number itself, of a sample (n >= 1)."""
    if statistic == "max":
        return float(values.max())
    share = share_of(statistic)
    return float(values.mean()) if share is None else float(np.quantile(values, share))


def estimate_of(statistic: str, values: "Vector", seed: int) -> Estimate | None:
    """The same with bounds; None for the largest value."""
    if statistic == "max":
        return None
    if not statistic:
        return Exact(float(values.mean()), "exact")
    share = share_of(statistic)
    if share is not None:
        return Quantile(np.sort(values), share)
    mean = float(values.mean())
    drawn = None
    if len(values) <= FEW_CALLS:
        chunks = bootstrap.weights(len(values), RESAMPLES, seed)
        drawn = np.concatenate([counts @ values / len(values) for counts in chunks])
    return Spread(mean, values - mean, len(values), of_mean=True, replicates=drawn)


def share_of(statistic: str) -> float | None:
    """0.99 for `p99`; None for what is no quantile."""
    return float(statistic[1:]) / 100 if statistic.startswith("p") else None
