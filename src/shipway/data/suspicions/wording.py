# SPDX-License-Identifier: Apache-2.0
"""How evidence and suggestions are written."""

from typing import Any

from shipway.spec.scalar_text import number, scalar


def rows_of(rows: int, total: int = 0) -> str:
    """`1 row`, `1,036 rows`; with a `total`, `1,036 rows (8.7%)`."""
    said = "1 row" if rows == 1 else f"{rows:,} rows"
    return f"{said} ({100 * rows / total:.2g}%)" if total and rows * 1000 > total else said


def number_text(value: float) -> str:
    """A number with no more digits than it has."""
    return f"{value:.15g}"


def column_line(name: str, demand: str) -> str:
    """A line of YAML that demands something of one column; empty where the name can be no key."""
    return f"columns: {{{scalar(name)}: {{{demand}}}}}" if name.strip() else ""


def list_line(key: str, *values: str) -> str:
    """A line of YAML with a list of texts; empty without any."""
    left = [scalar(value) for value in values if value]
    return f"{key}: [{', '.join(left)}]" if left else ""


def bound(value: Any) -> str:
    """A number as it stands in YAML."""
    return number(value)
