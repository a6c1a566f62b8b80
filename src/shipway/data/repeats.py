# SPDX-License-Identifier: Apache-2.0
"""Rows whose key stood before: in an earlier row of the same table, or in another table.

`distinct` has hashed the keys while the tables were read. Only where a hash came twice the key
columns are read once more, and their candidates compared by value (`candidates`).
"""

from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

from shipway.data.candidates import Groups, candidates
from shipway.data.check import ROW, Repeats
from shipway.data.distinct import KeyHashes, in_both
from shipway.data.examples import MOST
from shipway.data.stretches import Stretch, read


class Found(NamedTuple):
    """How many rows it is true of, and the numbers of the first of them."""

    rows: int
    first: tuple[int, ...] = ()


def count_repeats(keys: KeyHashes, table: Sequence[Stretch], key: Repeats) -> Found:
    """Rows of the prepared `table`, whose keys were hashed to `keys`, that repeat others."""
    twice = keys.twice()
    if not len(twice):
        return Found(0)
    found = []
    with Groups(len(twice)) as groups:
        for rows in candidates(table, key, twice):
            groups.add(rows)
        for number in range(groups.count):
            group = groups.group(number)
            if group is not None:
                again = ~pl.struct(key.columns).is_first_distinct()
                found.append(_first(group.sort(ROW).filter(again)))
    return _together(found)


def count_shared(one: Sequence[Stretch], other: Sequence[Stretch], key: Repeats) -> Found:
    """Rows of the table `other` whose key is also one of the table `one`."""
    shared = in_both(_hashed(one, key), _hashed(other, key))
    if not len(shared):
        return Found(0)
    found = []
    with Groups(len(shared)) as known, Groups(len(shared)) as asked:
        for rows in candidates(one, key, shared):
            known.add(rows.unique(key.columns))
        for rows in candidates(other, key, shared):
            asked.add(rows)
        for number in range(asked.count):
            theirs, ours = known.group(number), asked.group(number)
            if theirs is not None and ours is not None:
                hits = ours.join(theirs, on=key.columns, how="semi", nulls_equal=key.nulls_equal)
                found.append(_first(hits.sort(ROW)))
    return _together(found)


def _hashed(table: Sequence[Stretch], key: Repeats) -> KeyHashes:
    keys = KeyHashes.none()
    for stretch in table:
        for _, fetch in read(stretch, key.columns):
            keys = keys.add(fetch, key)
    return keys


def _first(rows: pl.DataFrame) -> Found:
    return Found(rows.height, tuple(rows[ROW].head(MOST).to_list()))


def _together(found: Sequence[Found]) -> Found:
    first = sorted(row for each in found for row in each.first)
    return Found(sum(each.rows for each in found), tuple(first[:MOST]))
