# SPDX-License-Identifier: Apache-2.0
"""Each built-in check of pandera as a demand on a column, or as a rule where there is none."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from shipway.spec.demands import LengthSpec, OnFail
from shipway.spec.document import Position
from shipway.spec.expressions import Boolean, Column, Literals, Moment, Number, Text, render
from shipway.spec.nodes import Scalar
from shipway.spec.scalars import Wrong, regex

TEXT_CHECKS: dict[str, tuple[str, Callable[[str], str]]] = {
    # pandera looks at the beginning of a value, ours at all of it.
    "str_matches": ("pattern", lambda pattern: f"(?:{pattern})(?s:.*)"),
    "str_contains": ("pattern", lambda pattern: f"(?s:.*)(?:{pattern})(?s:.*)"),
    "str_startswith": ("string", lambda text: f"{re.escape(text)}(?s:.*)"),
    "str_endswith": ("string", lambda text: f"(?s:.*){re.escape(text)}"),
}
COMPARED = {"greater_than": ">", "less_than": "<", "not_equal_to": "!="}
BOUNDS = {
    "greater_than_or_equal_to": ("min", "min_value"),
    "less_than_or_equal_to": ("max", "max_value"),
}
ONLY_SELF = "a check of one's own: name a function under data.checks for it"


@dataclass
class Demanded:
    """Fields of a ColumnSpec, which of them only warn, and rules (text, what a failure does)."""

    fields: dict[str, Any] = field(default_factory=dict)
    warns: dict[str, OnFail] = field(default_factory=dict)
    rules: list[tuple[str, OnFail]] = field(default_factory=list)

    def add(self, key: str, value: Any, on_fail: OnFail) -> str:
        """Demand `key`; why not, if it is demanded already in another way."""
        if self.fields.get(key, value) != value:
            return f"a second demand on {key}"
        self.fields[key] = value
        if on_fail == "warn":
            self.warns[key] = on_fail
        return ""


def demanded(into: Demanded, name: str, check: Mapping[str, Any], *, nullable: bool) -> str:
    """Add what `check` of the column `name` comes to; why it can't be, or nothing."""
    if nullable and not check["ignores_missing"]:
        return "it judges missing values too"
    on_fail: OnFail = "warn" if check["warns"] else "stop"
    said, kind = check["statistics"], check["name"]
    if kind in BOUNDS:
        key, statistic = BOUNDS[kind]
        return _bound(into, key, said[statistic], on_fail)
    if kind in COMPARED:
        value = next(
            (said[key] for key in ("value", "min_value", "max_value") if key in said), None
        )
        return _rule(into, name, COMPARED[kind], value, on_fail)
    if kind == "in_range":
        return _range(into, name, said, on_fail)
    if kind in ("isin", "equal_to"):
        allowed = said["allowed_values"] if kind == "isin" else [said["value"]]
        return into.add("values", tuple(_text(value) for value in allowed), on_fail)
    if kind == "notin":
        literals = [_literal(value) for value in said["forbidden_values"]]
        if not literals or None in literals:
            return "its values can't be written in a rule"
        listed = ", ".join(render(each) for each in literals if each is not None)
        into.rules.append((f"{render(Column(name))} not in [{listed}]", on_fail))
        return ""
    if kind == "str_length":
        return _length(into, said, on_fail)
    return _pattern(into, kind, said, on_fail) if kind in TEXT_CHECKS else ONLY_SELF


def _bound(into: Demanded, key: str, value: Any, on_fail: OnFail) -> str:
    bound = value["moment"] if isinstance(value, dict) else value
    if isinstance(bound, bool) or not isinstance(bound, int | float | str):
        return "its bound is neither a number nor a date"
    return into.add(key, bound if isinstance(bound, str) else float(bound), on_fail)


def _rule(into: Demanded, name: str, operator: str, value: Any, on_fail: OnFail) -> str:
    literal = _literal(value)
    if literal is None:
        return "its value can't be written in a rule"
    into.rules.append((f"{render(Column(name))} {operator} {render(literal)}", on_fail))
    return ""


def _range(into: Demanded, name: str, said: Mapping[str, Any], on_fail: OnFail) -> str:
    why = []
    for key, include, operator in (("min", "include_min", ">"), ("max", "include_max", "<")):
        value = said[f"{key}_value"]
        if said.get(include, True):
            why.append(_bound(into, key, value, on_fail))
        else:
            why.append(_rule(into, name, operator, value, on_fail))
    return ", ".join(filter(None, why))


def _length(into: Demanded, said: Mapping[str, Any], on_fail: OnFail) -> str:
    exact = said.get("exact_value")
    low = said.get("min_value") if exact is None else exact
    high = said.get("max_value") if exact is None else exact
    return into.add("length", LengthSpec(low, high, on_fail=on_fail), "stop")


def _pattern(into: Demanded, kind: str, said: Mapping[str, Any], on_fail: OnFail) -> str:
    key, whole = TEXT_CHECKS[kind]
    text = said.get(key)
    if not isinstance(text, str):
        return "its pattern is no text"
    try:
        pattern = regex(Scalar(whole(text), Position(1, 1)))
    except Wrong as wrong:
        return f"its pattern is no {wrong.expected.removeprefix('a ')}"
    return into.add("pattern", pattern, on_fail)


def _literal(value: Any) -> Literals | None:
    if isinstance(value, dict):
        return Moment(value["moment"])
    if isinstance(value, bool):
        return Boolean(value)
    if isinstance(value, int | float):
        return Number(value)
    return Text(value) if isinstance(value, str) else None


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return str(value["moment"])
    return str(value).lower() if isinstance(value, bool) else str(value)
