# SPDX-License-Identifier: Apache-2.0
"""How far an area under the ROC curve scatters before there are any scores: for planning.

DeLong's variance needs the scores themselves; this one only the area and how many rows each class
has, under the assumption that both classes' scores follow (negative) exponential distributions.
Source: J. A. Hanley and B. J. McNeil, "The meaning and use of the area under a receiver operating
characteristic (ROC) curve", Radiology 143 (1982), equation 2.
"""

from shipway.stats.rows import POWER, rows_for_mean


def area_variance(area: float, positives: float, negatives: float) -> float:
    """The variance of the area of `positives` and `negatives` rows (each at least 1)."""
    first, second = _moments(area)
    within = area * (1 - area) + (positives - 1) * first + (negatives - 1) * second
    return within / (positives * negatives)


def rows_for_area(
    area: float,
    distance: float,
    base_rate: float,
    confidence: float,
    power: float = POWER,
    contrast: float = 1.0,
) -> int | None:
    """Rows at which the one-sided bound of an area clears a limit `distance` away.

    `base_rate` is the share of positives, above 0 and below 1. `contrast` is 2 (1 - r) for the
    difference of two such areas on the same rows whose correlation is r. None without a distance.
    """
    first, second = _moments(area)
    # Equation 2 times the number of rows, as that grows: one part for each class.
    variance = contrast * (first / (1 - base_rate) + second / base_rate)
    return rows_for_mean(1, variance, distance, confidence, power)


def _moments(area: float) -> tuple[float, float]:
    return area / (2 - area) - area**2, 2 * area**2 / (1 + area) - area**2
