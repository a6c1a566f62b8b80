# SPDX-License-Identifier: Apache-2.0
"""The gap between independent groups of rows, from the bounds of each: no matter which metric.

Two independent estimates with one-sided bounds of their own give bounds for their difference: the
reaches below the one and above the other, squared and added (MOVER, the method of variance
estimates recovery). For two Wilson intervals this is Newcombe's interval, for two areas the
unpaired DeLong interval, and it holds for F1 or a mean error just as well.

The gap is between the extreme groups, and these were chosen by looking. Its two bounds differ in
what that costs:

    high   every pair of groups has an upper bound, and the largest of them is one for the gap: it
           is too low only when that of the truly extreme pair is. Nothing is to be corrected.
    low    the largest lower bound of many is too high by chance alone: each is taken at the error
           probability divided by the number of ordered pairs (Bonferroni).

So a gate `difference(...) <= 0.05 at 95%` passes when all pairs are shown to be close enough (an
intersection-union test), and fails when some pair is shown to be too far apart, chance allowed for.
For a ratio it is the other way round.

Sources: G. Y. Zou and A. Donner, "Construction of confidence limits about effect measures: a
general approach", Statistics in Medicine 27 (2008); A. Donner and G. Y. Zou, "Closed-form
confidence intervals for functions of the normal mean and standard deviation", Stat. Methods Med.
Res. 21 (2012), for ratios; R. L. Berger, "Multiparameter hypothesis testing and acceptance
sampling", Technometrics 24 (1982), for the intersection-union test.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, hypot, inf, isfinite, sqrt
from typing import TYPE_CHECKING

import numpy as np

from shipway.evaluation.estimates import Estimate
from shipway.stats.auc import FEW
from shipway.stats.bounds import Alternative, Bounds, Sides, quantile
from shipway.stats.budget import SMALLEST
from shipway.stats.rows import rows_for_mean

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ends = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]

STEPS = 40
HIGHEST = 1 - 1e-12


@dataclass(frozen=True, slots=True)
class Gap:
    """The largest less the smallest of at least two `groups`, which hold `rows` rows in all."""

    groups: tuple[Estimate, ...]
    rows: int

    @property
    def value(self) -> float:
        """The measured gap."""
        values = [each.value for each in self.groups]
        return max(values) - min(values)

    def bounds(self, confidence: float, sides: Sides) -> Bounds:
        """See the module; the gap is never negative."""
        value, low, high = _ends(self.groups, confidence, sides)
        reach = _squared(high - value, value - low)
        upper = float(_pairs(value[:, None] - value[None, :] + reach).max())
        careful = _corrected(confidence, sides, len(self.groups))
        value, low, high = _ends(self.groups, careful, 1)
        lower = float(
            _pairs(value[:, None] - value[None, :] - _squared(value - low, high - value)).max()
        )
        method = _method(self.groups)
        return Bounds(max(0.0, lower), upper, confidence, sides, method)

    def p_value(self, limit: float, alternative: Alternative) -> float | None:
        """The level at which the bound is `limit`."""
        return inverted(self, limit, alternative)

    def more(self, limit: float, confidence: float) -> int | None:
        """From how far the bound reaches on the side of the limit."""
        return more_by_reach(self, self.rows, limit, confidence)


@dataclass(frozen=True, slots=True)
class Quotient:
    """The smallest of at least two `groups` divided by the largest: none negative, one positive."""

    groups: tuple[Estimate, ...]
    rows: int

    @property
    def value(self) -> float:
        """The measured ratio."""
        values = [each.value for each in self.groups]
        return min(values) / max(values)

    def bounds(self, confidence: float, sides: Sides) -> Bounds:
        """See the module; a ratio of smallest to largest is at most 1."""
        low = float(_pairs(_ratio_low(*_ends(self.groups, confidence, sides)), inf).min())
        careful = _corrected(confidence, sides, len(self.groups))
        high = float(_pairs(_ratio_high(*_ends(self.groups, careful, 1)), inf).min())
        method = f"{_method(self.groups)}, ratio"
        return Bounds(max(0.0, low), min(1.0, high), confidence, sides, method)

    def p_value(self, limit: float, alternative: Alternative) -> float | None:
        """The level at which the bound is `limit`."""
        return inverted(self, limit, alternative)

    def more(self, limit: float, confidence: float) -> int | None:
        """From how far the bound reaches on the side of the limit."""
        return more_by_reach(self, self.rows, limit, confidence)


@dataclass(frozen=True, slots=True)
class Apart:
    """One estimate less `factor` times another, squared and added.

    What they have in common, being found on the same rows, is not counted on: the bounds are
    wider than they need to be.
    """

    first: Estimate
    second: Estimate
    factor: float
    rows: int

    @property
    def value(self) -> float:
        """The difference."""
        return self.first.value - self.factor * self.second.value

    def bounds(self, confidence: float, sides: Sides) -> Bounds:
        """Reaches squared and added."""
        one = self.first.bounds(confidence, sides)
        other = self.second.bounds(confidence, sides)
        size = abs(self.factor)
        below, above = _reach(self.first.value, one)
        down, up = _reach(self.second.value, other)
        low = self.value - hypot(below, size * up)
        high = self.value + hypot(above, size * down)
        return Bounds(low, high, confidence, sides, one.method)

    def p_value(self, limit: float, alternative: Alternative) -> float | None:
        """The level at which the bound is `limit`."""
        return inverted(self, limit, alternative)

    def more(self, limit: float, confidence: float) -> int | None:
        """From how far the bound reaches on the side of the limit."""
        return more_by_reach(self, self.rows, limit, confidence)


def inverted(estimate: Estimate, limit: float, alternative: Alternative) -> float:
    """The error probability at which the one-sided bound lies on `limit`; at most a half."""

    def clear(confidence: float) -> bool:
        bounds = estimate.bounds(confidence, 1)
        return bounds.low > limit if alternative == "greater" else bounds.high < limit

    return 1 - _last(clear, 0.5, HIGHEST)


def _reach(value: float, bounds: Bounds) -> tuple[float, float]:
    """How far bounds reach below a value and above it."""
    return max(0.0, value - bounds.low), max(0.0, bounds.high - value)


def _last(holds: Callable[[float], bool], low: float, high: float) -> float:
    """The largest point in [low, high] up to which `holds`, searched over the error 1 - x."""
    if not holds(low):
        return low
    near, far = 1 - low, 1 - high
    for _ in range(STEPS):
        middle = sqrt(near * far)
        near, far = (middle, far) if holds(1 - middle) else (near, middle)
    return 1 - near


def more_by_reach(estimate: Estimate, rows: int, limit: float, confidence: float) -> int | None:
    """Rows to come, from the variance that the bound on the side of `limit` stands for."""
    bounds, z = estimate.bounds(confidence, 1), quantile(confidence, 1)
    value = estimate.value
    reach = value - bounds.low if value > limit else bounds.high - value
    if not isfinite(reach) or z <= 0:
        return FEW
    needed = rows_for_mean(rows, (reach / z) ** 2, value - limit, confidence)
    return None if needed is None else max(1, ceil(needed) - rows)


def _ends(groups: Sequence[Estimate], confidence: float, sides: Sides) -> "Ends":
    """Values, lower and upper ends of all groups (g)."""
    found = [each.bounds(confidence, sides) for each in groups]
    return (
        np.array([each.value for each in groups]),
        np.array([each.low for each in found]),
        np.array([each.high for each in found]),
    )


def _corrected(confidence: float, sides: Sides, groups: int) -> float:
    return 1 - max(SMALLEST, (1 - confidence) / sides / (groups * (groups - 1)))


def _squared(one: "NDArray[np.float64]", other: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """Reaches (g) of the first and of the second group of each pair, together: (g, g)."""
    # A bound can lie on the wrong side of its value where resampling corrects a bias.
    return np.hypot(np.maximum(one, 0.0)[:, None], np.maximum(other, 0.0)[None, :])


def _pairs(values: "NDArray[np.float64]", nothing: float = -inf) -> "NDArray[np.float64]":
    """Values (g, g) of ordered pairs, `nothing` for a group with itself."""
    found = np.array(values)
    np.fill_diagonal(found, nothing)
    return found


def _ratio_low(
    value: "NDArray[np.float64]", low: "NDArray[np.float64]", high: "NDArray[np.float64]"
) -> "NDArray[np.float64]":
    """Lower bounds (g, g) of the ratio of each group to each other one."""
    low, high = np.clip(low, 0.0, value), np.maximum(high, value)
    above, below = low * (2 * value - low), high * (2 * value - high)
    product = value[:, None] * value[None, :]
    with np.errstate(invalid="ignore", divide="ignore"):
        root = np.sqrt(np.maximum(product**2 - above[:, None] * below[None, :], 0.0))
        found = above[:, None] / (product + root)
    # Nothing is known of a pair where a group is 0, or has an infinite bound.
    return np.where(np.isfinite(found), found, 0.0)


def _ratio_high(
    value: "NDArray[np.float64]", low: "NDArray[np.float64]", high: "NDArray[np.float64]"
) -> "NDArray[np.float64]":
    """Upper bounds (g, g): one over the lower bounds of the ratios turned round."""
    turned = _ratio_low(value, low, high).T
    with np.errstate(divide="ignore"):
        return np.where(turned > 0, 1 / turned, inf)


def _method(groups: Sequence[Estimate]) -> str:
    inner = groups[0].bounds(0.95, 1).method
    return f"{inner} of each group, squared and added"
