# SPDX-License-Identifier: Apache-2.0
"""Columns that repeat another one, and rows that repeat an earlier one.

In a table of a few coarse columns rows repeat by chance. How many pairs would, if columns did not
depend on each other, follows from how often two rows agree in each column.
"""

from collections.abc import Iterator

import polars as pl

from shipway.data.suspicions.look import Look, is_plain
from shipway.data.suspicions.wording import list_line, rows_of
from shipway.records.inference import Suspicion
from shipway.records.profile import ColumnProfile

BY_CHANCE = 0.01
MOST_SHARE = 0.5


def copied_columns(look: Look) -> Iterator[Suspicion]:
    """The later one of two columns that are equal in every row."""
    by_look: dict[object, list[ColumnProfile]] = {}
    for column in look.columns:
        if column.distinct > 1:
            by_look.setdefault(_outside(column), []).append(column)
    for group in by_look.values():
        for number, column in enumerate(group):
            first = next((each for each in group[:number] if _equal(look, each, column)), None)
            if first is not None:
                text = f"is equal to {first.name} in every row"
                line = list_line("ignore", column.name)
                yield Suspicion("duplicate_column", column.name, text, line, look.rows)


def _outside(column: ColumnProfile) -> object:
    """What two equal columns have in common, as far as a profile tells."""
    same = (column.missing, column.distinct, column.low, column.high, column.zeros)
    return column.type, same, column.top[:5], column.lengths


def _equal(look: Look, one: ColumnProfile, other: ColumnProfile) -> bool:
    left, right = (look.subject(each.name).values for each in (one, other))
    if not look.head[left].equals(look.head[right], check_names=False, null_equal=True):
        return False
    same = pl.col(left).eq_missing(pl.col(right)).all()
    return bool(look.frame.select(same).collect(engine="streaming").item())


def repeated_rows(look: Look) -> Iterator[Suspicion]:
    """Rows that are there already, where chance does not explain it."""
    if not 0 < look.repeated < MOST_SHARE * look.rows:
        return
    pairs, together = look.rows * (look.rows - 1) / 2, 1.0
    for column in look.profile.columns:
        together *= _agreement(column)
    if look.repeated * BY_CHANCE < pairs * together:
        return
    said = "1 row is" if look.repeated == 1 else f"{rows_of(look.repeated)} are"
    text = f"{said} there more than once: is that meant?"
    yield Suspicion("duplicate_rows", "", text, "duplicates: {at_most: 0}", look.repeated)


def _agreement(column: ColumnProfile) -> float:
    """How likely two rows agree in a column."""
    if not is_plain(column):
        return 1.0
    shares = [count / column.rows for _, count in column.top]
    left = max(0.0, 1 - sum(shares) - column.missing / column.rows)
    others = max(1, column.distinct - len(shares))
    known = sum(share * share for share in shares) + (column.missing / column.rows) ** 2
    return min(1.0, known + left * left / others)
