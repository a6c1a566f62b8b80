# SPDX-License-Identifier: Apache-2.0
"""Numbers, times and values as people read them; `–` stands for "there is none"."""

import datetime
import json
import math
from typing import Any

NONE = "–"
MINUS = "−"


def number(value: float | None) -> str:
    """Four significant digits, thousands apart: `0.9412`, `12,400`, `3.2e-07`."""
    if value is None:
        return NONE
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if math.isnan(value):
        return "not a number"
    if math.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    if value == int(value) and abs(value) < 1e15:
        return _minus(f"{int(value):,}")
    if abs(value) >= 1000:
        return _minus(f"{value:,.1f}")
    return _minus(f"{value:#.4g}" if abs(value) >= 1e-4 else f"{value:.2e}")


def fixed(value: float | None, digits: int = 4) -> str:
    """The same number of digits in a whole column: `0.9400`; large numbers as `number` has them."""
    if value is None or not math.isfinite(value) or abs(value) >= 1000:
        return number(value)
    if value and abs(value) < 10**-digits:
        return _minus(f"{value:.1e}")
    return _minus(f"{value:.{digits}f}")


def difference(new: float | None, old: float | None) -> str:
    """`+0.0120` or `−0.0031`: how far `new` is from `old`."""
    if new is None or old is None or not math.isfinite(new - old):
        return NONE
    return signed(new - old)


def signed(value: float) -> str:
    """`+0.0120` or `−0.0031`."""
    text = fixed(value)
    return text if text.startswith(MINUS) else f"+{text}"


def percent(share: float | None) -> str:
    """`95%` from 0.95; up to two decimals where they are needed."""
    if share is None or not math.isfinite(share):
        return NONE
    return f"{_minus(f'{share * 100:.2f}'.rstrip('0').rstrip('.'))}%"


def p_value(value: float | None) -> str:
    """`0.021`, or `< 0.001`."""
    if value is None or not math.isfinite(value):
        return NONE
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def seconds(value: float) -> str:
    """`0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`."""
    if value < 0.095:
        return f"{max(value, 0) * 1000:.0f} ms"
    if value < 9.95:
        return f"{value:.1f} s"
    whole = round(value)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s" if whole % 60 else f"{whole // 60} min"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def size(count: int) -> str:
    """Bytes as `812 bytes`, `4.2 kB`, `310 MB`."""
    if count < 1000:
        return f"{count} bytes"
    value = float(count)
    for unit in ("kB", "MB", "GB"):
        value /= 1000
        if value < 999.5 or unit == "GB":
            break
    return f"{value:.1f} {unit}" if value < 10 else f"{value:,.0f} {unit}"


def moment(stamp: str) -> str:
    """`23 Nov 2026, 09:24 UTC` from a record's time stamp; text that is none stays as it is."""
    try:
        when = datetime.datetime.fromisoformat(stamp)
    except ValueError:
        return stamp
    if when.tzinfo is not None:
        when = when.astimezone(datetime.UTC)
    return f"{when.day} {when:%b %Y, %H:%M} UTC"


def elapsed(start: str, end: str) -> str:
    """How long it took from one time stamp to another."""
    try:
        took = datetime.datetime.fromisoformat(end) - datetime.datetime.fromisoformat(start)
    except (ValueError, TypeError):
        return NONE
    return seconds(took.total_seconds())


def short(digest: str) -> str:
    """Twelve digits of a digest or a commit."""
    return digest.removeprefix("sha256:")[:12] or NONE


def value(thing: Any) -> str:
    """A parameter or cell on one line: text as it is, the rest as JSON."""
    if thing is None:
        return "(missing)"
    if isinstance(thing, str):
        return thing
    return json.dumps(thing, ensure_ascii=False, default=str)


def plural(count: int, noun: str) -> str:
    """`1 row`, `2,000 rows`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _minus(text: str) -> str:
    return text.replace("-", MINUS, 1) if text.startswith("-") else text
