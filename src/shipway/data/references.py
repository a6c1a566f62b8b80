# SPDX-License-Identifier: Apache-2.0
"""What a table is compared with: another table, or a stored profile.

Either fixes the cells of each column, so that any other table can be counted into them. Cells of
numbers lie between quantiles of the reference; a value that many rows share has a cell of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
import numpy as np
import polars as pl

from shipway.base.errors import InputError
from shipway.data.binning import Bins, ColumnCounts, Looked, count_into
from shipway.data.profile_subjects import WORDS, Subject
from shipway.data.sampling import RowSample
from shipway.records.profile import ColumnProfile, Histogram, Profile

COARSE, FINE = 10, 200
"""Cells of an ordered column: what PSI's thresholds are made for; what finds a distance of CDFs."""
SAMPLE_CELLS = 1 << 22
FEWEST_SAMPLED, MOST_SAMPLED = 1 << 12, 1 << 16
FEWEST_IN_COUNTER = 100
OFTEN = 100
"""In a profile that lists only frequent values: how often one must occur. Those that a table of few
rows has more often than others are partly there by luck, which another table will not repeat."""


@dataclass(frozen=True)
class Known:
    """One column of the reference: its type in words of the spec, its cells and their counts.

    `complete` says that all of its values were counted one by one, `hashed` that all were counted
    by their hash. `counter` says that it numbers the rows. `unknown` says why it can't be compared,
    empty when it can.
    """

    type: str
    bins: Bins = field(default_factory=Bins)
    counts: ColumnCounts = field(default_factory=ColumnCounts)
    complete: bool = True
    hashed: bool = False
    counter: bool = False
    unknown: str = ""

    @property
    def ordered(self) -> bool:
        """True for numbers and dates."""
        return self.bins.starts is not None


@dataclass(frozen=True)
class Reference:
    """A table that others are compared with: its rows and its columns, in their order.

    `target` is the column that a profile names as the predicted one.
    """

    name: str
    rows: int
    columns: Mapping[str, Known]
    target: str | None = None


def from_table(name: str, looked: Looked, *, cells: int = COARSE) -> Reference:
    """The reference that a table is.

    Read twice: a sample of its rows says where the `cells` of ordered columns begin, then all rows
    are counted. Errors of polars while reading come through.
    """
    usable = [subject for subject in looked.subjects if subject.kind != "other"]
    sample = _sample(looked, [subject for subject in usable if subject.numeric])
    bins = {subject.name: Bins() for subject in usable}
    seen = {s.name: sample.column(s.values).values for s in usable if s.numeric}
    bins |= {column: Bins(starts_of(values, cells)) for column, values in seen.items()}
    rows, counts = count_into(looked, bins)
    columns = {}
    for subject in looked.subjects:
        if subject.kind == "other":
            columns[subject.name] = _unusable(subject.type)
            continue
        found = counts[subject.name]
        counter = subject.type == "integer" and _is_counter(seen[subject.name], rows)
        columns[subject.name] = Known(
            subject.type,
            Bins(bins[subject.name].starts, frozenset(found.values)),
            found,
            complete=not found.crowded,
            hashed=True,
            counter=counter,
        )
    return Reference(name, rows, columns)


