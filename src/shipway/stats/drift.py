# SPDX-License-Identifier: Apache-2.0
"""How far two tables of counts over the same cells are apart: effects, not yet their significance.

`reference` and `current` are counts (k,), whole numbers from 0, of which one table may have any
number of times as many as the other. Counts over the same cells add up, so that parts of a table
can be counted anywhere. A table without any count says nothing: its distance is 0.

    psi([50, 50], [80, 20])   # 0.416
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers: TypeAlias = NDArray[np.float64]
    CountsLike: TypeAlias = Sequence[float] | Sequence[int] | NDArray[np.int64] | Numbers

HALF_A_ROW = 0.5


def psi(reference: "CountsLike", current: "CountsLike") -> float:
    """The population stability index: the sum of (c - r) ln(c / r) over shares, from 0 up.

    A cell that only one of the tables has counts as half a row in the other, so that the index
    stays finite. Its usual thresholds are 0.1 (look) and 0.25 (act); for k cells, n and m rows and
    no change at all it is about (k - 1)(1/n + 1/m).

    Sources: the symmetric divergence J of H. Jeffreys (1946); its distribution: B. Yurdakul and
    J. Naranjo, "Statistical properties of the population stability index", J. Risk Model
    Validation 14 (2020).
    """
    a, b = shared(reference, current)
    if not len(a):
        return 0.0
    r = np.where(a == 0, HALF_A_ROW, a) / a.sum()
    c = np.where(b == 0, HALF_A_ROW, b) / b.sum()
    return float(np.sum((c - r) * np.log(c / r)))


def jensen_shannon(reference: "CountsLike", current: "CountsLike") -> float:
    """The Jensen-Shannon distance, base 2: 0 for equal shares, 1 for no cell in common.

    Source: D. Endres and J. Schindelin, "A new metric for probability distributions", IEEE Trans.
    Inf. Theory 49 (2003).
    """
    r, c = _shares(reference, current)
    if not len(r):
        return 0.0
    middle = (r + c) / 2
    divergence = (_entropy_to(r, middle) + _entropy_to(c, middle)) / 2
    return float(np.sqrt(min(1.0, max(0.0, divergence))))


def ks_distance(reference: "CountsLike", current: "CountsLike") -> float:
    """The largest distance of the two cumulative shares, from 0 to 1; cells in ascending order.

    Source: N. Smirnov, "On the estimation of the discrepancy between empirical curves of
    distribution for two independent samples", Bull. Moscow Univ. 2 (1939).
    """
    r, c = _shares(reference, current)
    if not len(r):
        return 0.0
    return float(min(1.0, np.abs(np.cumsum(r) - np.cumsum(c)).max()))


def cramers_v(reference: "CountsLike", current: "CountsLike") -> float:
    """Cramér's V as it were if both tables had equally many rows, from 0 to 1.

    V itself shrinks when one table is much larger than the other, though the shares stay the same.
    Source: H. Cramér, "Mathematical Methods of Statistics" (1946), section 21.9.
    """
    r, c = _shares(reference, current)
    if not len(r):
        return 0.0
    return float(np.sqrt(min(1.0, np.sum((r - c) ** 2 / (r + c)) / 2)))


def counts_of(reference: "Numbers", current: "Numbers") -> "tuple[Numbers, Numbers]":
    """Raw values, none of them missing, as counts over all values that occur, in ascending order.

    With these `ks_distance` is the two-sample statistic itself.
    """
    values = np.unique(np.concatenate([reference, current]))
    return tuple(  # type: ignore[return-value]
        np.bincount(np.searchsorted(values, each), minlength=len(values)).astype(np.float64)
        for each in (reference, current)
    )


def shared(reference: "CountsLike", current: "CountsLike") -> "tuple[Numbers, Numbers]":
    """Both as arrays without the cells that neither has; empty when one of them has no rows.

    ValueError when they are not counts over the same cells.
    """
    a, b = np.asarray(reference, dtype=np.float64), np.asarray(current, dtype=np.float64)
    if a.shape != b.shape or a.ndim != 1:
        raise ValueError(f"counts over different cells: {a.shape} and {b.shape}")
    if not a.sum() or not b.sum():
        return np.empty(0), np.empty(0)
    used = (a + b) > 0
    return a[used], b[used]


def _shares(reference: "CountsLike", current: "CountsLike") -> "tuple[Numbers, Numbers]":
    a, b = shared(reference, current)
    return (a / a.sum(), b / b.sum()) if len(a) else (a, b)


def _entropy_to(shares: "Numbers", middle: "Numbers") -> float:
    there = shares > 0
    return float(np.sum(shares[there] * np.log2(shares[there] / middle[there])))
