# SPDX-License-Identifier: Apache-2.0
"""How sure a share of rows is: accuracy, recall, specificity, precision.

Wilson's score interval stays inside [0, 1] and holds its coverage on average for small samples and
shares near the ends, where the textbook interval has no width at all. Clopper and Pearson's never
covers less than it promises, and is wider. Jeffreys's lies between them.

    wilson(95, 100).low            # 0.8882
    clopper_pearson(95, 100).low   # 0.8872
    jeffreys(95, 100).low          # 0.8941

Counts may be fractional (weighted rows); ValueError when they are impossible.
"""

from math import sqrt

from shipway.stats.beta import beta_quantile
from shipway.stats.binomial import at_least, at_most
from shipway.stats.bounds import Alternative, Bounds, Sides, quantile, tail
from shipway.stats.score import p_value, standardised


def wilson(successes: float, trials: float, confidence: float = 0.95, sides: Sides = 2) -> Bounds:
    """Wilson's score interval for a proportion (no continuity correction).

    No trials at all give [0, 1]: nothing is known.

    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
    J. Am. Stat. Assoc. 22 (1927); recommended for all sample sizes by Brown, Cai and DasGupta,
    "Interval estimation for a binomial proportion", Statistical Science 16 (2001).
    """
    _check(successes, trials)
    z = quantile(confidence, sides)
    if trials == 0:
        return Bounds(0.0, 1.0, confidence, sides, "Wilson")
    share = successes / trials
    spread = z * z / trials
    middle = share + spread / 2
    half = z * sqrt(share * (1 - share) / trials + spread / (4 * trials))
    low = 0.0 if successes == 0 else (middle - half) / (1 + spread)
    high = 1.0 if successes == trials else (middle + half) / (1 + spread)
    return Bounds(max(low, 0.0), min(high, 1.0), confidence, sides, "Wilson")


def clopper_pearson(
    successes: float, trials: float, confidence: float = 0.95, sides: Sides = 2
) -> Bounds:
    """The exact interval: the shares that neither one-sided binomial test rejects.

    Its coverage is at least `confidence` for every share and every number of trials.

    Source: C. J. Clopper and E. S. Pearson, "The use of confidence or fiducial limits illustrated
    in the case of the binomial", Biometrika 26 (1934), in its form by quantiles of beta.
    """
    _check(successes, trials)
    alpha = tail(confidence, sides)
    low, high = 0.0, 1.0
    if successes > 0:
        low = beta_quantile(alpha, successes, trials - successes + 1)
    if successes < trials:
        high = beta_quantile(alpha, successes + 1, trials - successes, upper=True)
    return Bounds(low, high, confidence, sides, "Clopper-Pearson")


def jeffreys(successes: float, trials: float, confidence: float = 0.95, sides: Sides = 2) -> Bounds:
    """The equal-tailed interval under Jeffreys's prior, Beta(1/2, 1/2).

    With no success the lower end is 0 and with no failure the upper end 1, without which the
    coverage would fall to 0 near the ends.

    Source: Brown, Cai and DasGupta (2001), section 4.1.2; see `wilson`.
    """
    _check(successes, trials)
    alpha = tail(confidence, sides)
    first, second = successes + 0.5, trials - successes + 0.5
    low = 0.0 if successes == 0 else beta_quantile(alpha, first, second)
    high = 1.0 if successes == trials else beta_quantile(alpha, first, second, upper=True)
    return Bounds(low, high, confidence, sides, "Jeffreys")


def binomial_p_value(
    successes: float, trials: float, limit: float, alternative: Alternative = "greater"
) -> float:
    """The exact one-sided binomial test that Clopper and Pearson's interval inverts.

    With "greater" the hypothesis is share <= limit, and p = P(X >= successes) for
    X ~ Bin(trials, limit); with "less" it is share >= limit, and p = P(X <= successes). A
    hypothesis that must be true has p = 1, as has one without trials; one that can't be, 0.
    """
    _check(successes, trials)
    certain = _certain(trials, limit, alternative)
    if certain is not None:
        return certain
    if alternative == "greater":
        return at_least(successes, trials, limit)
    return at_most(successes, trials, limit)


def score_p_value(
    successes: float, trials: float, limit: float, alternative: Alternative = "greater"
) -> float:
    """The one-sided score test that Wilson's interval inverts: hypotheses as above.

    z = (share - limit) / sqrt(limit (1 - limit) / trials), without continuity correction. It is
    below alpha just where Wilson's one-sided bound at 1 - alpha is clear of `limit`.
    """
    _check(successes, trials)
    certain = _certain(trials, limit, alternative)
    if certain is not None:
        return certain
    z = standardised(successes / trials - limit, limit * (1 - limit) / trials)
    return p_value(z, alternative)


def _check(successes: float, trials: float) -> None:
    if not 0 <= successes <= trials:
        raise ValueError(f"{successes} successes in {trials} trials")


def _certain(trials: float, limit: float, alternative: Alternative) -> float | None:
    """The p-value where no number of successes could change it."""
    below, above = (0.0, 1.0) if alternative == "greater" else (1.0, 0.0)
    if trials == 0:
        return 1.0
    if limit < 0 or limit > 1:
        return below if limit < 0 else above
    if limit == 1 and alternative == "greater":
        return 1.0
    return 1.0 if limit == 0 and alternative == "less" else None
