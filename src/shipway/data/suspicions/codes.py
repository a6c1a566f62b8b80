# SPDX-License-Identifier: Apache-2.0
"""Whole numbers that are categories: the code 0, hardly ever used, among codes from 1 on, which may
mean unknown, and a table in which all categories are written as numbers.

Counts and ratings rise and fall once from their smallest to their largest value; the frequencies
of categories have no such order. A dip counts beyond four standard deviations.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from shipway.data.suspicions.look import Look, complete_counts
from shipway.data.suspicions.time_parts import CALENDAR
from shipway.data.suspicions.wording import column_line, rows_of
from shipway.data.wording import listed
from shipway.records.inference import Suspicion
from shipway.spec.scalar_text import scalar

MOST_CODES, FEWEST_CODES = 12, 4
RARE, TIMES = 0.005, 50
DEVIATIONS = 4


def undeclared_codes(look: Look) -> Iterator[Suspicion]:
    """Codes 1 to n, each used, and 0 in a few rows."""
    for column in look.numbers:
        counts = complete_counts(column) if column.type == "integer" else {}
        codes = _codes(counts)
        if 0 not in counts or len(codes) < 2:
            continue
        rows = counts[0]
        rare = rows <= RARE * look.rows and rows * TIMES <= counts[1]
        if rare and rows < min(counts[code] for code in codes):
            text = f"0 in {rows_of(rows)}, the other codes are 1 to {len(codes)}: "
            line = column_line(column.name, f"values: [{', '.join(map(str, codes))}]")
            yield Suspicion("code", column.name, text + "does it mean unknown?", line, rows)


def coded_categories(look: Look) -> Iterator[Suspicion]:
    """All categories of a table without texts, where there are several."""
    if any(column.type in ("string", "category") for column in look.columns):
        return
    found = [
        column.name
        for column in look.numbers
        if column.type == "integer"
        and column.name.lower() not in CALENDAR
        and _goes_up_again(complete_counts(column))
    ]
    if len(found) > 1:
        text = f"{listed(found)} are whole numbers without an order: categories as codes?"
        columns = ", ".join(f"{scalar(name)}: {{type: category}}" for name in found)
        yield Suspicion("coded_categories", "", text, f"columns: {{{columns}}}")


def _codes(counts: Mapping[Any, int]) -> list[int]:
    """1, 2, … where these are all values but 0; else empty."""
    codes = sorted(code for code in counts if code)
    in_order = codes == list(range(1, len(codes) + 1)) and len(codes) < MOST_CODES
    return codes if in_order else []


def _goes_up_again(counts: Mapping[Any, int]) -> bool:
    codes = _codes(counts)
    if len(codes) < FEWEST_CODES:
        return False
    fallen, before = False, 0
    for code in codes:
        step = counts[code] - before
        clear = abs(step) > DEVIATIONS * math.sqrt(counts[code] + before)
        if clear and step > 0 and fallen:
            return True
        fallen = fallen or (clear and step < 0)
        before = counts[code]
    return False
