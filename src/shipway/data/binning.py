# SPDX-License-Identifier: Apache-2.0
"""Counts of a table over cells that a reference has fixed: they add up over stretches of rows.

    counts = count_into(looked, {"amount": Bins(starts=np.array([0.0, 10.0, 50.0]))})

Numbers and dates are counted between `starts`. Other values are counted one by one, and beside that
by 64 groups of their hash, which is what is left of a column with too many different values.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import polars as pl

from shipway.data.profile_reading import groups, pieces
from shipway.data.profile_subjects import Subject

MOST_VALUES = 10_000
HASH_GROUPS = 64


class Looked(NamedTuple):
    """A table as `profile_subjects.subjects_of` looks at it: its columns, and the frame of them.

    `step` is the number of rows that are stored together, if they can be read without those before.
    """

    subjects: Sequence[Subject]
    frame: pl.LazyFrame
    step: int | None = None

    def read(self, subjects: Sequence[Subject]) -> Iterator[tuple[int, Iterator[pl.DataFrame]]]:
        """Numbers of rows, in order, each with frames that have some of the columns of them.

        The columns are `subjects`, by `Subject.values`; numbers and moments (as seconds) are floats
        and the rest is text.
        """
        for rows, fetch in pieces(self.frame, subjects, self.step):
            read = (
                fetch(group).lazy().select(map(_value, group)).collect()
                for group in groups(subjects, rows)
            )
            yield rows, read


@dataclass(frozen=True)
class Bins:
    """How one column is counted.

    With `starts`, ascending, cell i holds `starts[i - 1] <= value < starts[i]`, the first and the
    last one all that lies beyond. Without (None) values are counted one by one; those in `keep`
    even when there are more than `MOST_VALUES`.
    """

    starts: np.ndarray | None = None
    keep: frozenset[str] = frozenset()


@dataclass(frozen=True)
class ColumnCounts:
    """One column over `rows` rows, of which `present` have a value.

    `cells` counts between the starts. `values` counts values; `crowded` says that there were too
    many and only kept ones are in it. `hashed` counts groups of hashes.
    """

    rows: int = 0
    present: int = 0
    cells: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    values: Mapping[str, int] = field(default_factory=dict)
    hashed: np.ndarray = field(default_factory=lambda: np.zeros(HASH_GROUPS, np.int64))
    crowded: bool = False

    @property
    def missing(self) -> int:
        """Rows without a value, or with one that can't be read."""
        return self.rows - self.present

    def union(self, other: "ColumnCounts", bins: Bins) -> "ColumnCounts":
        """Of both stretches, counted into the same `bins`."""
        values = dict(self.values)
        for value, count in other.values.items():
            values[value] = values.get(value, 0) + count
        crowded = self.crowded or other.crowded or len(values) > MOST_VALUES
        if crowded:
            values = {value: count for value, count in values.items() if value in bins.keep}
        return ColumnCounts(
            self.rows + other.rows,
            self.present + other.present,
            self.cells + other.cells,
            values,
            self.hashed + other.hashed,
            crowded,
        )


def no_counts(bins: Bins) -> ColumnCounts:
    """Of no rows."""
    cells = 0 if bins.starts is None else len(bins.starts) + 1
    return ColumnCounts(cells=np.zeros(cells, np.int64))


def count_into(looked: Looked, bins: Mapping[str, Bins]) -> tuple[int, dict[str, ColumnCounts]]:
    """How many rows the table has, and the counts of its columns that `bins` names.

    It is read once. Errors of polars while reading come through.
    """
    chosen = [subject for subject in looked.subjects if subject.name in bins]
    counts = {subject.name: no_counts(bins[subject.name]) for subject in chosen}
    if not chosen:
        return int(looked.frame.select(pl.len()).collect(engine="streaming").item()), counts
    total = 0
    for rows, frames in looked.read(chosen):
        total += rows
        for frame in frames:
            there = [subject for subject in chosen if subject.values in frame.columns]
            ordered = [s for s in there if bins[s.name].starts is not None]
            found = {s.name: _ordered(frame[s.values], bins[s.name]) for s in ordered}
            found |= _by_value(frame, [s for s in there if s not in ordered], bins)
            for name, more in found.items():
                counts[name] = counts[name].union(more, bins[name])
    return total, counts


def _value(subject: Subject) -> pl.Expr:
    if subject.numeric:
        return subject.sampled.alias(subject.values)
    return subject.counted.cast(pl.String).alias(subject.values)


def _ordered(column: pl.Series, bins: Bins) -> ColumnCounts:
    assert bins.starts is not None  # noqa: S101 - chosen by `count_into`
    # Sorting first is several times faster than looking up each value by itself.
    values = np.sort(column.drop_nulls().to_numpy())
    below = np.searchsorted(values, bins.starts, side="left")
    return ColumnCounts(len(column), len(values), np.diff(below, prepend=0, append=len(values)))


def _by_value(
    batch: pl.DataFrame, subjects: Sequence[Subject], bins: Mapping[str, Bins]
) -> dict[str, ColumnCounts]:
    """The counts of text columns, all of which are asked for at once."""
    asked = []
    for subject in subjects:
        there = pl.col(subject.values).drop_nulls()
        asked += [
            there.value_counts(name="\x00count").implode().alias(subject.values),
            (there.hash(0) % HASH_GROUPS).cast(pl.UInt32).implode().alias(f"{subject.values}h"),
        ]
    if not asked:
        return {}
    answers = batch.lazy().select(asked).collect()
    return {
        s.name: _counted(
            answers[s.values][0], answers[f"{s.values}h"][0], batch.height, bins[s.name]
        )
        for s in subjects
    }


def _counted(values: pl.Series, groups: pl.Series, rows: int, bins: Bins) -> ColumnCounts:
    frame = values.struct.unnest()
    value, count = frame.columns
    crowded = frame.height > MOST_VALUES
    if crowded:
        frame = frame.filter(pl.col(value).is_in(list(bins.keep)))
    return ColumnCounts(
        rows,
        len(groups),
        values=dict(zip(frame[value].to_list(), frame[count].to_list(), strict=True)),
        hashed=np.bincount(groups.to_numpy(), minlength=HASH_GROUPS),
        crowded=crowded,
    )
