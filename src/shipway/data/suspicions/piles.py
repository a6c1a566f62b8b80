# SPDX-License-Identifier: Apache-2.0
"""One exact value that is unusually frequent in a column of very many: values that were cut off at
an end of the range, or a default that somebody never filled in.

0, 1 and 100 are natural ends (no debt, all of it), and no defaults.
"""

from collections.abc import Iterator

from shipway.data.suspicions.look import Look
from shipway.data.suspicions.wording import column_line, number_text, rows_of
from shipway.records.inference import Suspicion
from shipway.records.profile import ColumnProfile

NATURAL = (0, 1, 100)
FEWEST_VALUES = 50
FEWEST_ROWS, SHARE = 10, 0.01
AT_END, INSIDE = 5, 10


def piles(look: Look) -> Iterator[Suspicion]:
    """At either end, and in between."""
    for column in look.numbers:
        if column.distinct < FEWEST_VALUES or not column.top:
            continue
        sentinels = {value for value, _ in look.extras[column.name].marked}
        for value, rows in column.top[:3]:
            # What is infinite stands there as text.
            if isinstance(value, int | float) and value not in (*NATURAL, *sentinels):
                yield from _pile(look, column, value, rows)


def _pile(look: Look, column: ColumnProfile, value: float, rows: int) -> Iterator[Suspicion]:
    others = (count for each, count in column.top if each != value and each not in NATURAL)
    next_ = max(others, default=1)
    at_end = value in (column.low, column.high)
    if rows < max(FEWEST_ROWS, SHARE * look.rows) or rows < (AT_END if at_end else INSIDE) * next_:
        return
    what = "was it cut off there, or is it a default value?" if at_end else "a default value?"
    kind = "capped" if value == column.high else "default"
    text = f"exactly {number_text(value)} in {rows_of(rows, look.rows)}, no other value in more "
    text += f"than {next_:,}: {what}"
    line = column_line(
        column.name, f"disguised_missing: {{markers: [{number_text(value)}], at_most: {rows}}}"
    )
    yield Suspicion(kind, column.name, text, line, rows)
