# SPDX-License-Identifier: Apache-2.0
"""What a stretch of rows contributes to a profile, and how stretches are merged.

    part = merge([measure(frame, subjects, first_row) for frame, first_row in stretches])

A stretch is read once, in batches. Counts, extremes, distinct counts and samples are the same for
any division of the rows; means and deviations may differ in their last digits.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl

from shipway.data.distinct_count import DistinctCount
from shipway.data.merging import Moments
from shipway.data.profile_categories import ValueCounts, count_values, limited, unpack
from shipway.data.profile_reading import Fetch, groups, pieces
from shipway.data.profile_subjects import GIVEN, UNREAD, Subject
from shipway.data.sampling import RowSample

SAMPLE_CELLS = 1 << 22
FEWEST_SAMPLED, MOST_SAMPLED = 1 << 12, 1 << 16


@dataclass(frozen=True)
class ColumnPart:
    """One column over a stretch: how many cells are not empty (`given`), of which unreadable
    (`unread`), and how many values there are (`present`); what the values are like.

    `low`, `high` and `moments` are of finite values; `infinite` counts the others by sign.
    `lengths` are the smallest, the sum and the largest.
    """

    given: int = 0
    unread: int = 0
    present: int = 0
    low: Any = None
    high: Any = None
    zeros: int = 0
    negatives: int = 0
    infinite: tuple[int, int] = (0, 0)
    moments: Moments = field(default_factory=Moments)
    lengths: tuple[int, int, int] | None = None
    distinct: DistinctCount = field(default_factory=DistinctCount.none)
    values: ValueCounts | None = None

    def union(self, other: "ColumnPart") -> "ColumnPart":
        """Of both stretches."""
        counted = [part.values for part in (self, other) if part.values is not None]
        return ColumnPart(
            self.given + other.given,
            self.unread + other.unread,
            self.present + other.present,
            _extreme(min, self.low, other.low),
            _extreme(max, self.high, other.high),
            self.zeros + other.zeros,
            self.negatives + other.negatives,
            (self.infinite[0] + other.infinite[0], self.infinite[1] + other.infinite[1]),
            self.moments.union(other.moments),
            _joined(self.lengths, other.lengths),
            self.distinct.union(other.distinct),
            counted[0].union(counted[1]) if len(counted) == 2 else next(iter(counted), None),
        )


@dataclass(frozen=True)
class TablePart:
    """All columns over `rows` rows, of which the first has the number `first_row`."""

    first_row: int
    rows: int
    columns: tuple[ColumnPart, ...]
    sample: RowSample

    @property
    def sampled(self) -> pl.DataFrame | None:
        """The cells of the sample; None when there are no rows."""
        frames = self.sample.pruned().frames
        return frames[0] if frames else None

    @property
    def sample_is_whole(self) -> bool:
        """True when every row is in the sample."""
        return self.sample.rows <= self.sample.size


def merge(parts: Sequence[TablePart]) -> TablePart:
    """What all stretches say together, in whatever order they come; at least one."""
    ordered = sorted(parts, key=lambda part: part.first_row)
    merged = ordered[0]
    for part in ordered[1:]:
        merged = TablePart(
            merged.first_row,
            merged.rows + part.rows,
            tuple(a.union(b) for a, b in zip(merged.columns, part.columns, strict=True)),
            merged.sample.union(part.sample),
        )
    return merged


def measure(
    frame: pl.LazyFrame,
    subjects: Sequence[Subject],
    first_row: int = 0,
    *,
    step: int | None = None,
) -> TablePart:
    """Read `frame`, as `subjects_of` makes it, once; its first row has the number `first_row`.

    `step` is the number of rows that are stored together, if they can be read without those before
    them. Errors of polars while reading come through.
    """
    size = max(FEWEST_SAMPLED, min(MOST_SAMPLED, SAMPLE_CELLS // max(1, len(subjects))))
    columns = tuple(ColumnPart() for _ in subjects)
    part = TablePart(first_row, 0, columns, RowSample(size))
    for rows, fetch in pieces(frame, subjects, step):
        part = _with_piece(part, rows, fetch, subjects)
    return part


def _with_piece(part: TablePart, rows: int, fetch: Fetch, subjects: Sequence[Subject]) -> TablePart:
    places, hashes = part.sample.chosen(part.first_row + part.rows, rows)
    columns: list[ColumnPart] = []
    sampled: list[pl.DataFrame] = []
    for group in groups(subjects, rows):
        batch = fetch(group)
        columns += _added(part.columns[len(columns) :], batch, group)
        kept = [subject.sampled for subject in group if subject.kind != "other"]
        if kept:
            sampled.append(batch[places].lazy().select(kept).collect())
    sample = replace(part.sample, rows=part.sample.rows + rows)
    if sampled:
        sample = part.sample.add(rows, hashes, pl.concat(sampled, how="horizontal"))
    return replace(part, rows=part.rows + rows, columns=tuple(columns), sample=sample)


def _added(
    known: Sequence[ColumnPart], batch: pl.DataFrame, group: Sequence[Subject]
) -> list[ColumnPart]:
    """What is known of the columns of a group, which come first in `known`, with a batch."""
    pairs = list(zip(group, known, strict=False))
    asked = [expr for subject, column in pairs for expr in _questions(subject, column)]
    answers = batch.lazy().select(asked).collect()
    nested = [name for name, dtype in answers.schema.items() if dtype.is_nested()]
    numbers = answers.drop(nested).row(0, named=True) if len(nested) < answers.width else {}
    return [
        column.union(_part(subject, column, batch.height, numbers, answers))
        for subject, column in pairs
    ]


def _questions(subject: Subject, known: ColumnPart) -> Iterator[pl.Expr]:
    """The aggregates that a batch is asked for; `_part` reads their answers."""
    key = subject.values
    if subject.kind == "other" or subject.has_gaps:
        yield pl.col(key + GIVEN).sum().alias(f"{key}.given")
    if subject.lossy:
        yield pl.col(key + UNREAD).sum().alias(f"{key}.unread")
    if subject.kind == "other":
        return
    column = pl.col(key)
    yield column.count().alias(f"{key}.present")
    yield from _measures(subject, column)
    hashes = column.drop_nulls().hash()
    if known.distinct.threshold is not None:
        hashes = hashes.filter(hashes < known.distinct.threshold)
    yield hashes.unique().implode().alias(f"{key}.hashes")
    if known.values is None or known.values.frame is not None:
        yield count_values(subject.counted).alias(f"{key}.values")


def _measures(subject: Subject, column: pl.Expr) -> Iterator[pl.Expr]:
    key = subject.values
    if subject.kind == "words":
        length = column.str.len_chars().cast(pl.Int64)
        yield length.min().alias(f"{key}.shortest")
        yield length.sum().alias(f"{key}.characters")
        yield length.max().alias(f"{key}.longest")
    if not subject.numeric:
        return
    finite = column
    if subject.type == "float":
        finite = pl.when(column.is_finite()).then(column)
        endless = column.is_infinite()
        yield (endless & (column < 0)).sum().alias(f"{key}.down")
        yield (endless & (column > 0)).sum().alias(f"{key}.up")
    yield finite.min().alias(f"{key}.low")
    yield finite.max().alias(f"{key}.high")
    if subject.kind == "number":
        number = finite.cast(pl.Float64)
        yield number.count().alias(f"{key}.finite")
        yield number.mean().alias(f"{key}.mean")
        yield number.var(ddof=0).alias(f"{key}.var")
        yield (column == 0).sum().alias(f"{key}.zeros")
        yield (column < 0).sum().alias(f"{key}.negatives")


def _part(
    subject: Subject,
    known: ColumnPart,
    rows: int,
    found: Mapping[str, Any],
    answers: pl.DataFrame,
) -> ColumnPart:
    """What a batch of `rows` rows adds to what is known of a column."""

    def answer(name: str, otherwise: Any = 0) -> Any:
        value = found.get(f"{subject.values}.{name}")
        return otherwise if value is None else value

    if subject.kind == "other":
        return ColumnPart(given=answer("given"))
    present = answer("present")
    shortest, longest = answer("shortest", None), answer("longest", None)
    variance = answer("var")
    moments = Moments(answer("finite"), answer("mean"), variance * answer("finite"))
    values = known.values
    if f"{subject.values}.values" in answers.columns:
        values = limited(unpack(answers[f"{subject.values}.values"]))
    return ColumnPart(
        given=answer("given") if subject.has_gaps else present,
        unread=answer("unread"),
        present=present,
        low=answer("low", None),
        high=answer("high", None),
        zeros=answer("zeros"),
        negatives=answer("negatives"),
        infinite=(answer("down"), answer("up")),
        moments=moments,
        lengths=None if shortest is None else (shortest, answer("characters"), longest),
        distinct=DistinctCount.none().add(answers[f"{subject.values}.hashes"][0].to_numpy()),
        values=values,
    )


def _extreme(better: Any, one: Any, other: Any) -> Any:
    if one is None or other is None:
        return other if one is None else one
    return better(one, other)


def _joined(
    one: tuple[int, int, int] | None, other: tuple[int, int, int] | None
) -> tuple[int, int, int] | None:
    if one is None or other is None:
        return other if one is None else one
    return min(one[0], other[0]), one[1] + other[1], max(one[2], other[2])
