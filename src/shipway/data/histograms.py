# SPDX-License-Identifier: Apache-2.0
"""Where values lie between edges: counted exactly, and added up over stretches of rows."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from shipway.records.profile import Histogram

BINS = 30


@dataclass(frozen=True)
class Ranks:
    """For each of the ascending `edges`: how many values lie `below` it, and how many `upto` it."""

    edges: np.ndarray
    below: np.ndarray
    upto: np.ndarray
    total: int

    @classmethod
    def of(cls, edges: np.ndarray, values: np.ndarray) -> "Ranks":
        """Of `values` in ascending order."""
        below = values.searchsorted(edges, side="left")
        return cls(edges, below, values.searchsorted(edges, side="right"), len(values))

    @classmethod
    def of_counts(cls, edges: np.ndarray, values: np.ndarray, counts: np.ndarray) -> "Ranks":
        """Of different `values` in ascending order, each of which occurs `counts` times."""
        before = np.concatenate([[0], np.cumsum(counts)])
        below = before[values.searchsorted(edges, side="left")]
        return cls(edges, below, before[values.searchsorted(edges, side="right")], int(before[-1]))

    def union(self, other: "Ranks") -> "Ranks":
        """Of both stretches; the edges are the same."""
        return Ranks(
            self.edges, self.below + other.below, self.upto + other.upto, self.total + other.total
        )

    def between(self, edges: Sequence[float], infinite: tuple[int, int] = (0, 0)) -> Histogram:
        """The counts between `edges`, which are among the counted ones.

        `infinite` are the numbers of values at minus and plus infinity, which lie outside.
        """
        places = self.edges.searchsorted(edges)
        below = self.below[places]
        ends = [*below[1:-1], self.upto[places[-1]]]
        counts = tuple(int(end - start) for start, end in zip(below[:-1], ends, strict=True))
        outside = int(below[0]), self.total - int(ends[-1])
        return Histogram(
            tuple(float(edge) for edge in edges),
            counts,
            outside[0] + infinite[0],
            outside[1] + infinite[1],
        )


def equal_edges(low: float, high: float, step: float | None = None) -> list[float]:
    """Edges of equal width from `low` to `high`, for up to `BINS` bins.

    Values that are whole multiples of `step` apart get bins that hold equally many of them; the
    last edge may then lie above `high`. A single value has one bin of no width.
    """
    if low == high:
        return [low, high]
    if step is None or (high - low) / step > 2**52:
        inner = np.linspace(0, 1, BINS + 1)[1:-1]
        # Not `high - low`, which is infinite for the largest numbers.
        edges = [low, *(low * (1 - inner) + high * inner).tolist(), high]
        return [edge for edge, _ in itertools.groupby(edges)]
    places = round((high - low) / step) + 1
    width = math.ceil(places / BINS)
    bins = math.ceil(places / width)
    return [low + number * width * step for number in range(bins + 1)]


def decile_edges(low: float, deciles: Sequence[float], high: float) -> list[float]:
    """Each edge once; a single value has one bin of no width."""
    edges = [edge for edge, _ in itertools.groupby([low, *deciles, high])]
    return edges if len(edges) > 1 else [low, high]
