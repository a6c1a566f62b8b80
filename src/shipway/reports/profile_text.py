# SPDX-License-Identifier: Apache-2.0
"""A profile in words and numbers, as the terminal and the page have them."""

import datetime
from collections.abc import Sequence
from typing import Any

from shipway.records.profile import PROBABILITIES, ColumnProfile, Histogram, Profile
from shipway.reports.text import NONE, number, percent, plural, value

MOMENTS = ("date", "datetime")
BLOCKS = "▁▂▃▄▅▆▇█"
ESTIMATED = "~"
SAMPLED = 65_536
EPOCH = datetime.datetime(1970, 1, 1)
YEAR_ONE, YEAR_LAST = -62_135_596_800.0, 253_402_300_799.0


def share(count: int, rows: int) -> str:
    """`0`, `1.3%`, `< 0.01%`; never `0%` or `100%` of what is not none or all."""
    if not count or not rows:
        return "0"
    part = count / rows
    if count < rows and part > 0.999:
        return "> 99.9%"
    if part < 0.0001:
        return "< 0.01%"
    return percent(round(part, 3 if part >= 0.01 else 4))


def distinct(column: ColumnProfile) -> str:
    """`1,419`, or `~370,000` for an estimate, in the digits that it is good for."""
    if column.distinct_exact:
        return f"{column.distinct:,}"
    digits = len(str(column.distinct))
    return f"{ESTIMATED}{round(column.distinct, 3 - digits):,}"


def place(column: ColumnProfile, at: float) -> str:
    """A value between those of the column: a number, or a date from its seconds since 1970."""
    if column.type not in MOMENTS or not YEAR_ONE <= at <= YEAR_LAST:
        return plain(at)
    when = EPOCH + datetime.timedelta(seconds=at)
    return f"{when:%Y-%m-%d}" if column.type == "date" else _moment(when)


def edge(column: ColumnProfile, at: Any) -> str:
    """`low` or `high`."""
    if at is None:
        return NONE
    if column.type == "datetime":
        return _moment(datetime.datetime.fromisoformat(at))
    return at if isinstance(at, str) else plain(at)


def plain(at: float) -> str:
    """A number; one that may be a year has nothing between its thousands."""
    whole = at == int(at) and abs(at) < 10_000
    return number(at).replace(",", "") if whole else number(at)


def quantile(column: ColumnProfile, probability: float) -> str:
    """One of `PROBABILITIES`."""
    if not column.quantiles:
        return NONE
    return place(column, column.quantiles[PROBABILITIES.index(probability)])


def present(column: ColumnProfile) -> int:
    """How many cells hold a value."""
    return column.rows - column.missing - column.unreadable


def blocks(histogram: Histogram | None, width: int = 12) -> str:
    """A histogram on one line; a place without any value is blank."""
    if histogram is None:
        return ""
    heights = squeezed(histogram.counts, width)
    most = max(heights, default=0)
    if not most:
        return ""
    drawn = (BLOCKS[(count * 8 - 1) // most] if count else " " for count in heights)
    return "".join(drawn)


def squeezed(counts: Sequence[int], places: int) -> list[int]:
    """Neighbours taken together so that no more than `places` are left."""
    together = -(-len(counts) // places)
    return [sum(counts[at : at + together]) for at in range(0, len(counts), together)]


def most_frequent(column: ColumnProfile, most: int = 3) -> str:
    """`DE 17%, FR 16%, NO 16%, …`."""
    told = [f"{value(what)} {share(count, column.rows)}" for what, count in column.top[:most]]
    if not told and column.lengths is not None:
        shortest, _, longest = column.lengths
        size = f"{longest:,}" if shortest == longest else f"{shortest:,} – {longest:,}"
        return f"{size} characters"
    return ", ".join([*told, "…"] if told and column.distinct > most else told)


def remarks(column: ColumnProfile) -> list[str]:
    """What else has to be known of a column, in a few words each."""
    said = []
    if column.note:
        said.append(column.note)
    if column.withheld:
        said.append("sensitive: its values are not shown")
    if column.unreadable:
        said.append(f"{plural(column.unreadable, 'cell')} can't be read as {column.type}")
    if column.nan:
        said.append(f"{column.nan:,} of the missing are NaN")
    if column.not_finite:
        said.append(f"{plural(column.not_finite, 'value')} infinite, left out of mean and range")
    if column.distinct == 1 and present(column):
        said.append("the same value in every row that has one")
    if not present(column) and column.rows and not column.note:
        said.append("no value at all")
    return said


def precision(profile: Profile) -> list[str]:
    """How exact the profile is."""
    said = []
    if any(not column.distinct_exact for column in profile.columns):
        said.append(f"{ESTIMATED} is an estimate with a standard error of 1 %.")
    error = max((column.rank_error for column in profile.columns), default=0.0)
    if error:
        said.append(
            "Quantiles of columns with more than 10,000 different values are off by at most "
            f"{percent(max(error, 0.0001))} of the rows."
        )
    if profile.target is not None and profile.rows > SAMPLED:
        said.append(f"What tells of {profile.target} is seen in up to {SAMPLED:,} of the rows.")
    return said


def _moment(when: datetime.datetime) -> str:
    if when == when.replace(hour=0, minute=0, second=0, microsecond=0):
        return f"{when:%Y-%m-%d}"
    return f"{when:%Y-%m-%d %H:%M:%S}"
