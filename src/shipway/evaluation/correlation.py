# SPDX-License-Identifier: Apache-2.0
"""How well predicted values follow the true ones, whatever their scale: Pearson and Spearman.

Spearman's is Pearson's of the ranks, ties sharing their middle. A row counts twice in it: by its
own pair of ranks, and by the ranks of all others that it moves.
"""

from typing import TYPE_CHECKING

import numpy as np

from shipway.evaluation.confusion import divided
from shipway.evaluation.formulas import SmoothMetric, own_weights, weights
from shipway.evaluation.metrics import MetricKind
from shipway.evaluation.predictions import Predictions
from shipway.evaluation.ranked import Ranked
from shipway.evaluation.regression import value_problem

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

FLAT = "the true or the predicted value is the same for all rows"


def pearson(kind: MetricKind, predictions: Predictions, counts: "Vector") -> "Vector":
    """Covariance divided by both standard deviations."""
    each = weights(predictions, counts)
    true, said = _values(predictions)
    shape = each.shape
    return _correlation(each, np.broadcast_to(true, shape), np.broadcast_to(said, shape))


def pearson_influence(kind: MetricKind, predictions: Predictions) -> "Vector":
    """n w (uv - r (u² + v²) / 2) / weight, of standardised values u and v."""
    own = own_weights(predictions)
    u, v = (_standard(part, own)[0] for part in _values(predictions))
    return _of_pairs(u, v, own)


def spearman(kind: MetricKind, predictions: Predictions, counts: "Vector") -> "Vector":
    """Pearson's correlation of the mid-ranks."""
    each = weights(predictions, counts)
    true, said = (_ranks(Ranked(part), each) for part in _values(predictions))
    return _correlation(each, true, said)


def spearman_influence(kind: MetricKind, predictions: Predictions) -> "Vector":
    """That of Pearson's of the ranks, and what a row does to the ranks of those above it."""
    own = own_weights(predictions)
    ranked = [Ranked(part) for part in _values(predictions)]
    ranks = [_ranks(part, own[None])[0] / own.sum() for part in ranked]
    (u, wide), (v, high) = (_standard(part, own) for part in ranks)
    r = float(np.average(u * v, weights=own))
    found = _of_pairs(u, v, own)
    for order, slope in ((ranked[0], (v - r * u) / wide), (ranked[1], (u - r * v) / high)):
        moved = _share_above(order, own * slope) - _own_shift(order, own, slope)
        found += own * moved / own.mean() / own.sum()
    return found


def _values(predictions: Predictions) -> "tuple[Vector, Vector]":
    if predictions.label is None:
        raise ValueError("no predicted values")
    target, label = predictions.target, predictions.label
    return np.asarray(target, dtype=np.float64), np.asarray(label, dtype=np.float64)


def _correlation(each: "Vector", one: "Vector", other: "Vector") -> "Vector":
    """Of two values for each draw and row (b, n), under weights (b, n): (b)."""
    total = each.sum(axis=1, keepdims=True)
    with np.errstate(invalid="ignore"):
        u = one - divided((each * one).sum(axis=1, keepdims=True), total)
        v = other - divided((each * other).sum(axis=1, keepdims=True), total)
        spread = (each * u * u).sum(axis=1) * (each * v * v).sum(axis=1)
        size = (each * one * one).sum(axis=1) * (each * other * other).sum(axis=1)
        spread = np.where(spread <= 1e-28 * size, 0.0, spread)
        return np.clip(divided((each * u * v).sum(axis=1), np.sqrt(spread)), -1.0, 1.0)


def _standard(values: "Vector", own: "Vector") -> "tuple[Vector, float]":
    """Values (n) with mean 0 and variance 1, and the standard deviation that they had."""
    centred = values - np.average(values, weights=own)
    deviation = float(np.sqrt(np.average(centred**2, weights=own)))
    return centred / deviation, deviation


def _of_pairs(u: "Vector", v: "Vector", own: "Vector") -> "Vector":
    r = np.average(u * v, weights=own)
    return np.asarray(own * (u * v - r * (u * u + v * v) / 2) / own.mean())


def _ranks(ranked: Ranked, each: "Vector") -> "Vector":
    """The weight below each row, and half of that beside it: (b, n)."""
    above = ranked.totals(each)
    beside = np.diff(above, axis=1, prepend=0.0)
    below = above[:, -1:] - above + beside / 2
    return np.asarray(below[:, ranked.step])


def _share_above(ranked: Ranked, slope: "Vector") -> "Vector":
    """For each row the sum of `slope` over the rows above it and half of those beside, per weight.

    It is what one more row at its place adds to the ranks of the others.
    """
    raised = ranked.totals(slope[None])[0]
    return np.asarray((raised - np.diff(raised, prepend=0.0) / 2)[ranked.step])


def _own_shift(ranked: Ranked, own: "Vector", slope: "Vector") -> float:
    """What one more row takes from all shares of rank because the whole has grown."""
    ranks = _ranks(ranked, own[None])[0] / own.sum()
    return float((own * slope * ranks).sum())


SMOOTH: dict[str, SmoothMetric] = {
    "pearson": SmoothMetric(pearson, pearson_influence, value_problem, FLAT),
    "spearman": SmoothMetric(spearman, spearman_influence, value_problem, FLAT),
}
