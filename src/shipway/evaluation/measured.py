# SPDX-License-Identifier: Apache-2.0
"""The value of a metric, or why it has none."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Measured:
    """`value` is None when the metric is not defined for these rows; `note` says why.

    `hits` of `trials` rows stand behind a share; `trials` counts only the rows that the metric
    looks at (for recall: the positive ones). With weights both are what an unweighted sample of
    the same certainty would have: `trials` is Kish's effective number of rows, (sum of weights)² /
    sum of squared weights, and `hits` the share of it (L. Kish, "Survey Sampling", 1965).
    """

    value: float | None
    note: str = ""
    hits: float = 0
    trials: float = 0


def undefined(note: str) -> Measured:
    """No value, and why."""
    return Measured(None, note)


def share_of_rows(
    hit: "NDArray[np.bool_]", weight: "NDArray[np.float64] | None" = None
) -> Measured:
    """The share of rows that are hits, of any rows at all (n), each a trial."""
    if weight is None:
        hits, trials = float(hit.sum()), float(len(hit))
        return Measured(hits / trials, "", hits, trials)
    value = float((weight * hit).sum() / weight.sum())
    effective = float(weight.sum() ** 2 / (weight**2).sum())
    return Measured(value, "", value * effective, effective)
