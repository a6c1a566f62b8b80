# SPDX-License-Identifier: Apache-2.0
"""What only shows in the order of rows: a column that begins with missing values, and one that adds
up from row to row until it starts afresh. The first rows are looked at.
"""

import math
from collections.abc import Iterator

import polars as pl

from shipway.data.suspicions.look import Look
from shipway.data.suspicions.time_parts import CALENDAR
from shipway.data.suspicions.wording import column_line, list_line, rows_of
from shipway.records.inference import Suspicion

FEWEST_MISSING, BY_CHANCE = 5, 1e-6
FEWEST_CHANGES, FEWEST_FALLS, FEWEST_VALUES = 200, 20, 25
RISES, FALLS_LOW = 0.75, 0.95
NEAR_ZERO = 0.1


def leading_gaps(look: Look) -> Iterator[Suspicion]:
    """Columns whose first rows are all missing, more of them than chance would have it."""
    for column in look.columns:
        first = look.first_rows(column.name).is_not_null().arg_max()
        share = column.missing / look.rows
        if first is None or first < FEWEST_MISSING or share == 0:
            continue
        if first * math.log(share) < math.log(BY_CHANCE):
            text = f"the first {rows_of(first)} have no value"
            line = column_line(column.name, "max_missing: 0")
            yield Suspicion("leading_gap", column.name, text, line, first)


def cumulative(look: Look) -> Iterator[Suspicion]:
    """Columns that mostly rise from near zero, and fall back to where they began."""
    for column in look.numbers:
        near_zero = column.low is not None and 0 <= column.low <= NEAR_ZERO * column.high
        in_calendar = column.name.lower() in CALENDAR
        if column.distinct < FEWEST_VALUES or in_calendar or not near_zero:
            continue
        values = look.first_rows(column.name).drop_nulls().cast(pl.Float64)
        steps = values.diff()
        rises, falls = int((steps > 0).sum()), int((steps < 0).sum())
        if rises + falls < FEWEST_CHANGES or falls < FEWEST_FALLS:
            continue
        after = values.filter(steps < 0)
        low = int((after <= (values.median() or 0.0)).sum())
        if rises >= RISES * (rises + falls) and low >= FALLS_LOW * falls:
            share = 100 * rises / (rises + falls)
            text = f"rises in {share:.0f}% of its changes from row to row and then falls back to "
            text += "low values: a sum that runs on?"
            yield Suspicion("cumulative", column.name, text, list_line("ignore", column.name))
