# SPDX-License-Identifier: Apache-2.0
"""Binary metrics at a point of the ranking: `recall@precision=0.9`, `precision@k=100`, `lift@k=50`.

A cut predicts the rows above it positive. There is one between any two scores that differ, one
above all and one below all rows; rows with equal scores are never told apart. Where the k-th row is
one of several with its score, each of them counts in part, as if drawn by lot.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from shipway.evaluation.areas import both_classes_problem, positives_problem, steps
from shipway.evaluation.confusion import divided
from shipway.evaluation.formulas import SmoothMetric, own_weights, score_problem, weights
from shipway.evaluation.metrics import MetricKind
from shipway.evaluation.predictions import Predictions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

SLACK = 1e-12
FEW = 2_000
"""Below so many rows the rate of positives at the cut is too rough for influence values."""


@dataclass(frozen=True)
class Cuts:
    """Positive and negative weight above each cut (b, s + 1), none above the first, and in all (b).

    Cut j lies below j of the s distinct scores.
    """

    found: "Vector"
    alarms: "Vector"

    @property
    def recall(self) -> "Vector":
        """Share of positives above each cut."""
        return divided(self.found, np.broadcast_to(self.found[:, -1:], self.found.shape))

    @property
    def fpr(self) -> "Vector":
        """Share of negatives above each cut."""
        return divided(self.alarms, np.broadcast_to(self.alarms[:, -1:], self.alarms.shape))

    @property
    def precision(self) -> "Vector":
        """Share of positives among the rows above each cut; 1 above which there are none."""
        rows = self.found + self.alarms
        return np.divide(self.found, rows, out=np.ones_like(rows), where=rows > 0)

    def of(self, name: str) -> "Vector":
        """The share called so (`specificity` too) at each cut."""
        if name == "specificity":
            return 1 - self.fpr
        return np.asarray(
            {"recall": self.recall, "fpr": self.fpr, "precision": self.precision}[name]
        )


def cuts(predictions: Predictions, counts: "Vector") -> Cuts:
    """All cuts of the scores, for rows drawn so often (b, n)."""
    none = np.zeros((len(counts), 1))
    totals = steps(predictions, counts)
    return Cuts(*(np.concatenate((none, part), axis=1) for part in totals))


def best_allowed(kind: MetricKind, at: Cuts) -> "NDArray[np.int64]":
    """For each draw (b) the cut at which the metric is largest while its condition holds.

    Of equally good cuts the one with the fewest rows above it.
    """
    (condition, limit) = next((key, kind.number(key)) for key in CONDITIONS if key in kind.options)
    shares = at.of(condition)
    allowed = shares <= limit + SLACK if condition == "fpr" else shares >= limit - SLACK
    return np.asarray(np.argmax(np.where(allowed, at.of(kind.base), -1.0), axis=1))


CONDITIONS = ("precision", "recall", "specificity", "fpr")


def at_condition(kind: MetricKind, predictions: Predictions, counts: "Vector") -> "Vector":
    """The largest value at a cut where the condition holds.

    Where no cut with rows above it has the precision, recall is that of the first cut: 0.
    """
    at = cuts(predictions, counts)
    known = (at.found[:, -1] > 0) & (at.alarms[:, -1] > 0)
    values = at.of(kind.base)[np.arange(len(counts)), best_allowed(kind, at)]
    return np.where(known, values, np.nan)


def at_condition_influence(kind: MetricKind, predictions: Predictions) -> "Vector | None":
    """Of a share at a cut that moves with the condition; None with few rows.

    psi = psi(share) - (slope of the share along the curve) psi(condition): the slope follows from
    the rate of positives at the cut, which is taken from its nearest rows.
    """
    if len(predictions) < FEW:
        return None
    own = own_weights(predictions)
    at = cuts(predictions, predictions.once)
    cut = int(best_allowed(kind, at)[0])
    condition = next(key for key in CONDITIONS if key in kind.options)
    bound = abs(float(at.of(condition)[0, cut]) - kind.number(condition))
    share = _Share(predictions, at, cut)
    found = share.influence(kind.base)
    # A condition that is far from its limit does not hold the cut in place.
    if cut in (0, at.found.shape[1] - 1) or bound > 10 / np.sqrt(len(own)):
        return found
    slope = share.slope(kind.base) / share.slope(condition) if share.slope(condition) else 0.0
    return np.asarray(found - slope * share.influence(condition))


@dataclass(frozen=True)
class _Share:
    """Shares above one cut: their influence values, and how fast they change with rows above it."""

    predictions: Predictions
    at: Cuts
    cut: int

    def influence(self, name: str) -> "Vector":
        """n times the derivative of the share by each row's count, the cut held fixed (n)."""
        own, positive = own_weights(self.predictions), self.predictions.target == 1
        above = self.predictions.ranked.step < self.cut
        share = self.value("fpr" if name == "specificity" else name)
        if name == "recall":
            change = positive * (above - share) / self.at.found[0, -1]
        elif name == "precision":
            change = above * (positive - share) / max(self.rows, SLACK)
        else:
            change = ~positive * (above - share) / self.at.alarms[0, -1]
        return np.asarray(len(own) * own * (-change if name == "specificity" else change))

    def slope(self, name: str) -> float:
        """The change of the share by one more row above the cut, one of those near it."""
        positive, weight = near(self.predictions, self.cut)
        if name == "recall":
            return float(positive / self.at.found[0, -1])
        if name == "precision":
            return float((positive - self.value(name) * weight) / max(self.rows, SLACK))
        change = float((weight - positive) / self.at.alarms[0, -1])
        return -change if name == "specificity" else change

    def value(self, name: str) -> float:
        """The share itself."""
        return float(self.at.of(name)[0, self.cut])

    @property
    def rows(self) -> float:
        """The weight above the cut."""
        return float(self.at.found[0, self.cut] + self.at.alarms[0, self.cut])


