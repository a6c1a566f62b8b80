# SPDX-License-Identifier: Apache-2.0
"""Numbers and dates that people write for "unknown": 999, -1, 99999999, 1900-01-01.

Only where they stand apart, as the check `disguised_missing` sees it.
"""

from collections.abc import Iterator
from typing import Any

from shipway.data.disguised import standing_apart
from shipway.data.suspicions.look import Extras, Look
from shipway.data.suspicions.wording import column_line, list_line, number_text, rows_of
from shipway.records.inference import Bound, Suspicion
from shipway.records.profile import ColumnProfile

FEWEST_VALUES = 5
CERTAIN_ALONE = 999


def sentinels(look: Look) -> Iterator[Suspicion]:
    """One for each value that stands apart."""
    for column in look.columns:
        extras = look.extras[column.name]
        low, high = extras.others
        if column.distinct < FEWEST_VALUES or low is None or look.is_counter(column):
            continue
        marked = dict(extras.marked)
        for value in standing_apart(list(marked), low, high):
            if _is_repeated(value, marked[value], column, extras):
                yield _told(look, column, value, marked[value], extras)


def _is_repeated(value: Any, rows: int, column: ColumnProfile, extras: Extras) -> bool:
    """More than a slip; and -1 beside zeros more than the tail of a distribution."""
    if not isinstance(value, int | float):
        return True
    if value == -1 and extras.others[0] < 1:
        return bool(rows >= 2 * dict(column.top).get(extras.others[0], 1))
    return rows > 1 or abs(value) >= CERTAIN_ALONE


def _told(look: Look, column: ColumnProfile, value: Any, rows: int, extras: Extras) -> Suspicion:
    low, high = extras.others
    above = value > high
    spoils: Bound = "max" if above else "min"
    if isinstance(value, int | float):
        shown, next_ = number_text(value), number_text(high if above else low)
        line = list_line("nulls", shown)
    else:
        shown, next_ = str(value), str(high if above else low)
        line = column_line(column.name, f"disguised_missing: {{markers: [{shown}]}}")
    text = f"{shown} in {rows_of(rows, look.rows)}, the next is {next_}: does it mean missing?"
    return Suspicion("sentinel", column.name, text, line, rows, spoils)
