# SPDX-License-Identifier: Apache-2.0
"""One column of two tables over the same cells.

Missing values have a cell of their own, the first one.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from shipway.data.binning import ColumnCounts
from shipway.data.references import Known
from shipway.records.drift import DriftCell

MOST_CELLS = 50
MOST_SHOWN = 12
RANGE = " to "
MISSING, OTHER, PRESENT = "missing", "other values", "any value"


@dataclass(frozen=True)
class Pair:
    """Counts (k,) of the reference and of the current table; `labels` name the cells if they can.

    `ordered` cells are in ascending order, missing ones before all others.
    """

    reference: np.ndarray
    current: np.ndarray
    ordered: bool
    labels: tuple[str, ...] = ()


def pair_of(known: Known, current: ColumnCounts, kind: str) -> Pair:
    """Both tables over the cells that suit what is known of them."""
    reference = known.counts
    if not reference.present or not current.present:
        return _pair((MISSING, PRESENT), _presence(reference), _presence(current))
    if known.bins.starts is not None:
        missing = np.array([reference.missing]), np.array([current.missing])
        return Pair(
            np.concatenate([missing[0], reference.cells]).astype(np.float64),
            np.concatenate([missing[1], current.cells]).astype(np.float64),
            ordered=True,
            labels=(MISSING, *_ranges(known.bins.starts, kind)),
        )
    if known.complete and not current.crowded:
        # By both tables together: what is frequent in one alone may be so by luck.
        names = sorted(
            reference.values.keys() | current.values.keys(),
            key=lambda name: (-_count(name, reference) - _count(name, current), name),
        )
        return _by_value(names[:MOST_CELLS], reference, current)
    if known.hashed:
        return Pair(
            np.array([reference.missing, *reference.hashed], np.float64),
            np.array([current.missing, *current.hashed], np.float64),
            ordered=False,
        )
    names = sorted(reference.values, key=lambda name: (-reference.values[name], name))
    return _by_value(names[:MOST_CELLS], reference, current)


def _by_value(names: Sequence[str], reference: ColumnCounts, current: ColumnCounts) -> Pair:
    """A cell for each of `names`, and one for all other values."""
    counts = [[_count(name, table) for name in names] for table in (reference, current)]
    rest = [table.present - sum(c) for table, c in zip((reference, current), counts, strict=True)]
    return _pair(
        (MISSING, *names, OTHER),
        [reference.missing, *counts[0], rest[0]],
        [current.missing, *counts[1], rest[1]],
    )


def _pair(labels: tuple[str, ...], reference: Sequence[int], current: Sequence[int]) -> Pair:
    return Pair(
        np.array(reference, np.float64), np.array(current, np.float64), ordered=False, labels=labels
    )


def _presence(counts: ColumnCounts) -> list[int]:
    return [counts.missing, counts.present]


def _count(name: str, counts: ColumnCounts) -> int:
    return counts.values.get(name, 0)


def shown_cells(pair: Pair) -> tuple[DriftCell, ...]:
    """A few cells for a picture: neighbours together, rare values together, empty ones left out."""
    used = np.flatnonzero(pair.reference + pair.current)
    if not pair.labels or not len(used):
        return ()
    if not pair.ordered:
        return _most_frequent(pair, used)
    return tuple(_cell(pair, group) for group in _neighbours(pair, used))


def _neighbours(pair: Pair, used: np.ndarray) -> list[list[int]]:
    """Places of cells that are shown as one, of about equally many rows; missing ones alone."""
    if len(used) <= MOST_SHOWN:
        return [[int(place)] for place in used]
    rows = pair.reference + pair.current
    groups: list[list[int]] = []
    enough = rows[1:].sum() / (MOST_SHOWN - 2)
    share = enough
    for place in used.tolist():
        if share >= enough or groups[-1] == [0]:
            groups.append([])
            share = 0.0
        groups[-1].append(place)
        share += rows[place]
    return groups


def _most_frequent(pair: Pair, used: np.ndarray) -> tuple[DriftCell, ...]:
    rest = [int(place) for place in used[MOST_SHOWN:]]
    cells = [_cell(pair, [int(place)]) for place in used[:MOST_SHOWN]]
    if rest:
        counts = pair.reference[rest].sum(), pair.current[rest].sum()
        cells.append(DriftCell(OTHER, int(counts[0]), int(counts[1])))
    return tuple(cells)


def _cell(pair: Pair, places: list[int]) -> DriftCell:
    first, last = pair.labels[places[0]], pair.labels[places[-1]]
    low, high = first.split(RANGE)[0], last.split(RANGE)[-1]
    label = first if len(places) == 1 else f"{low}{RANGE}{high}"
    counts = pair.reference[places].sum(), pair.current[places].sum()
    return DriftCell(label, int(counts[0]), int(counts[1]))


def _ranges(starts: np.ndarray, kind: str) -> list[str]:
    """`below 3`, `3 to 7`, a single `7`, `from 7`."""
    if not len(starts):
        return [PRESENT]
    names = [_named(value, kind) for value in starts.tolist()]
    single = starts[1:] == np.nextafter(starts[:-1], np.inf)
    inner = [
        low if alone else f"{low}{RANGE}{high}"
        for low, high, alone in zip(names[:-1], names[1:], single, strict=True)
    ]
    return [f"up{RANGE}{names[0]}", *inner, f"{names[-1]}{RANGE}more"]


def _named(value: float, kind: str) -> str:
    if kind != "moment":
        digits = 15 if value == round(value, 2) else 4 if abs(value) < 1000 else 7
        return f"{value:.{digits}g}"
    try:
        moment = datetime.datetime.fromtimestamp(value, datetime.UTC)
    except (OverflowError, ValueError, OSError):
        return f"{value:.4g}"
    return moment.strftime("%Y-%m-%d" if value % 86_400 == 0 else "%Y-%m-%d %H:%M")
