# SPDX-License-Identifier: Apache-2.0
"""Values made up from what the spec declares about a column: its values, its range, its pattern.

The same row number always gives the same value, and nothing of the real data goes into it.
"""

import importlib
import re
from collections.abc import Callable, Sequence
from typing import Any

from shipway.spec.types import ColumnSpec

TRUTHS = {"true": True, "1": True, "false": False, "0": False}
MOST_REPEATS = 3
PRINTABLE = range(0x20, 0x7F)


def invent(spec: ColumnSpec, number: int, total: int) -> Any:
    """A value for row `number` of `total`, as JSON can hold it; None when nothing is declared."""
    if spec.values:
        return _as_type(spec.values[number % len(spec.values)], spec.type)
    if spec.min is not None or spec.max is not None:
        return _between(spec, number, total)
    if spec.pattern is not None:
        return _matching(spec.pattern, number)
    return None


def _as_type(text: str, kind: str | None) -> Any:
    try:
        if kind == "integer":
            return int(text)
        if kind == "float":
            return float(text)
    except ValueError:
        return None
    return TRUTHS.get(text.lower()) if kind == "boolean" else text


def _between(spec: ColumnSpec, number: int, total: int) -> Any:
    """Spread over the range; the one bound that there is; a bound that is a date as it is."""
    low, high = spec.min, spec.max
    only = low if high is None else high if low is None else None
    if only is not None or isinstance(low, str) or isinstance(high, str):
        value = only if only is not None else low
        return int(value) if spec.type == "integer" and isinstance(value, float | int) else value
    assert isinstance(low, float | int) and isinstance(high, float | int)  # noqa: S101 - as above
    place = number / (total - 1) if total > 1 else 0.0
    value = low + place * (high - low)
    return min(int(high), max(int(low), round(value))) if spec.type == "integer" else value


def _matching(pattern: str, number: int) -> str | None:
    """A text that matches the whole `pattern`; None for patterns beyond classes and repeats."""
    try:
        tree = importlib.import_module("re._parser").parse(pattern)
        text = "".join(_piece(str(name), argument, number) for name, argument in tree)
        return text if re.fullmatch(pattern, text) else None
    except (ImportError, re.error, _UnknownError):
        return None


class _UnknownError(Exception):
    """A part of a pattern that nothing is made up for."""


def _piece(name: str, argument: Any, number: int) -> str:
    pieces: dict[str, Callable[[], str]] = {
        "LITERAL": lambda: chr(argument),
        "NOT_LITERAL": lambda: _first(lambda code: code != argument),
        "ANY": lambda: "x",
        "IN": lambda: _member(argument, number),
        "MAX_REPEAT": lambda: _repeat(argument, number),
        "MIN_REPEAT": lambda: _repeat(argument, number),
        "SUBPATTERN": lambda: _sequence(argument[-1], number),
        "BRANCH": lambda: _sequence(argument[1][number % len(argument[1])], number),
        "AT": lambda: "",
    }
    if name not in pieces:
        raise _UnknownError(name)
    return pieces[name]()


def _sequence(parts: Sequence[tuple[Any, Any]], number: int) -> str:
    return "".join(_piece(str(name), argument, number) for name, argument in parts)


def _repeat(argument: Any, number: int) -> str:
    least, most, parts = argument
    times = min(int(most), max(int(least), min(int(least) + 1, MOST_REPEATS)))
    return "".join(_sequence(parts, number + step) for step in range(times))


def _first(fits: Callable[[int], bool]) -> str:
    for code in PRINTABLE:
        if fits(code) and chr(code).isalnum():
            return chr(code)
    raise _UnknownError("no character fits")


def _member(argument: Any, number: int) -> str:
    """One of a class such as `[A-Z_]`, another one for another row."""
    codes = [code for code in PRINTABLE if _belongs(argument, code)]
    if not codes:
        raise _UnknownError("no character fits")
    return chr(codes[number * 7 % len(codes)])


def _belongs(argument: Any, code: int) -> bool:
    found, negated = False, False
    for name, value in argument:
        match str(name):
            case "NEGATE":
                negated = True
            case "LITERAL":
                found = found or code == value
            case "RANGE":
                found = found or value[0] <= code <= value[1]
            case "CATEGORY":
                found = found or _in_category(str(value), chr(code))
            case _:
                raise _UnknownError(str(name))
    return found != negated


def _in_category(name: str, character: str) -> bool:
    classes = {"DIGIT": r"\d", "WORD": r"\w", "SPACE": r"\s"}
    kind = name.removeprefix("CATEGORY_")
    inside = re.match(classes[kind.removeprefix("NOT_")], character) is not None
    return inside != kind.startswith("NOT_")
