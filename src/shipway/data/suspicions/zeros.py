# SPDX-License-Identifier: Apache-2.0
"""Zeros that may stand for "there is none": apart from all other values, and only where another
column has one certain value (0 cylinders of electric cars).
"""

from collections.abc import Iterator

import polars as pl

from shipway.data.suspicions.look import Look, complete_counts
from shipway.data.suspicions.wording import column_line, rows_of
from shipway.records.inference import Suspicion
from shipway.records.profile import ColumnProfile

FEWEST, MOST_SHARE = 5, 0.2
APART = 0.2
SAME, RARE = 0.95, 0.2
MOST_VALUES = 60


def zeros(look: Look) -> Iterator[Suspicion]:
    """One for each column whose zeros another column explains."""
    groups = [each for each in look.words if 1 < each.distinct <= MOST_VALUES]
    for column in look.numbers:
        if groups and _stand_apart(look, column):
            yield from _explained(look, column, groups)


def _stand_apart(look: Look, column: ColumnProfile) -> bool:
    after = look.extras[column.name].after_low
    return (
        column.low == 0
        and FEWEST <= column.zeros <= MOST_SHARE * look.rows
        and after is not None
        and after >= 2
        and after >= APART * column.quantiles[len(column.quantiles) // 2]
    )


def _explained(
    look: Look, column: ColumnProfile, groups: list[ColumnProfile]
) -> Iterator[Suspicion]:
    value = pl.col(look.subject(column.name).values)
    keys = [look.subject(each.name).values for each in groups]
    counted = [pl.col(key).drop_nulls().value_counts(name="\x00").implode() for key in keys]
    found = look.frame.filter(value == 0).select(counted).collect(engine="streaming").row(0)
    for group, answer in zip(groups, found, strict=True):
        pairs = [tuple(each.values()) for each in answer if each is not None]
        word, rows = max(pairs, key=lambda pair: pair[1], default=("", 0))
        usual = complete_counts(group).get(word, look.rows)
        if rows >= SAME * column.zeros and usual <= RARE * look.rows:
            text = f"0 in {rows_of(column.zeros)}, of which {rows:,} where {group.name} is {word!r}"
            text += ": does it mean that there is none?"
            line = column_line(column.name, "disguised_missing: {markers: [0]}")
            yield Suspicion("zero", column.name, text, line, column.zeros)
            return
