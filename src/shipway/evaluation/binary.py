# SPDX-License-Identifier: Apache-2.0
"""The metrics of a binary model's confusion table.

A label that is neither class is wrong for its row: it counts as a false positive where the truth
is negative, as a false negative where it is positive.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from shipway.evaluation.confusion import CellMetric, derivative, divided, mean_of, share_of
from shipway.evaluation.metrics import MetricKind

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[Any]

NO_ROWS = "there are no rows"
NO_POSITIVES = "no row is positive"
NO_NEGATIVES = "no row is negative"
NONE_FOUND = "no row is predicted positive"
NONE_SPARED = "no row is predicted negative"
ALIKE = "truth or prediction is the same for all rows"

# Cells as (true, predicted), the last column for labels that are neither class.
_TN, _FP, _OTHER_FP = (0, 0), (0, 1), (0, 2)
_FN, _TP, _OTHER_FN = (1, 0), (1, 1), (1, 2)
_ROW_0, _ROW_1 = (_TN, _FP, _OTHER_FP), (_FN, _TP, _OTHER_FN)
_FOUND, _SPARED = (_TP, _FP, _OTHER_FP), (_TN, _FN, _OTHER_FN)

SHARES: dict[str, tuple[tuple[tuple[int, int], ...], tuple[tuple[int, int], ...], str]] = {
    "accuracy": ((_TN, _TP), (*_ROW_0, *_ROW_1), NO_ROWS),
    "recall": ((_TP,), _ROW_1, NO_POSITIVES),
    "specificity": ((_TN,), _ROW_0, NO_NEGATIVES),
    "precision": ((_TP,), _FOUND, NONE_FOUND),
    "npv": ((_TN,), _SPARED, NONE_SPARED),
    "fpr": ((_FP, _OTHER_FP), _ROW_0, NO_NEGATIVES),
    "fnr": ((_FN, _OTHER_FN), _ROW_1, NO_POSITIVES),
    "selection_rate": ((_TP, _FP), (*_ROW_0, *_ROW_1), NO_ROWS),
}
"""For each share the cells of its hits, the cells of its trials, and why there may be none."""


class Table(NamedTuple):
    """True and false positives, false and true negatives of B tables, each of length B."""

    tp: "Numbers"
    fp: "Numbers"
    fn: "Numbers"
    tn: "Numbers"


def cell_metric(kind: MetricKind) -> CellMetric:
    """The metric as a function of tables (B, 2, 3)."""
    if kind.base in SHARES:
        hit, trial, undefined = SHARES[kind.base]
        return share_of(_mask(hit), _mask(trial), undefined)
    if kind.base == "cost" and kind.costs is not None:
        return mean_of(_costs(kind), NO_ROWS)
    formula, undefined = _formula(kind)
    return CellMetric(
        lambda tables: formula(fold(tables)), lambda one: _gradient(formula, one), undefined
    )


def fold(tables: "Numbers") -> Table:
    """The four counts of tables (B, 2, 3)."""
    return Table(
        tables[:, 1, 1],
        tables[:, 0, 1] + tables[:, 0, 2],
        tables[:, 1, 0] + tables[:, 1, 2],
        tables[:, 0, 0],
    )


def balanced_accuracy(t: Table) -> "Numbers":
    """Mean of recall and specificity."""
    return (divided(t.tp, t.tp + t.fn) + divided(t.tn, t.tn + t.fp)) / 2


def fbeta(t: Table, beta: float) -> "Numbers":
    """(1 + b²) tp / ((1 + b²) tp + b² fn + fp)."""
    found = (1 + beta**2) * t.tp
    return divided(found, found + beta**2 * t.fn + t.fp)


def mcc(t: Table) -> "Numbers":
    """Matthews' correlation of truth and prediction."""
    below = (t.tp + t.fp) * (t.tp + t.fn) * (t.tn + t.fp) * (t.tn + t.fn)
    return divided(t.tp * t.tn - t.fp * t.fn, np.sqrt(below))


def kappa(t: Table) -> "Numbers":
    """2 (tp tn - fp fn) / ((tp + fp)(fp + tn) + (tp + fn)(fn + tn))."""
    below = (t.tp + t.fp) * (t.fp + t.tn) + (t.tp + t.fn) * (t.fn + t.tn)
    return divided(2 * (t.tp * t.tn - t.fp * t.fn), below)


def _formula(kind: MetricKind) -> "tuple[Callable[[Table], Numbers], str]":
    if kind.base in ("f1", "fbeta"):
        beta = kind.number("beta") if kind.base == "fbeta" else 1.0
        return lambda t: fbeta(t, beta), "no row is positive or predicted positive"
    return {
        "balanced_accuracy": (balanced_accuracy, "one class has no rows"),
        "mcc": (mcc, ALIKE),
        "kappa": (kappa, "truth and prediction are the same class for all rows"),
    }[kind.base]


def _gradient(formula: "Callable[[Table], Numbers]", one: "Numbers") -> "Numbers":
    counts = np.concatenate(fold(one[None]))
    tp, fp, fn, tn = derivative(lambda rows: formula(Table(*rows.T)), counts)
    return np.array([[tn, fp, fp], [fn, tp, fn]])


def _mask(cells: tuple[tuple[int, int], ...]) -> "NDArray[np.bool_]":
    found = np.zeros((2, 3), dtype=bool)
    for cell in cells:
        found[cell] = True
    return found


def _costs(kind: MetricKind) -> "Numbers":
    assert kind.costs is not None  # noqa: S101 - the caller looked
    (tn, fp, _), (fn, tp, _) = kind.costs.rows(("negative", "positive"))
    return np.array([[tn, fp, fp], [fn, tp, fn]])
