# SPDX-License-Identifier: Apache-2.0
"""The metrics of a confusion table with any number of classes.

A class that never occurs, neither in truth nor in prediction, takes no part in a mean. A class
without rows has no recall, one that is never predicted a precision of 0. A label that is no class
is wrong for its row and adds to no class's predictions.
"""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from shipway.base.errors import InputError
from shipway.base.names import did_you_mean
from shipway.evaluation.binary import ALIKE, NO_ROWS
from shipway.evaluation.confusion import CellMetric, derivative, divided, mean_of, share_of
from shipway.evaluation.metrics import MetricKind
from shipway.evaluation.predictions import Predictions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[Any]

Part = Literal["precision", "recall", "f1"]


class Margins(NamedTuple):
    """Of B tables, for each class: rows predicted right, rows of it, rows predicted as it: (B, k).

    `rows` has the rows of each table (B).
    """

    right: "Numbers"
    true: "Numbers"
    predicted: "Numbers"

    @property
    def rows(self) -> "Numbers":
        """All rows of each table (B)."""
        return np.asarray(self.true.sum(axis=1))


Formula = Callable[[Margins], "Numbers"]


def cell_metric(kind: MetricKind, classes: tuple[str, ...]) -> CellMetric:
    """The metric as a function of tables (B, k, k + 1).

    InputError when it names a class that is not among `classes`.
    """
    if "class" in kind.options:
        return _of_class(kind, number_of(kind, classes), classes)
    if kind.base == "cost" and kind.costs is not None:
        return mean_of(np.array(kind.costs.rows(classes)), NO_ROWS)
    if kind.base == "accuracy":
        right = np.eye(len(classes), len(classes) + 1, dtype=bool)
        return share_of(right, np.ones_like(right), NO_ROWS)
    formula, undefined = FORMULAS[kind.base]
    return _of_margins(formula, undefined)


def number_of(kind: MetricKind, classes: tuple[str, ...]) -> int:
    """The number of the class that `kind` names; InputError when there is none called so."""
    from shipway.evaluation.columns import find_class

    wanted = kind.text("class")
    found = find_class(wanted, classes)
    if found is None:
        cure = did_you_mean(wanted, classes)
        raise InputError(f"{kind.name}: there is no class {wanted!r}", cure=cure)
    return classes.index(found)


def among_first(kind: MetricKind, predictions: Predictions) -> "NDArray[np.bool_]":
    """Which rows (n) have fewer than k classes with a higher score than the true one.

    Of classes with equal scores the earlier one counts as higher, as in a predicted label.
    """
    scores, target = predictions.score, predictions.target
    if scores is None:
        raise ValueError("no scores")
    own = scores[np.arange(len(scores)), target][:, None]
    earlier = np.arange(scores.shape[1]) < target[:, None]
    ahead = ((scores > own) | ((scores == own) & earlier)).sum(axis=1)
    return np.asarray(ahead < kind.count("k"))


def margins(tables: "Numbers") -> Margins:
    """What the formulas need of tables (B, k, k + 1)."""
    right = np.diagonal(tables, axis1=1, axis2=2)
    return Margins(right, tables.sum(axis=2), tables.sum(axis=1)[:, :-1])


def balanced_accuracy(m: Margins) -> "Numbers":
    """Mean recall of the classes that have rows."""
    has_rows = m.true.real > 0
    return divided(_shares(m.right, m.true).sum(axis=1), has_rows.sum(axis=1))


def averaged(part: Part, weighted: bool, m: Margins) -> "Numbers":
    """Mean of a part over the classes, plain (macro) or weighted by the rows of each class."""
    below = {"precision": m.predicted, "recall": m.true, "f1": (m.true + m.predicted) / 2}[part]
    values = _shares(m.right, below)
    if weighted:
        return divided((values * m.true).sum(axis=1), m.rows)
    occurs = (m.true + m.predicted).real > 0
    return divided(values.sum(axis=1), np.where(m.rows.real > 0, occurs.sum(axis=1), 0))


def mcc(m: Margins) -> "Numbers":
    """Matthews' correlation for many classes (J. Gorodkin, Comput. Biol. Chem. 28, 2004)."""
    rows = m.rows
    above = m.right.sum(axis=1) * rows - (m.true * m.predicted).sum(axis=1)
    spread = (rows**2 - (m.predicted**2).sum(axis=1)) * (rows**2 - (m.true**2).sum(axis=1))
    return divided(above, np.sqrt(spread))


def kappa(m: Margins) -> "Numbers":
    """Agreement beyond chance (J. Cohen, Educ. Psychol. Meas. 20, 1960)."""
    rows, chance = m.rows, (m.true * m.predicted).sum(axis=1)
    return divided(m.right.sum(axis=1) * rows - chance, rows**2 - chance)


FORMULAS: dict[str, tuple[Formula, str]] = {
    "balanced_accuracy": (balanced_accuracy, NO_ROWS),
    "precision_macro": (partial(averaged, "precision", False), NO_ROWS),
    "precision_weighted": (partial(averaged, "precision", True), NO_ROWS),
    "recall_macro": (partial(averaged, "recall", False), NO_ROWS),
    "recall_weighted": (partial(averaged, "recall", True), NO_ROWS),
    "f1_macro": (partial(averaged, "f1", False), NO_ROWS),
    "f1_weighted": (partial(averaged, "f1", True), NO_ROWS),
    "mcc": (mcc, ALIKE),
    "kappa": (kappa, "truth and prediction are the same class for all rows"),
}
"""For each metric its formula, and why it may have no value."""


def _of_margins(formula: Formula, undefined: str) -> CellMetric:
    def gradient(one: "Numbers") -> "Numbers":
        classes = len(one)
        found = derivative(
            lambda rows: formula(Margins(*np.split(rows, 3, axis=1))),
            np.concatenate([part[0] for part in margins(one[None])]),
        )
        right, true, predicted = np.split(found, 3)
        cells = true[:, None] + np.append(predicted, 0.0)
        cells[np.arange(classes), np.arange(classes)] += right
        return np.asarray(cells)

    return CellMetric(lambda tables: formula(margins(tables)), gradient, undefined)


def _of_class(kind: MetricKind, number: int, classes: tuple[str, ...]) -> CellMetric:
    shape = (len(classes), len(classes) + 1)
    hit, row, column = (np.zeros(shape, dtype=bool) for _ in range(3))
    hit[number, number] = row[number] = column[:, number] = True
    name = classes[number]
    if kind.base == "recall":
        return share_of(hit, row, f"no row is {name}")
    if kind.base == "precision":
        return share_of(hit, column, f"no row is predicted {name}")
    if kind.base == "selection_rate":
        return share_of(column, np.ones(shape, dtype=bool), NO_ROWS)

    def f1(m: Margins) -> "Numbers":
        return divided(2 * m.right[:, number], m.true[:, number] + m.predicted[:, number])

    return _of_margins(f1, f"no row is {name} or predicted {name}")


def _shares(above: "Numbers", below: "Numbers") -> "Numbers":
    """Quotients, 0 where the divisor is."""
    found = np.zeros(below.shape, dtype=np.result_type(above, below))
    return np.divide(above, below, out=found, where=below.real > 0)
