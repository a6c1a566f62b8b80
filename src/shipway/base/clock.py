# SPDX-License-Identifier: Apache-2.0
"""Time, in one place: UTC everywhere, ISO 8601 with a `Z` in records."""

import datetime
import time

from shipway.base.errors import InputError


def now() -> datetime.datetime:
    """The present moment in UTC."""
    return datetime.datetime.now(datetime.UTC)


def stamp(moment: datetime.datetime | None = None) -> str:
    """`2026-10-01T12:30:05.123456Z`: sorts as text in the order of time."""
    moment = moment or now()
    return moment.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse(text: str) -> datetime.datetime:
    """A moment from ISO 8601 text; without a zone it is local time, a date alone is its midnight.

    Raises InputError when the text is no date or time.
    """
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError:
        raise InputError(
            f"{text!r} is not a date or time", cure="Write it as 2026-10-01 or 2026-10-01T12:30."
        ) from None
    return moment.astimezone(datetime.UTC)


def seconds() -> float:
    """A monotonic clock for durations: the system clock may go back, this one does not."""
    return time.monotonic()
