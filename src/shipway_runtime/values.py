# SPDX-License-Identifier: Apache-2.0
"""Single values: from JSON to what a model takes, and from what it gives back to JSON."""

from __future__ import annotations

import datetime
import math
import re
from typing import Any, Callable

_FRACTION = re.compile(r"\.(\d+)")


def to_float(value: Any) -> float:
    """A number; ValueError for text and truth values."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError("must be a number")
    return float(value)


def to_integer(value: Any) -> int:
    """A whole number, also written as 3.0."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != int(value):
        raise ValueError("must be a whole number")
    return int(value)


def to_boolean(value: Any) -> bool:
    """A truth value, or 0 or 1."""
    if value not in (0, 1) or not isinstance(value, (bool, int)):
        raise ValueError("must be true or false")
    return bool(value)


def to_text(value: Any) -> str:
    """A text."""
    if not isinstance(value, str):
        raise ValueError("must be a text")
    return value


def to_category(value: Any) -> Any:
    """A text or a number: whatever the category was in training."""
    if isinstance(value, (str, bool, int, float)):
        return value
    raise ValueError("must be a text or a number")


def to_datetime(value: Any) -> datetime.datetime:
    """A point in time from ISO 8601 text, with or without an offset; to the microsecond."""
    if isinstance(value, datetime.datetime):
        return value
    if not isinstance(value, str):
        raise ValueError("must be a date and time such as 2026-10-01T12:30:00")
    text = value.strip()
    if text.endswith(("Z", "z")):
        text = text[:-1] + "+00:00"
    text = _FRACTION.sub(lambda found: "." + found.group(1)[:6].ljust(6, "0"), text)
    try:
        return datetime.datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("must be a date and time such as 2026-10-01T12:30:00") from None


def to_date(value: Any) -> datetime.date:
    """A day from ISO 8601 text; midnight of it is taken too."""
    try:
        return to_datetime(value).date()
    except ValueError:
        raise ValueError("must be a date such as 2026-10-01") from None


CONVERTERS: dict[str, Callable[[Any], Any]] = {
    "float": to_float,
    "integer": to_integer,
    "boolean": to_boolean,
    "string": to_text,
    "category": to_category,
    "datetime": to_datetime,
    "date": to_date,
}


def plain_list(values: Any) -> list[Any]:
    """A column or array as JSON values: numpy numbers become Python's, NaN becomes null."""
    if _is_plain_array(values):
        found: list[Any] = values.tolist()
        return found
    for method in ("to_list", "tolist"):
        if hasattr(values, method):
            values = getattr(values, method)()
            break
    return [plain_value(value) for value in values]


def _is_plain_array(values: Any) -> bool:
    """An array of numpy whose numbers JSON takes as they are.

    Looking at each of millions of values would take longer than the model does.
    """
    if type(values).__module__ != "numpy" or not getattr(values, "shape", ()):
        return False
    if values.dtype.kind in "biu":
        return True
    return bool(values.dtype.str[1:] in ("f4", "f8") and math.isfinite(float(values.sum())))


def plain_value(value: Any) -> Any:
    """One value as JSON takes it."""
    if hasattr(value, "tolist"):
        return plain_value(value.tolist())
    if isinstance(value, (list, tuple)):
        return [plain_value(item) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, (datetime.date, datetime.datetime)):
        return value.isoformat()
    return value


def same_label(label: Any, text: str) -> bool:
    """Whether a model's label is the one that `shipway.yaml` writes as `text`."""
    if isinstance(label, bool):
        return text.lower() in (str(label).lower(), str(int(label)))
    if str(label) == text:
        return True
    try:
        return isinstance(label, (int, float)) and float(label) == float(text)
    except ValueError:
        return False
