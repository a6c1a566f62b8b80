# SPDX-License-Identifier: Apache-2.0
"""The area under the ROC curve of one model from few rows of a class: a score interval.

DeLong's variance comes from the placements that were seen. Where twenty positives are ranked well
it is too small more often than not: a 95 % lower bound is above the truth 13 % of the time for an
area of 0.86, 20 % for one of 0.96. The score interval asks instead of each possible area how far
the measured one would scatter if that were the truth.

    area_score(0.9, 20, 180, 0.95, sides=1).low    # 0.807

Source: R. G. Newcombe, "Confidence intervals for an effect size measure based on the Mann-Whitney
statistic. Part 2: asymptotic methods and evaluation", Statistics in Medicine 25 (2006), method 5,
with the variance of J. A. Hanley and B. J. McNeil, Radiology 143 (1982).
"""

from shipway.stats.bounds import Alternative, Bounds, Sides, quantile
from shipway.stats.score import invert, p_value, standardised


def area_score(
    value: float,
    positives: float,
    negatives: float,
    confidence: float = 0.95,
    sides: Sides = 2,
) -> Bounds:
    """The interval of an area in [0, 1] from so many rows of each class, more than none."""

    def statistic(limit: float) -> float:
        return standardised(value - limit, _variance(limit, positives, negatives))

    low, high = invert(statistic, value, 0.0, 1.0, quantile(confidence, sides))
    return Bounds(low, high, confidence, sides, "Newcombe, area")


def area_score_p_value(
    value: float, positives: float, negatives: float, limit: float, alternative: Alternative
) -> float:
    """The one-sided test that it inverts."""
    limit = min(1.0, max(0.0, limit))
    return p_value(standardised(value - limit, _variance(limit, positives, negatives)), alternative)


def _variance(area: float, positives: float, negatives: float) -> float:
    """Of scores that are exponential in both classes, the class sizes evened out."""
    size = (positives + negatives) / 2 - 1
    ahead = (1 - area) / (2 - area) + area / (1 + area)
    return area * (1 - area) * (1 + size * ahead) / (positives * negatives)
