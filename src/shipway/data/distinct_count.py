# SPDX-License-Identifier: Apache-2.0
"""How many different values a column has, in memory that does not grow with it.

Of the 64-bit hashes of all values the smallest different ones are kept. As long as there are no
more than `LIMIT` of them, their number is the answer. Beyond, the place of the largest one that is
kept tells how dense the hashes lie: k - 1 over the k-th smallest of hashes spread over (0, 1) is an
unbiased estimate of their number with a relative standard error of 1 / sqrt(k - 2), here 1 %
(Bar-Yossef et al., 2002; Beyer et al., 2007). The union of two such sets, cut to the k smallest
again, is the set of both, so how the rows are divided changes nothing.
"""

from dataclasses import dataclass

import numpy as np

LIMIT = 10_000
KEPT = LIMIT + 1
RANGE = 2.0**64


@dataclass(frozen=True)
class DistinctCount:
    """The smallest different hashes of the values seen, in ascending order; up to `KEPT`."""

    hashes: np.ndarray

    @classmethod
    def none(cls) -> "DistinctCount":
        """Of no values."""
        return cls(np.empty(0, np.uint64))

    @property
    def threshold(self) -> int | None:
        """Hashes from this one on change nothing; None while every hash counts."""
        return int(self.hashes[-1]) if len(self.hashes) >= KEPT else None

    @property
    def exact(self) -> bool:
        """True when `count` is no estimate."""
        return len(self.hashes) <= LIMIT

    @property
    def count(self) -> int:
        """How many different values there are."""
        if self.exact:
            return len(self.hashes)
        return round((KEPT - 1) / ((float(self.hashes[-1]) + 1) / RANGE))

    def add(self, hashes: np.ndarray) -> "DistinctCount":
        """With more hashes, repeated or not, in any order."""
        if not len(hashes):
            return self
        return DistinctCount(np.union1d(self.hashes, hashes)[:KEPT])

    def union(self, other: "DistinctCount") -> "DistinctCount":
        """Of both."""
        return self.add(other.hashes)
