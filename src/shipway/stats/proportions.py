# SPDX-License-Identifier: Apache-2.0
"""How sure a share of rows is: accuracy, recall, specificity, precision.

Wilson's score interval stays inside [0, 1] and holds its coverage for small samples and shares
near the ends, where the textbook interval has no width at all.

    wilson(95, 100).low   # 0.888
"""

from math import sqrt

from shipway.stats.bounds import Bounds, Sides, quantile


def wilson(successes: float, trials: float, confidence: float = 0.95, sides: Sides = 2) -> Bounds:
    """Wilson's score interval for a proportion (no continuity correction).

    No trials at all give [0, 1]: nothing is known. ValueError when the counts are impossible.

    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
    J. Am. Stat. Assoc. 22 (1927); recommended for all sample sizes by Brown, Cai and DasGupta,
    "Interval estimation for a binomial proportion", Statistical Science 16 (2001).
    """
    if not 0 <= successes <= trials:
        raise ValueError(f"{successes} successes in {trials} trials")
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
