# SPDX-License-Identifier: Apache-2.0
"""What a model said about rows whose truth is known: the input of every metric.

Classes are numbered, so that every metric is arithmetic on small integers; `columns` builds these
values from the columns of a table. What many metrics need (the order of the scores, the confusion
table) is found once for each value.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from shipway.evaluation.ranked import Ranked


@dataclass(frozen=True)
class Predictions:
    """Truth and prediction over the same n rows.

    Classification: `target` and `label` hold numbers of `classes` (a label that is none of them
    is `len(classes)`); a binary model's classes are (negative, positive). `score` is the
    probability, or any rank, of the positive class (length n), for multiclass a matrix
    n × classes. Regression: `target` and `label` are true and predicted values, no classes.
    `weight` holds a weight for each row (n, none negative), None when all weigh the same.
    `groups` maps a column's name to a number for each row (n): rows with the same number are ranked
    together.
    """

    target: "NDArray[Any]"
    label: "NDArray[Any] | None" = None
    score: "NDArray[np.float64] | None" = None
    classes: tuple[str, ...] = ()
    weight: "NDArray[np.float64] | None" = None
    groups: "Mapping[str, NDArray[np.int64]]" = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.target)

    def take(self, rows: "NDArray[np.bool_] | NDArray[np.integer[Any]]") -> "Predictions":
        """The same for some rows: where a mask of length n is true, or at the places given."""
        return replace(
            self,
            target=self.target[rows],
            label=None if self.label is None else self.label[rows],
            score=None if self.score is None else self.score[rows],
            weight=None if self.weight is None else self.weight[rows],
            groups={name: codes[rows] for name, codes in self.groups.items()},
        )

    def with_threshold(self, threshold: float) -> "Predictions":
        """A binary model's predictions, labelled anew: positive from `threshold` up."""
        if self.score is None:
            raise ValueError("no scores")
        return replace(self, label=(self.score >= threshold).astype("int64"))

    @cached_property
    def ranked(self) -> "Ranked":
        """The order of the scores, for a regression model that of the predicted values."""
        from shipway.evaluation.ranked import Ranked

        return Ranked(self.ranking)

    @cached_property
    def once(self) -> "NDArray[np.float64]":
        """Each row drawn once: (1, n)."""
        import numpy as np

        return np.ones((1, len(self)))

    @cached_property
    def totals(self) -> "tuple[NDArray[np.float64], NDArray[np.float64]]":
        """Positive and negative weight at or above each step of the ranking: (1, s) each."""
        each = self.once if self.weight is None else self.once * self.weight
        positive = self.target == 1
        return self.ranked.totals(each * positive), self.ranked.totals(each * ~positive)

    @property
    def ranking(self) -> "NDArray[np.float64]":
        """What rows are ranked by: their scores, for a regression model the predicted values."""
        found = self.score if self.score is not None else self.label
        if found is None:
            raise ValueError("nothing to rank by")
        return found

    def against_rest(self, number: int) -> "Predictions":
        """Of a multiclass model: a binary model of one class against all others."""
        if self.score is None:
            raise ValueError("no scores")
        return Predictions(
            (self.target == number).astype("int64"),
            score=self.score[:, number],
            classes=("rest", self.classes[number]),
            weight=self.weight,
        )
