# SPDX-License-Identifier: Apache-2.0
"""A few negative numbers in a column that is far from zero otherwise: a wrong sign?

A distribution may reach below zero with its tail. So only numbers count that lie farther below the
first percentile than three times the way from there to the first quartile (a normal distribution
reaches half as far in a million rows).
"""

from collections.abc import Iterator

from shipway.data.suspicions.look import Look
from shipway.data.suspicions.wording import column_line, number_text, rows_of
from shipway.records.inference import Suspicion
from shipway.records.profile import PROBABILITIES

MOST_SHARE, REACH = 0.01, 3.0


def negatives(look: Look) -> Iterator[Suspicion]:
    """One for each column with a few numbers below zero."""
    for column in look.numbers:
        if not 0 < column.negatives <= MOST_SHARE * look.rows or not column.quantiles:
            continue
        extras = look.extras[column.name]
        first = column.quantiles[PROBABILITIES.index(0.01)]
        quarter = column.quantiles[PROBABILITIES.index(0.25)]
        known = dict(extras.marked)
        if first < 0 or column.low in known or column.low >= first - REACH * (quarter - first):
            continue
        text = f"below zero in {rows_of(column.negatives)}, lowest {number_text(column.low)}, "
        text += "positive in all others: a wrong sign?"
        line = column_line(column.name, "min: 0")
        yield Suspicion("negative", column.name, text, line, column.negatives, "min")
