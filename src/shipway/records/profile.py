# SPDX-License-Identifier: Apache-2.0
"""What a table looks like: counts, moments, quantiles, histograms; small enough to be kept.

A profile is stored with each model version, as the reference that later data is compared with:
`edges` are fixed there, so that counts of other rows can be added into the same bins.
"""

from collections.abc import Collection
from typing import Any

import msgspec

from shipway.records.base import Record

PROBABILITIES = (0.01, 0.05, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9, 0.95, 0.99)


class Histogram(Record, frozen=True):
    """Counts between fixed edges.

    `counts[i]` are the values in `[edges[i], edges[i + 1])`, the last bin includes its upper edge;
    `below` and `above` lie outside all edges. `edges` are numbers, for dates seconds since 1970.
    All counts are exact.
    """

    edges: tuple[float, ...]
    counts: tuple[int, ...]
    below: int = 0
    above: int = 0


class ColumnProfile(Record, frozen=True):
    """One column.

    `type` is a word of `shipway.yaml`, or the file's own where that has none for it; then `note`
    says that only missing values were counted. `missing` counts empty cells and, where there are
    any, `nan`; `unreadable` the cells that the declared type can't be read from. `distinct` is
    exact where `distinct_exact`, an estimate with a standard error of 1 % otherwise.

    Numbers and dates: `low`, `high`, `mean` and `sd` (of finite values; dates as ISO 8601),
    `quantiles` at `PROBABILITIES`, none of which is further off than `rank_error` of the rows
    (measured, 0 is exact); `histogram` has edges of equal width, `deciles` those of the table that
    was profiled, without repeats. Infinities are counted by `not_finite`, and as `below` and
    `above` of the histograms.

    `top` are the most frequent values with their counts: all of them where there are up to a
    hundred, else those that occur more than once. `lengths` are the shortest, mean and longest
    length of a text in characters. `relation` is how much the column alone tells of the target: 0
    nothing, 1 everything. `withheld` says that everything which shows a value was left out.
    """

    name: str
    type: str
    rows: int
    missing: int
    distinct: int = 0
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
    nan: int = 0
    unreadable: int = 0
    relation: float | None = None
    note: str = ""
    withheld: bool = False

    def without_values(self) -> "ColumnProfile":
        """The same column, of which only counts and the relation to the target are told."""
        return ColumnProfile(
            name=self.name,
            type=self.type,
            rows=self.rows,
            missing=self.missing,
            distinct=self.distinct,
            distinct_exact=self.distinct_exact,
            nan=self.nan,
            unreadable=self.unreadable,
            relation=self.relation,
            note=self.note,
            withheld=True,
        )


class Profile(Record, frozen=True, tag="profile"):
    """All columns of one table, in its order; `target` is the column that `relation` is about."""

    dataset: str
    rows: int
    columns: tuple[ColumnProfile, ...]
    target: str | None = None

    def column(self, name: str) -> ColumnProfile | None:
        """The column of that name."""
        return next((column for column in self.columns if column.name == name), None)

    def without_values(self, sensitive: Collection[str]) -> "Profile":
        """The same profile without the values of the columns named in `sensitive`."""
        columns = tuple(
            column.without_values() if column.name in sensitive else column
            for column in self.columns
        )
        return msgspec.structs.replace(self, columns=columns)

    def only(self, names: Collection[str]) -> "Profile":
        """The same profile of no other columns."""
        columns = tuple(column for column in self.columns if column.name in names)
        return msgspec.structs.replace(self, columns=columns)
