# SPDX-License-Identifier: Apache-2.0
"""What comparing a table with a reference found, column by column."""

from collections.abc import Collection
from typing import Literal

import msgspec

from shipway.records.base import Record, Verdict

DriftMethod = Literal["psi", "js", "ks", "chi2"]


class DriftCell(Record, frozen=True):
    """A part of a column's values, and how many rows of each table have one of them."""

    label: str
    reference: int
    current: int


class DriftColumn(Record, frozen=True):
    """One column.

    `effect` is how far it is from the reference by `method`, `p` how often chance alone does that,
    `adjusted` the same in view of all columns; None where there was nothing to compare, which
    `note` explains. Shares of missing values are of all rows. `new` are values that the reference
    does not have, most frequent first, `new_rows` the rows with any of them; `vanished` those that
    only the reference has.
    """

    column: str
    verdict: Verdict
    method: DriftMethod | None = None
    effect: float | None = None
    p: float | None = None
    adjusted: float | None = None
    reference_missing: float | None = None
    current_missing: float | None = None
    new: tuple[str, ...] = ()
    new_rows: int = 0
    vanished: tuple[str, ...] = ()
    note: str = ""
    target: bool = False
    cells: tuple[DriftCell, ...] = ()


class DriftReport(Record, frozen=True, tag="drift-report"):
    """All columns, in the order of the reference, then those that only the current table has.

    `left_out` says why a column was not compared. A column fails when its effect is above `at_most`
    and its adjusted p-value not above `significance`.
    """

    reference: str
    current: str
    reference_rows: int
    current_rows: int
    at_most: float
    significance: float
    columns: tuple[DriftColumn, ...]
    verdict: Verdict
    left_out: dict[str, str] = {}

    def without_values(self, names: Collection[str]) -> "DriftReport":
        """The same, without anything that shows a value of the columns `names`."""
        columns = tuple(
            msgspec.structs.replace(column, new=(), vanished=(), cells=())
            if column.column in names
            else column
            for column in self.columns
        )
        return msgspec.structs.replace(self, columns=columns)
