# SPDX-License-Identifier: Apache-2.0
"""Groups of rows in which metrics are measured too.

Metrics know nothing of tables or expressions: whoever calls them hands over, for each source of
slices, its slices and which rows lie in each:

    {"country": groups("country", ("DE", "FR", None), codes), "big": named_group("big", mask)}

A source is a column, the canonical text of an expression, or the name of one; `plan.sources` says
which ones a spec asks for. Groups look like a mapping from a slice's name to its mask, but keep one
small number a row: a million rows in a hundred slices are two megabytes, and a mask is made when it
is looked at.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from shipway.base.errors import InputError
from shipway.evaluation.columns import class_text, find_class
from shipway.evaluation.gates import GateSlice

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

MOST = 100
MOST_TOGETHER = 1000
MISSING = "(missing)"
Slices = Mapping[str, Mapping[str, "NDArray[np.bool_]"]]


@dataclass(frozen=True, eq=False)
class Groups(Mapping[str, "NDArray[np.bool_]"]):
    """Slices that have no row in common: `codes` holds for each of n rows the number of its slice
    in `names`, -1 for a row of none."""

    names: tuple[str, ...]
    codes: "NDArray[np.int32]"

    def __getitem__(self, name: str) -> "NDArray[np.bool_]":
        """The mask (n) of a slice; KeyError when none has that name."""
        try:
            number = self.names.index(name)
        except ValueError:
            raise KeyError(name) from None
        found: NDArray[np.bool_] = self.codes == number
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)

    def rows(self) -> "NDArray[np.int64]":
        """How many rows each slice has, in the order of `names`."""
        return np.bincount(self.codes[self.codes >= 0], minlength=len(self.names))


def groups(column: str, values: Sequence[object], codes: "ArrayLike") -> Groups:
    """The slices of a column, one for each of its values in the order of their texts.

    `values` are its distinct values, None or NaN for a missing one, and `codes` (n) says which of
    them each row has. Values that people write alike (1 and 1.0) are one slice; missing values are
    the slice `(missing)`. InputError when there are more than 100: then it is no grouping.
    """
    texts = [MISSING if each is None or each != each else class_text(each) for each in values]
    names = sorted(set(texts))
    refuse_too_many(column, len(names))
    places = {name: number for number, name in enumerate(names)}
    renumbered = np.array([places[text] for text in texts] or [-1], dtype=np.int32)
    return Groups(tuple(names), renumbered[np.asarray(codes, dtype=np.int64)])


def refuse_too_many(column: str, distinct: int) -> None:
    """InputError when a column has too many values to slice by."""
    if distinct > MOST:
        raise InputError(
            f"column {column!r} has {distinct:,} different values, too many for slices",
            cure="Slice by a condition instead, such as amount >= 1000.",
        )


def named_group(name: str, rows: "NDArray[np.bool_]") -> Groups:
    """One slice: the rows where a condition holds."""
    return Groups((name,), np.where(rows, 0, -1).astype(np.int32))


def masks(column: str, values: Sequence[object]) -> Groups:
    """The slices of a column given the value of each row."""
    places: dict[object, int] = {}
    codes = [places.setdefault(None if each != each else each, len(places)) for each in values]
    return groups(column, list(places), codes)


def chosen(parts: Sequence[GateSlice], slices: Slices) -> Groups:
    """The slices that `parts` name together, such as `country=DE, channel=web`.

    Combinations without rows are left out; none is left where there are no such rows. InputError
    for more than 1,000 combinations.
    """
    found: Groups | None = None
    for part in parts:
        each = _of_one(part, slices)
        found = each if found is None else _both(found, each)
    return _occurring(found) if found is not None else Groups((), np.empty(0, np.int32))


def _of_one(part: GateSlice, slices: Slices) -> Groups:
    """The slices of one part; none when its source is not there."""
    found = as_groups(slices.get(part.source, {}))
    if part.expression or part.named:
        return found
    names = tuple(f"{part.source}={value}" for value in found)
    if part.value is None:
        return Groups(names, found.codes)
    value = find_class(part.value, found.names)
    if value is None:
        return Groups((), np.full(len(found.codes), -1, np.int32))
    return named_group(str(part), found[value])


def as_groups(slices: Mapping[str, "NDArray[np.bool_]"]) -> Groups:
    """Masks that have no row in common as `Groups`."""
    if isinstance(slices, Groups):
        return slices
    rows = max((len(mask) for mask in slices.values()), default=0)
    codes = np.full(rows, -1, dtype=np.int32)
    for number, mask in enumerate(slices.values()):
        codes[mask] = number
    return Groups(tuple(slices), codes)


def _both(left: Groups, right: Groups) -> Groups:
    """The rows that lie in a slice of each."""
    if not left.names or not right.names:
        return Groups((), np.full(len(left.codes), -1, np.int32))
    width = len(right.names)
    codes = np.where((left.codes < 0) | (right.codes < 0), -1, left.codes * width + right.codes)
    occurring = np.flatnonzero(np.bincount(codes[codes >= 0], minlength=1))
    if len(occurring) > MOST_TOGETHER:
        first, second = (each.names[0].partition("=")[0] for each in (left, right))
        raise InputError(
            f"{first} and {second} have {len(occurring):,} combinations, too many for slices",
            cure="Slice by one of them, or by a condition.",
        )
    names = [f"{left.names[code // width]}, {right.names[code % width]}" for code in occurring]
    return _renumbered(names, codes, occurring)


def _occurring(found: Groups) -> Groups:
    """Without the slices that have no rows."""
    occurring = np.flatnonzero(found.rows())
    names = [found.names[code] for code in occurring]
    return _renumbered(names, found.codes, occurring)


def _renumbered(
    names: Sequence[str], codes: "NDArray[np.int32]", occurring: "NDArray[np.int64]"
) -> Groups:
    """`codes`, of which only those of `occurring` occur, as numbers from 0."""
    if not len(occurring):
        return Groups((), np.full(len(codes), -1, np.int32))
    table = np.full(int(occurring[-1]) + 2, -1, dtype=np.int32)
    table[occurring] = np.arange(len(occurring), dtype=np.int32)
    return Groups(tuple(names), table[codes])
