# SPDX-License-Identifier: Apache-2.0
"""The numbers behind the pictures: ROC, precision-recall and confusion matrix."""

from typing import TYPE_CHECKING

from shipway.evaluation.predictions import Predictions
from shipway.records.training import Confusion, Curve

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOST_POINTS = 200
MOST_CLASSES = 50


def roc(predictions: Predictions | None) -> Curve | None:
    """False positive rate against true positive rate; None without scores or with one class."""
    if not _has_curve(predictions):
        return None
    assert predictions is not None  # noqa: S101 - just looked at
    from sklearn.metrics import roc_curve

    false_rate, true_rate, _ = roc_curve(predictions.target == 1, predictions.score)
    return _thinned(false_rate, true_rate)


def precision_recall(predictions: Predictions | None) -> Curve | None:
    """Recall against precision; None without scores or with one class."""
    if not _has_curve(predictions):
        return None
    assert predictions is not None  # noqa: S101 - just looked at
    from sklearn.metrics import precision_recall_curve

    precision, recall, _ = precision_recall_curve(predictions.target == 1, predictions.score)
    return _thinned(recall[::-1], precision[::-1])


def confusion(predictions: Predictions | None) -> Confusion | None:
    """Counts of true class against predicted class; None for regression and many classes."""
    if predictions is None or predictions.label is None or not predictions.classes:
        return None
    classes = predictions.classes
    size = len(classes)
    if size > MOST_CLASSES:
        return None
    import numpy as np

    # A label that is no class of the target has a column of its own.
    counts = np.zeros((size + 1, size + 1), dtype=np.int64)
    np.add.at(counts, (predictions.target, predictions.label), 1)
    shown = size + 1 if counts[size].any() or counts[:, size].any() else size
    labels = (*classes, "(other)")[:shown]
    rows = tuple(tuple(int(n) for n in row[:shown]) for row in counts[:shown])
    return Confusion(tuple(labels), rows)


def _has_curve(predictions: Predictions | None) -> bool:
    if predictions is None or predictions.score is None or len(predictions.classes) != 2:
        return False
    positives = int((predictions.target == 1).sum())
    return predictions.score.ndim == 1 and 0 < positives < len(predictions)


def _thinned(x: "NDArray[np.float64]", y: "NDArray[np.float64]") -> Curve:
    import numpy as np

    chosen = np.unique(np.linspace(0, len(x) - 1, min(MOST_POINTS, len(x))).round().astype(int))
    return Curve(tuple(map(float, x[chosen])), tuple(map(float, y[chosen])))
