# SPDX-License-Identifier: Apache-2.0
"""Ranks of rows by a score, ties sharing the middle of the places that they take; one sort each.

A *placement* is what a row's rank says about the other class: for a positive row the share of
negative rows that score below it (ties count half), for a negative row the share of positive rows
above it. With weights it is the share of their weight.
"""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def placements(
    positive: "NDArray[np.bool_]",
    scores: "NDArray[np.float64]",
    weight: "NDArray[np.float64] | None" = None,
) -> "NDArray[np.float64] | None":
    """The placement of each row, shape (n,); None when a class has no rows, or no weight.

    All three are of shape (n,). O(n log n). ValueError when a score is NaN.
    """
    if np.isnan(scores).any():
        raise ValueError("a score is NaN")
    order = np.argsort(scores)
    mark = positive[order]
    ahead, behind = mark.astype(np.float64), (~mark).astype(np.float64)
    if weight is not None:
        ahead, behind = ahead * weight[order], behind * weight[order]
    first = _starts(scores[order])
    below_ahead, all_ahead = _middles(first, ahead)
    below_behind, all_behind = _middles(first, behind)
    if all_ahead <= 0 or all_behind <= 0:
        return None
    placed = np.empty(len(scores))
    placed[order] = np.where(mark, below_behind / all_behind, 1 - below_ahead / all_ahead)
    return placed


def alike(first: "NDArray[np.float64]", second: "NDArray[np.float64]") -> bool:
    """Whether both scores, without NaN, put the rows in the same order, with the same ties."""
    order = np.argsort(first)
    one, other = first[order], second[order]
    rises = one[1:] != one[:-1]
    return bool(np.array_equal(other[1:] > other[:-1], rises)) and bool(
        np.array_equal(other[1:] != other[:-1], rises)
    )


def _starts(ordered: "NDArray[np.float64]") -> "NDArray[np.intp]":
    """Where each run of equal values begins."""
    return np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))


def _middles(
    starts: "NDArray[np.intp]", mass: "NDArray[np.float64]"
) -> "tuple[NDArray[np.float64], float]":
    """For each row the mass before its run and half of that in it; and the mass of all."""
    running = np.concatenate(([0.0], np.cumsum(mass)))
    total = float(running[-1])
    if len(starts) == len(mass):
        return (running[1:] + running[:-1]) / 2, total
    ends = np.append(starts[1:], len(mass))
    return np.repeat((running[starts] + running[ends]) / 2, ends - starts), total
