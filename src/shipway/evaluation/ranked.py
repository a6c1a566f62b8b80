# SPDX-License-Identifier: Apache-2.0
"""Rows in the order of their scores, sorted once and used by every metric that ranks.

Rows with the same score stand on one *step*. A metric of the ranking is then a matter of sums over
steps, whatever the weights of the rows, so that thousands of resamples need no second sort.
"""

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Ranked:
    """The order of n scores, from the highest down.

    `order` has the rows (n), `ends` the place in `order` of the last row of each step (s).
    """

    def __init__(self, scores: "NDArray[np.float64]") -> None:
        # Rows of one step may stand in any order, so that the faster sort will do.
        self.order = np.argsort(-scores)
        self._sorted = scores[self.order]
        last = np.array([len(scores) - 1] if len(scores) else [], dtype=np.int64)
        self.ends = np.append(np.flatnonzero(np.diff(self._sorted)), last)

    @cached_property
    def scores(self) -> "NDArray[np.float64]":
        """The score of each step (s), falling."""
        return self._sorted[self.ends]

    @cached_property
    def step(self) -> "NDArray[np.int64]":
        """The number of the step on which each row stands (n, in the rows' own order)."""
        sizes = np.diff(self.ends, prepend=-1)
        found = np.empty(len(self.order), dtype=np.int64)
        found[self.order] = np.repeat(np.arange(len(self.ends)), sizes)
        return found

    def totals(self, weights: "NDArray[np.float64]") -> "NDArray[np.float64]":
        """For weights (b, n) their sums over each step and all above it: (b, s)."""
        return np.cumsum(weights[:, self.order], axis=1)[:, self.ends]
