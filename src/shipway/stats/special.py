# SPDX-License-Identifier: Apache-2.0
"""Tails of three distributions, from the standard library alone.

`scipy` would take a second to load and is no dependency; the tests hold these against it.

    normal_tail(1.645)          # 0.05
    chi_square_tail(3.841, 1)   # 0.05
    kolmogorov_tail(1.358)      # 0.05

`beta` and `binomial` stand on the same two parts of Loader's: Stirling's error and the deviance.
"""

from math import erfc, exp, inf, isnan, lgamma, log, pi, sqrt

EPSILON = 1e-17
TINY = 1e-300
MOST_TERMS = 10_000_000
SMALL = 16  # Below it the series of Stirling's error is too coarse.
STIRLING = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188)


def normal_tail(z: float) -> float:
    """P(Z >= z) for the standard normal distribution, to full precision in both tails."""
    return erfc(z / sqrt(2)) / 2


def chi_square_tail(statistic: float, freedom: float) -> float:
    """P(X >= statistic) for chi-square with `freedom` degrees; with none X is always 0.

    ValueError for a negative or NaN argument.
    """
    if isnan(statistic) or not 0 <= freedom < inf:
        raise ValueError(f"no chi-square at {statistic} with {freedom} degrees of freedom")
    return upper_gamma(freedom / 2, max(statistic, 0.0) / 2)


def upper_gamma(a: float, x: float) -> float:
    """The regularised upper incomplete gamma function Q(a, x), for a >= 0 and x >= 0.

    The series of P where x is below a + 1, the continued fraction of Q (modified Lentz) above;
    both scaled by x^a e^-x / Gamma(a + 1). Source: W. H. Press et al., "Numerical Recipes", 3rd
    edition, section 6.2.
    """
    if x == 0:
        return 1.0
    if a == 0 or x == inf:
        return 0.0
    density = _density(a, x)
    if x < a + 1:
        return max(0.0, 1 - density * _series(a, x))
    return min(1.0, density * a * _fraction(a, x))


def _series(a: float, x: float) -> float:
    """1 + x / (a + 1) + x^2 / ((a + 1)(a + 2)) + …"""
    term = total = 1.0
    for step in range(1, MOST_TERMS):
        term *= x / (a + step)
        total += term
        if term < total * EPSILON:
            break
    return total


def _fraction(a: float, x: float) -> float:
    """The continued fraction of Gamma(a, x) e^x / x^a."""
    b = x + 1 - a
    c, d = 1 / TINY, 1 / (b or TINY)
    result = d
    for step in range(1, MOST_TERMS):
        factor = step * (a - step)
        b += 2
        d = 1 / ((factor * d + b) or TINY)
        c = (b + factor / c) or TINY
        result *= c * d
        if abs(c * d - 1) < 2.3e-16:
            break
    return result


def _density(a: float, x: float) -> float:
    """x^a e^-x / Gamma(a + 1), to full precision where a and x are large and close."""
    if a < SMALL:
        power = a * log(x) - x - lgamma(a + 1)
        return exp(power) if power > -745 else 0.0
    power = -stirling_error(a) - deviance(a, x)
    return exp(power) / sqrt(2 * pi * a) if power > -745 else 0.0


def stirling_error(a: float) -> float:
    """ln Gamma(a + 1) less Stirling's formula ln(sqrt(2 pi a) (a / e)^a), for a > 0.

    Source: C. Loader, "Fast and accurate computation of binomial probabilities" (2000).
    """
    if a < SMALL:
        return lgamma(a + 1) - (a + 0.5) * log(a) + a - log(2 * pi) / 2
    return sum(part / a ** (2 * order + 1) for order, part in enumerate(STIRLING))


def deviance(a: float, x: float) -> float:
    """a ln(a / x) + x - a for a, x > 0, without cancellation where x is near a (Loader, 2000)."""
    u = (x - a) / a
    if abs(u) > 0.1:
        return a * (u - log(x / a))
    v = u / (2 + u)
    odd, power = 0.0, v
    for order in range(3, 41, 2):
        power *= v * v
        odd += power / order
    return a * (u * v - 2 * odd)


def kolmogorov_tail(x: float) -> float:
    """P(K >= x) for Kolmogorov's distribution, that of the largest value of |a Brownian bridge|.

    Both of its series, each where it converges at once. Source: N. Smirnov, "Table for estimating
    the goodness of fit of empirical distributions", Ann. Math. Stat. 19 (1948).
    ValueError for NaN.
    """
    if isnan(x):
        raise ValueError("no tail at NaN")
    if x <= 0.04:
        return 1.0
    if x < 1:
        base = -pi * pi / (8 * x * x)
        below = sqrt(2 * pi) / x * sum(exp(base * odd * odd) for odd in (1, 3, 5, 7))
        return 1 - below
    terms = ((1 if k % 2 else -1) * exp(-2 * k * k * x * x) for k in range(1, 6))
    return min(1.0, 2 * sum(terms))