def _sample(looked: Looked, subjects: Sequence[Subject]) -> RowSample:
    """The cells of some rows, under `Subject.values`."""
    size = max(FEWEST_SAMPLED, min(MOST_SAMPLED, SAMPLE_CELLS // max(1, len(subjects))))
    sample = RowSample.of(size)
    if not subjects:
        return sample
    for rows, frames in looked.read(subjects):
        places, hashes = sample.chosen(sample.rows, rows)
        cells = pl.concat([frame[places] for frame in frames], how="horizontal")
        sample = sample.add(rows, hashes, cells)
    return sample.pruned()


def starts_of(values: np.ndarray, cells: int) -> np.ndarray:
    """Where the cells of an ordered column begin; `values` are its own, in ascending order.

    Few different values have a cell each, and so has a value that would fill one.
    """
    if not len(values):
        return np.empty(0)
    cells = max(COARSE, min(cells, len(values) // 5))
    different, counts = np.unique(values, return_counts=True)
    few = len(different) <= 2 * cells
    alone = different if few else different[counts * cells >= len(values)]
    places = np.arange(1, cells) * len(values) // cells
    quantiles = np.empty(0) if few else values[places]
    with np.errstate(over="ignore"):
        after = np.nextafter(alone, np.inf)
    return np.unique(np.concatenate([quantiles, alone, after]))


def _is_counter(values: np.ndarray, rows: int) -> bool:
    """True when whole numbers in ascending order, drawn from `rows` rows, number these rows."""
    if rows < FEWEST_IN_COUNTER or len(values) < FEWEST_IN_COUNTER:
        return False
    different = len(np.unique(values)) == len(values)
    return different and bool(values[-1] - values[0] + 1 <= 1.1 * rows)


def from_profile(name: str, profile: Profile, *, cells: int = COARSE) -> Reference:
    """The reference that a stored profile is.

    Numbers lie between its deciles; with few different values each has a cell of its own, up to
    twice as many as `cells`.
    """
    columns = {column.name: _profiled(column, cells) for column in profile.columns}
    return Reference(name, profile.rows, columns, profile.target)


def _profiled(column: ColumnProfile, cells: int) -> Known:
    kind = WORDS.get("string" if column.type == "category" else column.type)
    if kind is None:
        return _unusable(column.type)
    if column.withheld:
        return Known(column.type, unknown="the profile withholds its values")
    present = column.rows - column.missing - column.unreadable
    whole = sum(count for _, count in column.top) == present
    if kind in ("number", "moment"):
        few = whole and kind == "number" and len(column.top) <= 2 * cells
        known = _counted_numbers(column, present) if few else None
        return known or _deciles(column, present)
    often = {_text(value): count for value, count in column.top if whole or count >= OFTEN}
    counts = ColumnCounts(column.rows, present, values=often)
    return Known(column.type, Bins(keep=frozenset(often)), counts, complete=whole)


def _counted_numbers(column: ColumnProfile, present: int) -> Known | None:
    """With a cell for each value; None when there are infinite ones."""
    if any(isinstance(value, str) for value, _ in column.top):
        return None
    pairs = sorted((float(value), count) for value, count in column.top)
    values = np.array([value for value, _ in pairs])
    starts = np.unique(np.concatenate([values, np.nextafter(values, np.inf)]))
    cells = np.zeros(len(starts) + 1, np.int64)
    np.add.at(cells, np.searchsorted(starts, values, side="right"), [count for _, count in pairs])
    return Known(column.type, Bins(starts), ColumnCounts(column.rows, present, cells))


def _deciles(column: ColumnProfile, present: int) -> Known:
    """Between the deciles, of which one that is a frequent value has a cell of its own."""
    if column.deciles is None:
        # No finite value: all that there are stand in one cell.
        counts = ColumnCounts(column.rows, present, np.array([present], np.int64))
        return Known(column.type, Bins(np.empty(0)), counts)
    edges = column.deciles.edges
    starts, cells = _with_frequent(column.deciles, dict(column.top), present / COARSE)
    found = ColumnCounts(column.rows, present, np.array(cells, np.int64))
    counter = (
        column.type == "integer"
        and column.rows >= FEWEST_IN_COUNTER
        and column.distinct >= 0.95 * present > 0
        and edges[-1] - edges[0] + 1 <= 1.1 * column.rows
    )
    return Known(column.type, Bins(np.array(starts)), found, counter=counter)


def _with_frequent(
    deciles: Histogram, top: Mapping[Any, int], often: float
) -> tuple[list[float], list[int]]:
    """Starts and counts: an edge that at least `often` rows have as their value has its own cell.

    What lies beyond the edges stands with the lowest and the highest values.
    """
    last = deciles.edges[-1]
    bins = [*zip(deciles.edges, deciles.counts, strict=False), (last, 0)]
    at_last = min(top.get(last, 0), deciles.counts[-1])
    if at_last >= often and len(bins) > 2:
        bins[-2:] = [(bins[-2][0], bins[-2][1] - at_last), (last, at_last)]
    else:
        bins.pop()
    starts: list[float] = []
    cells = [deciles.below]
    for edge, inside in bins:
        # No number lies between a frequent edge and one that is its very neighbour.
        beside = bool(starts) and starts[-1] == edge
        over = cells.pop() if beside else 0
        if beside:
            starts.pop()
        alone = min(top.get(edge, 0), inside)
        if inside and alone >= often:
            starts += [edge, float(np.nextafter(edge, np.inf))]
            cells += [alone + over, inside - alone]
        else:
            starts.append(edge)
            cells.append(inside + over)
    cells[-1] += deciles.above
    if len(starts) > 1 and starts[1] > np.nextafter(starts[0], np.inf):
        starts, cells = starts[1:], [cells[0] + cells[1], *cells[2:]]
    return starts, cells


def _text(value: object) -> str:
    """A value of a profile as `binning.read_as` makes it text."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _unusable(type_: str) -> Known:
    return Known(type_, unknown=f"{type_} columns can't be compared")


def read_profile(content: bytes, where: str) -> Profile:
    """A stored profile; InputError when `content` is none. `where` names the place for it."""
    try:
        return msgspec.json.decode(content, type=Profile)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InputError(
            f"this is no profile: {error}",
            where=where,
            cure="Write one: shipway profile FILE --json > profile.json",
        ) from None
