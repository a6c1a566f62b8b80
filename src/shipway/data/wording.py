# SPDX-License-Identifier: Apache-2.0
"""How values, durations and lists are written in the result of a check."""

import datetime
import decimal
import math
from collections.abc import Sequence
from typing import Any

UNITS = (("d", 86400), ("h", 3600), ("m", 60))
LONGEST = 120
MOST = 8


def plain(value: Any) -> Any:
    """A cell's value as JSON can hold it: ISO dates, `NaN` and `inf` as text, long texts cut."""
    if isinstance(value, bool | int) or value is None:
        return value
    if isinstance(value, decimal.Decimal):
        value = float(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat()
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def shown(value: Any) -> str:
    """A cell's value inside a sentence: text in quotes, `missing` for none."""
    value = plain(value)
    return "missing" if value is None else repr(value)


def duration(seconds: float) -> str:
    """`30d`, `2h`, `45s`: the largest unit that fits, rounded down to one decimal at most."""
    for unit, size in UNITS:
        if abs(seconds) >= size:
            tenths = math.trunc(seconds / size * 10) / 10
            return f"{tenths:g}{unit}"
    return f"{math.trunc(seconds)}s"


def listed(values: Sequence[str]) -> str:
    """`DE, FR, NO`, cut after eight."""
    text = ", ".join(values[:MOST])
    return f"{text}, … ({len(values)})" if len(values) > MOST else text
