# SPDX-License-Identifier: Apache-2.0
"""The beta distribution: its function, its two tails and its quantiles.

    incomplete_beta(96, 5, 0.95)   # P(B <= 0.95) for B ~ Beta(96, 5): 0.4360
    beta_quantile(0.025, 95, 6)    # 0.8872: the lower end of Clopper and Pearson for 95 of 100

Everything is carried in logarithms, so that tails far below 1e-300 keep their digits; tails of
samples of ten million rows are good to about 1e-12. Scalars only.
"""

from math import exp, inf, log, log1p, pi

from shipway.stats.special import deviance, stirling_error

TINY = 1e-300
MOST_TERMS = 1_000_000
MOST_STEPS = 200


def log_beta(a: float, b: float) -> float:
    """ln B(a, b) for a, b > 0, without the cancellation of three large log-gammas."""
    errors = stirling_error(a) + stirling_error(b) - stirling_error(a + b)
    powers = -a * log1p(b / a) - b * log1p(a / b)
    return powers + errors + (log(2 * pi) + log1p(b / a) - log(b)) / 2


def incomplete_beta(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function I_x(a, b) = P(Beta(a, b) <= x), for a, b > 0.

    ValueError unless 0 <= x <= 1.
    """
    return exp(log_tails(a, b, x)[0])


def log_tails(a: float, b: float, x: float) -> tuple[float, float]:
    """ln P(Beta(a, b) <= x) and ln P(Beta(a, b) > x); -inf for an impossible tail.

    The continued fraction of the tail that x lies in, scaled by Loader's density; the other tail
    is its complement. Sources: A. R. DiDonato and A. H. Morris, "Significant digit computation of
    the incomplete beta function ratios", ACM Trans. Math. Softw. 18 (1992), equation 9; C. Loader,
    "Fast and accurate computation of binomial probabilities" (2000).
    """
    if not (a > 0 and b > 0 and 0 <= x <= 1):
        raise ValueError(f"no incomplete beta function of {a}, {b} at {x}")
    if x in (0, 1):
        return (-inf, 0.0) if x == 0 else (0.0, -inf)
    density = log_density(a, b, x)
    # The smaller of x and 1 - x has all its digits, the other has lost what lies below 1e-16.
    away = a - (a + b) * x if x <= 0.5 else (a + b) * (1 - x) - b
    if x <= (a + 1) / (a + b + 2):
        lower = min(density - log(_fraction(a, b, x, away)), 0.0)
        return lower, _log_complement(lower)
    upper = min(density - log(_fraction(b, a, 1 - x, -away)), 0.0)
    return _log_complement(upper), upper


def log_density(a: float, b: float, x: float) -> float:
    """ln(x^a (1 - x)^b / B(a, b)), the density of the log-odds of Beta(a, b), for 0 < x < 1."""
    rows = a + b
    errors = stirling_error(rows) - stirling_error(a) - stirling_error(b)
    away = deviance(a, rows * x) + deviance(b, rows * (1 - x))
    return errors - away + (log(a) - log1p(a / b) - log(2 * pi)) / 2


def beta_quantile(probability: float, a: float, b: float, *, upper: bool = False) -> float:
    """The x with I_x(a, b) = probability, for a, b > 0; ValueError unless 0 <= probability <= 1.

    With `upper` the x beyond which `probability` lies, to full precision for a small one.

    Newton's method on the smaller tail's logarithm over the log-odds of x, where that function is
    concave and rising (the log-odds have a log-concave density): from any start, the steps after
    the first approach the quantile from below.
    """
    if not 0 <= probability <= 1:
        raise ValueError(f"no quantile at {probability}")
    if probability in (0, 1):
        return 1.0 - probability if upper else float(probability)
    if probability > 0.5:
        probability, upper = 1 - probability, not upper
    if upper:
        return _logistic(-_log_odds(probability, b, a))
    return _logistic(_log_odds(probability, a, b))


def _log_odds(probability: float, a: float, b: float) -> float:
    goal, at = log(probability), log(a / b)
    for _ in range(MOST_STEPS):
        x = _logistic(at)
        if not 0 < x < 1:
            break
        lower = log_tails(a, b, x)[0]
        step = (goal - lower) * exp(lower - log_density(a, b, x))
        at += step
        if abs(step) <= 4e-16 * max(1.0, abs(at)):
            break
    return at


def _logistic(log_odds: float) -> float:
    return 1 / (1 + exp(-log_odds)) if log_odds > -700 else exp(log_odds)


def _log_complement(log_share: float) -> float:
    """ln(1 - e^s)."""
    share = exp(log_share)
    return log1p(-share) if share < 1 else -inf


def _fraction(a: float, b: float, x: float, away: float) -> float:
    """The continued fraction of x^a (1 - x)^b / (B(a, b) I_x(a, b)), by modified Lentz.

    `away` is a - (a + b) x.
    """
    result = c = a * (away + 1) / (a + 1) or TINY
    d = 0.0
    for step in range(1, MOST_TERMS):
        middle = a + 2 * step
        above = (a + step - 1) * (a + b + step - 1) * step * (b - step) * (x / (middle - 1)) ** 2
        below = step + step * (b - step) * x / (middle - 1)
        below += (a + step) * (away + 1 + step * (2 - x)) / (middle + 1)
        d = 1 / ((below + above * d) or TINY)
        c = (below + above / c) or TINY
        result *= c * d
        if abs(c * d - 1) < 2.3e-16:
            break
    return result
