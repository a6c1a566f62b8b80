# SPDX-License-Identifier: Apache-2.0
"""What changes for those who use a model: churn, the share of rows that two models predict
differently.

A regression model's prediction has changed when both lie more than `more_than` apart.
"""

from typing import TYPE_CHECKING

import numpy as np

from shipway.evaluation.measured import Measured, share_of_rows, undefined
from shipway.evaluation.metrics import MetricKind
from shipway.evaluation.predictions import Predictions

if TYPE_CHECKING:
    from numpy.typing import NDArray


def churn(kind: MetricKind, challenger: Predictions, champion: Predictions) -> Measured:
    """The share of rows that changed; weights are the challenger's. Undefined without labels."""
    if challenger.label is None or champion.label is None:
        return undefined("there are no predicted labels")
    if not len(challenger):
        return undefined("there are no rows")
    if not challenger.classes and not np.isfinite(challenger.label - champion.label).all():
        return undefined("some predictions are missing or infinite")
    if challenger.weight is not None and not challenger.weight.any():
        return undefined("the rows weigh nothing")
    return share_of_rows(changed(kind, challenger, champion), challenger.weight)


def changed(
    kind: MetricKind, challenger: Predictions, champion: Predictions
) -> "NDArray[np.bool_]":
    """Which rows (n) changed. ValueError when the rows are not the same, or there are no labels."""
    one, other = challenger.label, champion.label
    if one is None or other is None or len(one) != len(other):
        raise ValueError("two predictions for the same rows are wanted")
    if challenger.classes != champion.classes:
        raise ValueError("the classes of both models are numbered differently")
    if not challenger.classes:
        return np.asarray(np.abs(one - other) > kind.number("more_than"))
    return np.asarray(one != other)
