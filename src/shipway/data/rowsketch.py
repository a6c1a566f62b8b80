# SPDX-License-Identifier: Apache-2.0
"""Knows a set of rows again that was renamed, sorted, written anew, grown or cut.

Of each table a sample is kept: the smallest hashes of its rows (bottom-k; A. Broder, "On the
resemblance and containment of documents", 1997). A later table that holds the row has that hash
too, so the sample tells which share of the earlier rows are among the later ones, and below the
largest kept hash also which share of the later rows are among the earlier ones.

Equal rows are no proof where rows repeat: two samples of the same people answering three yes-or-no
questions look alike. So only rows that occur once are kept, and what an independent table would
share by chance is taken off: by Good and Turing, a new row is among n seen ones with a probability
of about the share of those that were seen more than once (I. J. Good, "The population frequencies
of species", 1953).
"""

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from shipway.data.cells import Bits
from shipway.records.budget import RowSketch

KEPT = 1024
RELATED = 0.10
"""From this share of common rows on, uses of one table count for the other."""
FEWEST = 5
"""With fewer rows that can be told apart nothing is said."""
SURE = 4.0
"""Standard deviations by which common rows exceed those that chance gives."""


class Rows:
    """The rows of one table, to be compared with the sketches of many."""

    def __init__(self, hashes: Bits) -> None:
        """`hashes` (n) are those of `tableset`."""
        self.distinct, counts = np.unique(hashes, return_counts=True)
        self.alone = self.distinct[counts == 1]
        self.count = len(hashes)

    def sketch(self) -> RowSketch:
        """What is kept of the table."""
        kept = self.alone[:KEPT].astype("<u8")
        return RowSketch(self.count, len(self.alone), kept.tobytes())

    def shared_with(self, earlier: RowSketch) -> float:
        """The larger of two shares: of the earlier rows that are here, of these that were there.

        What chance gives is taken off; 0 when too few rows can be told apart to say.
        """
        kept = np.frombuffer(earlier.hashes, "<u8").astype(np.uint64)
        grown = _beyond_chance(_among(kept, self.distinct), self.count, len(self.alone))
        # Up to its last hash a sample has all rows of its table that occur once.
        below = self.alone
        if len(kept) < earlier.alone:
            below = below[: np.searchsorted(below, kept[-1], side="right")]
        cut = _beyond_chance(_among(below, kept), earlier.rows, earlier.alone)
        return max(grown, cut)


def _among(some: Bits, all_: Bits) -> NDArray[np.bool_]:
    """Which of `some` are among `all_`, which ascend: a look at each, whatever the sizes."""
    if not len(all_):
        return np.zeros(len(some), np.bool_)
    places = np.minimum(np.searchsorted(all_, some), len(all_) - 1)
    found: NDArray[np.bool_] = all_[places] == some
    return found


def _beyond_chance(found: NDArray[np.bool_], rows: int, alone: int) -> float:
    """The share of `found` beyond that by which rows of the same kind would be among `rows`."""
    if len(found) < FEWEST:
        return 0.0
    # Three more than were seen: that nothing occurred twice is no proof that nothing can.
    chance = min(1.0, (rows - alone + 3) / max(rows, 1))
    share = float(found.mean())
    if share <= chance + SURE * sqrt(chance * (1 - chance) / len(found)):
        return 0.0
    return (share - chance) / (1 - chance)
