# SPDX-License-Identifier: Apache-2.0
"""A moment that is spread over several columns: year, month, day, hour."""

from collections.abc import Iterator

from shipway.data.suspicions.look import Look
from shipway.data.suspicions.wording import bound
from shipway.data.wording import listed
from shipway.records.inference import Suspicion
from shipway.spec.scalar_text import scalar

CALENDAR = {
    "month": (1, 12),
    "day": (1, 31),
    "hour": (0, 23),
    "minute": (0, 59),
    "second": (0, 59),
    "weekday": (0, 7),
    "week": (0, 53),
    "quarter": (1, 4),
}
YEARS = (1800, 2200)
NEEDED = ("year", "month")


def time_parts(look: Look) -> Iterator[Suspicion]:
    """Year and month at least, in whole numbers of the calendar."""
    found: dict[str, str] = {}
    for column in look.columns:
        part = column.name.strip().lower()
        first, last = YEARS if part == "year" else CALENDAR.get(part, (1, 0))
        if column.type == "integer" and first <= column.low and column.high <= last:
            found[part] = column.name
    if not all(part in found for part in NEEDED):
        return
    text = f"{listed(list(found.values()))} together say when: no column tells the order of rows"
    ranges = [
        f"{scalar(name)}: {{min: {bound(CALENDAR[part][0])}, max: {bound(CALENDAR[part][1])}}}"
        for part, name in found.items()
        if part in CALENDAR
    ]
    yield Suspicion("time_parts", "", text, f"columns: {{{', '.join(ranges)}}}")
