# SPDX-License-Identifier: Apache-2.0
"""Columns that tell nothing: without any value, or with one and the same in every row."""

from collections.abc import Iterator

from shipway.data.suspicions.look import Look
from shipway.data.suspicions.wording import list_line
from shipway.data.wording import shown
from shipway.records.inference import Suspicion


def constants(look: Look) -> Iterator[Suspicion]:
    """Empty columns and constant ones."""
    for column in look.profile.columns:
        line = list_line("ignore", column.name)
        if column.missing == column.rows > 0 and not column.note:
            yield Suspicion("empty", column.name, "holds no value at all", line, column.rows)
        elif column.distinct == 1 and column.rows > 1:
            value = "" if column.name in look.sensitive else _value(column.top)
            what = "has one and the same value in every row"
            if column.missing:
                what = "has one value and no other"
            yield Suspicion("constant", column.name, what + value, line, column.rows)


def _value(top: tuple[tuple[object, int], ...]) -> str:
    return f": {shown(top[0][0])}" if top else ""
