# SPDX-License-Identifier: Apache-2.0
"""What a table looks like: counts, moments, quantiles, histograms; small enough to be kept.

A profile is stored with each model version, as the reference that later data is compared with:
`edges` are fixed there, so that counts of other rows can be added into the same bins.
"""

from typing import Any

from shipway.records.base import Record

PROBABILITIES = (0.01, 0.05, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9, 0.95, 0.99)


class Histogram(Record, frozen=True):
    """Counts between fixed edges.

    `counts[i]` are the values in `[edges[i], edges[i + 1])`, the last bin includes its upper edge;
    `below` and `above` lie outside all edges. `edges` are numbers, for dates seconds since 1970.
    """

    edges: tuple[float, ...]
    counts: tuple[int, ...]
    below: int = 0
    above: int = 0


class ColumnProfile(Record, frozen=True):
    """One column.

    `type` is a word of `shipway.yaml`. `distinct` is exact where `distinct_exact`, an estimate
    with a relative standard error of about 1 % otherwise. `quantiles` belong to `PROBABILITIES`
    and are off by at most `rank_error` of the rows. `top` are the most frequent values with their
    counts (all values of a column with few). `deciles` counts the values between the deciles of
    the table that was profiled; `histogram` between edges of equal width. `lengths` are the
    shortest, mean and longest length of a text in characters. `relation` is how much the column
    alone tells of the target: 0 nothing, 1 everything. `sketch` is a KLL sketch, base64.
    """

    name: str
    type: str
    rows: int
    missing: int
    distinct: int
    distinct_exact: bool = True
    mean: float | None = None
    sd: float | None = None
    low: Any = None
    high: Any = None
    quantiles: tuple[float, ...] = ()
    rank_error: float = 0.0
    histogram: Histogram | None = None
    deciles: Histogram | None = None
    top: tuple[tuple[Any, int], ...] = ()
    lengths: tuple[int, float, int] | None = None
    zeros: int = 0
    negatives: int = 0
    not_finite: int = 0
    relation: float | None = None
    sketch: str = ""


class Profile(Record, frozen=True, tag="profile"):
    """All columns of one table, in its order; `target` is the column that `relation` is about."""

    dataset: str
    rows: int
    columns: tuple[ColumnProfile, ...]
    target: str | None = None

    def column(self, name: str) -> ColumnProfile | None:
        """The column of that name."""
        return next((column for column in self.columns if column.name == name), None)
