# SPDX-License-Identifier: Apache-2.0
"""From quantiles of the normal distribution to those of Student's t, and back.

    to_student(1.645, 4)    # 2.14 (exactly 2.13): a bound from few degrees of freedom reaches far
    to_normal(2.13, 4)      # 1.645

A closed form in place of the distribution: two to three digits from two degrees of freedom on, and
on the cautious side below. Degrees of freedom that are themselves estimated deserve no more.

Source: D. L. Wallace, "Bounds on normal approximations to Student's and the chi-square
distributions", Ann. Math. Stat. 30 (1959), equation 1.3 with the factor of corollary 2.
"""

from math import copysign, expm1, inf, isinf, log1p, sqrt
from statistics import NormalDist

from shipway.stats.bounds import Sides, quantile
from shipway.stats.special import normal_tail

SUREST = 1 - 1e-12
"""No normal quantile farther out is asked for."""

LARGEST = 700.0
"""Beyond this an exponential has no value."""


def to_student(z: float, freedom: float) -> float:
    """The quantile of t with `freedom` degrees of freedom where that of the normal is `z`."""
    if isinf(freedom) or isinf(z):
        return z
    if freedom <= 0:
        return copysign(inf, z) if z else 0.0
    stretched = z * (8 * freedom + 3) / (8 * freedom + 1)
    power = stretched * stretched / freedom
    return copysign(sqrt(freedom * expm1(power)), z) if power < LARGEST else copysign(inf, z)


def to_normal(t: float, freedom: float) -> float:
    """The inverse of `to_student`; with no degrees of freedom every t is as good as 0."""
    if isinf(freedom) or isinf(t):
        return t
    if freedom <= 0:
        return 0.0
    power = log1p(t * t / freedom)
    return copysign(sqrt(freedom * power), t) * (8 * freedom + 1) / (8 * freedom + 3)


def stretched(confidence: float, sides: Sides, freedom: float) -> float:
    """The confidence of a normal bound that reaches as far as one of t at `confidence`."""
    reach = to_student(quantile(confidence, sides), freedom)
    return min(1 - sides * normal_tail(reach), SUREST)


def stretched_p_value(normal: float, freedom: float) -> float:
    """The one-sided p-value by t where it is `normal` by the normal distribution."""
    if not 0 < normal < 1:
        return normal
    return normal_tail(to_normal(-NormalDist().inv_cdf(normal), freedom))