def near(predictions: Predictions, cut: int) -> tuple[float, float]:
    """Mean positive weight and mean weight of the n^(2/3) rows at a cut, and of their equals."""
    ranked, own = predictions.ranked, own_weights(predictions)
    place = int(ranked.ends[cut - 1]) + 1 if cut else 0
    half = max(1, round(len(own) ** (2 / 3) / 2))
    first, last = np.searchsorted(ranked.ends, [max(0, place - half), place + half - 1])
    begin = int(ranked.ends[first - 1]) + 1 if first else 0
    rows = ranked.order[begin : int(ranked.ends[min(last, len(ranked.ends) - 1)]) + 1]
    return float((own[rows] * (predictions.target[rows] == 1)).mean()), float(own[rows].mean())


def among_first(kind: MetricKind, predictions: Predictions, counts: "Vector") -> "Vector":
    """Precision, recall or lift of the k highest scores."""
    found, rows, positives, total = _first(kind, predictions, counts)
    if kind.base == "recall":
        return divided(found, positives)
    precision = divided(found, rows)
    return precision if kind.base == "precision" else divided(precision * total, positives)


def among_first_influence(kind: MetricKind, predictions: Predictions) -> "Vector | None":
    """As `at_condition_influence`: the cut moves so that k rows stay above it."""
    if len(predictions) < FEW:
        return None
    own, size = own_weights(predictions), len(predictions)
    at = cuts(predictions, predictions.once)
    cut = int(np.searchsorted(predictions.ranked.ends + 1, kind.count("k"))) + 1
    share = _Share(predictions, at, cut)
    name = "recall" if kind.base == "recall" else "precision"
    above = predictions.ranked.step < cut
    found = share.influence(name) - share.slope(name) * size * (above - above.mean())
    if kind.base != "lift":
        return np.asarray(found)
    positive, rate = predictions.target == 1, at.found[0, -1] / own.sum()
    of_rate = own * (positive - rate) / own.mean()
    return np.asarray((found - share.value("precision") / rate * of_rate) / rate)


def _first(
    kind: MetricKind, predictions: Predictions, counts: "Vector"
) -> "tuple[Vector, Vector, Vector, Vector]":
    """Positive weight and weight among the first k drawn rows; positive weight and weight (b)."""
    ranked, positive = predictions.ranked, predictions.target == 1
    each = weights(predictions, counts)
    drawn, found, rows = (ranked.totals(part) for part in (counts, each * positive, each))
    k = float(kind.count("k"))
    firsts = [
        (np.interp(k, np.append(0.0, d), np.append(0.0, f)),
         np.interp(k, np.append(0.0, d), np.append(0.0, r)))
        for d, f, r in zip(drawn, found, rows, strict=True)
    ]  # fmt: skip
    first = np.array(firsts).reshape(-1, 2)
    return first[:, 0], first[:, 1], found[:, -1], rows[:, -1]


def enough_rows_problem(kind: MetricKind, predictions: Predictions) -> str:
    """Why there are no k rows to look at, or nothing to find among them."""
    if problem := score_problem(kind, predictions):
        return problem
    if len(predictions) < kind.count("k"):
        return f"there are only {len(predictions)} rows, fewer than k"
    return "" if kind.base == "precision" else positives_problem(kind, predictions)


_AT = SmoothMetric(
    at_condition, at_condition_influence, both_classes_problem, "a class has no rows"
)
_FIRST = SmoothMetric(among_first, among_first_influence, enough_rows_problem)

SMOOTH: dict[str, SmoothMetric] = {
    "recall@precision": _AT,
    "recall@fpr": _AT,
    "recall@specificity": _AT,
    "precision@recall": _AT,
    "specificity@recall": _AT,
    "precision@k": _FIRST,
    "recall@k": _FIRST,
    "lift@k": _FIRST,
}
