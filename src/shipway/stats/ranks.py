# SPDX-License-Identifier: Apache-2.0
"""Ranks in which tied values share the middle of the places that they take."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def midranks(values: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """Ranks from 1 of a vector without missing values, ties averaged; O(n log n)."""
    ranks = np.empty(len(values))
    if len(values) == 0:
        return ranks
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    ends = np.append(starts[1:], len(values))
    ranks[order] = np.repeat((starts + ends + 1) / 2, ends - starts)
    return ranks
