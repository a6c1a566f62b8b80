# SPDX-License-Identifier: Apache-2.0
"""Columns that the folders of a table's files give: `year=2024/part.parquet`.

They have the types that Shipway itself gives them: whole numbers where all are; dates where the
format of the table has types; else texts.
"""

from __future__ import annotations

import datetime
import re
from typing import Any

from shipway_runtime.formats import TableFiles

WHOLE = re.compile("-?(0|[1-9][0-9]{0,17})")
DATE = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


def values_of(table: TableFiles) -> list[dict[str, Any]]:
    """For each file of the table the value of each such column; empty where there are none."""
    if not table.partitions:
        return []
    names = list(table.partitions[0])
    columns = {name: [each[name] for each in table.partitions] for name in names}
    typed = {name: _typed(column, table.format) for name, column in columns.items()}
    return [{name: typed[name][n] for name in names} for n in range(len(table.partitions))]


def _typed(values: list[Any], form: str) -> list[Any]:
    given = [value for value in values if value is not None]
    if given and all(WHOLE.fullmatch(value) for value in given):
        return [None if value is None else int(value) for value in values]
    if given and form != "csv" and all(DATE.fullmatch(value) for value in given):
        try:
            return [value and datetime.date.fromisoformat(value) for value in values]
        except ValueError:
            return values
    return values
