# SPDX-License-Identifier: Apache-2.0
"""What a model said about rows whose truth is known: the input of every metric.

Classes are numbered, so that every metric is arithmetic on small integers; `columns` builds these
values from the columns of a table.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Predictions:
    """Truth and prediction over the same n rows.

    Classification: `target` and `label` hold numbers of `classes` (a label that is none of them
    is `len(classes)`); a binary model's classes are (negative, positive). `score` is the
    probability, or any rank, of the positive class (length n), for multiclass a matrix
    n × classes. Regression: `target` and `label` are true and predicted values, no classes.
    `weight` holds a weight for each row (n, none negative), None when all weigh the same.
    """

    target: "NDArray[Any]"
    label: "NDArray[Any] | None" = None
    score: "NDArray[np.float64] | None" = None
    classes: tuple[str, ...] = ()
    weight: "NDArray[np.float64] | None" = None

    def __len__(self) -> int:
        return len(self.target)

    def take(self, rows: "NDArray[np.bool_]") -> "Predictions":
        """The same for the rows where `rows` (a mask of length n) is true."""
        label = None if self.label is None else self.label[rows]
        score = None if self.score is None else self.score[rows]
        weight = None if self.weight is None else self.weight[rows]
        return replace(self, target=self.target[rows], label=label, score=score, weight=weight)
