# SPDX-License-Identifier: Apache-2.0
"""One value far beyond all others, such as 354 miles a gallon: a slip of the hand?

Long tails have large values too. The gap is compared with what the tail itself would bring: beyond
the 95th percentile of any tail that is no longer than that of a power law, the logarithms of the
largest values lie exponentially far from each other (Hill, 1975).
"""

import math
from collections.abc import Iterator

from shipway.data.suspicions.look import Look
from shipway.data.suspicions.wording import bound, column_line, number_text, rows_of
from shipway.records.inference import Suspicion
from shipway.records.profile import PROBABILITIES, ColumnProfile

FEWEST_ROWS, FEWEST_VALUES, MOST_AT_END = 100, 20, 3
FAR = 3.0
TIMES_THE_TAIL = 6.0
TAIL = 0.95


def typing_errors(look: Look) -> Iterator[Suspicion]:
    """The largest value of a column, where nothing leads up to it."""
    for column in look.numbers:
        extras = look.extras[column.name]
        high, next_ = column.high, extras.before_high
        if (
            column.rows < FEWEST_ROWS
            or column.distinct <= FEWEST_VALUES
            or extras.high_rows > MOST_AT_END
            or dict(extras.marked).get(high)
            or not next_
            or not _is_far(column, high, next_)
        ):
            continue
        rows = extras.high_rows
        text = f"{number_text(high)} in {rows_of(rows)}, the next is {number_text(next_)}"
        line = column_line(column.name, f"max: {bound(next_)}")
        text += ": a typing error?"
        yield Suspicion("outlier", column.name, text, line, rows, "max")


def _is_far(column: ColumnProfile, high: float, next_: float) -> bool:
    if not column.quantiles or next_ <= 0 or high < FAR * next_:
        return False
    start = column.quantiles[PROBABILITIES.index(TAIL)]
    beyond = (1 - TAIL) * (column.rows - column.missing)
    if start <= 0 or beyond <= 2:
        return False
    scale = math.log(next_ / start) / math.log(beyond)
    return math.log(high / next_) > TIMES_THE_TAIL * scale
