# SPDX-License-Identifier: Apache-2.0
"""What a schema of pandera says, as plain values: a DataFrameSchema or a DataFrameModel, for pandas
or polars.

Nothing is judged here: whether a check can be made one of Shipway's is decided by who reads this.
"""

from __future__ import annotations

import datetime
from typing import Any, Iterable

from shipway_runtime import calls
from shipway_runtime.errors import UserError

CURE = "Name a DataFrameSchema or a DataFrameModel of pandera: module:Schema."


def describe(found: Any) -> dict[str, Any]:
    """The schema at that address; UserError when it is none."""
    to_schema = getattr(found, "to_schema", None)
    schema = calls.call("reading the schema", to_schema) if callable(to_schema) else found
    if not (hasattr(schema, "columns") and hasattr(schema, "checks")):
        raise UserError("entry", f"data.pandera is {type(found).__name__}, not a schema", CURE)
    return {
        "name": str(getattr(schema, "name", None) or ""),
        "columns": [_column(str(name), each) for name, each in schema.columns.items()],
        "checks": _checks(schema),
        "unique": [str(name) for name in getattr(schema, "unique", None) or ()],
        "strict": str(getattr(schema, "strict", False)).lower(),
        "others": list(_others(schema)),
    }


def _column(name: str, column: Any) -> dict[str, Any]:
    return {
        "name": name,
        "type": None if column.dtype is None else str(column.dtype),
        "nullable": bool(column.nullable),
        "unique": bool(column.unique),
        "required": bool(column.required),
        "regex": bool(getattr(column, "regex", False)),
        "checks": _checks(column),
        "others": ["a parser"] if getattr(column, "parsers", None) else [],
    }


def _checks(owner: Any) -> list[dict[str, Any]]:
    found = []
    for check in getattr(owner, "checks", None) or ():
        found.append(
            {
                "name": str(getattr(check, "name", None) or type(check).__name__),
                "statistics": _plain(getattr(check, "statistics", None) or {}),
                "warns": bool(getattr(check, "raise_warning", False)),
                "ignores_missing": bool(getattr(check, "ignore_na", True)),
                "says": str(getattr(check, "error", None) or ""),
            }
        )
    return found


def _others(schema: Any) -> Iterable[str]:
    """What else it demands."""
    if getattr(schema, "index", None) is not None:
        yield "the index"
    if getattr(schema, "ordered", False):
        yield "the order of the columns (ordered)"
    if getattr(schema, "parsers", None):
        yield "a parser"
    if getattr(schema, "dtype", None) is not None:
        yield f"the type of all columns ({schema.dtype})"
    if getattr(schema, "unique_column_names", False):
        yield "that no column is there twice"


def _plain(value: Any) -> Any:
    """Statistics as JSON: dates as text in a mapping, so that they are told from texts."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        items = [_plain(item) for item in value]
        return sorted(items, key=repr) if isinstance(value, (set, frozenset)) else items
    if isinstance(value, (datetime.date, datetime.datetime)):
        return {"moment": value.isoformat()}
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    pattern = getattr(value, "pattern", None)
    if isinstance(pattern, str):
        return pattern
    item = getattr(value, "item", None)
    return _plain(item()) if callable(item) else repr(value)
