# SPDX-License-Identifier: Apache-2.0
"""The demand that no row repeats an earlier one, as a whole or in some columns."""

from collections.abc import Collection, Sequence

from shipway.data.check import Check, Measured, Outcome, Repeats, always, amount, at_most
from shipway.spec.demands import DuplicatesSpec
from shipway.spec.types import DataSpec

KEYS = ("data", "duplicates")


def compared_columns(data: DataSpec, names: Sequence[str]) -> tuple[str, ...]:
    """The columns of a table of `names` by which rows are compared; nothing without the demand."""
    if data.duplicates is None:
        return ()
    return data.duplicates.columns or tuple(name for name in names if name not in data.ignore)


def duplicates_check(
    demand: DuplicatesSpec, columns: tuple[str, ...], names: Collection[str]
) -> Check:
    """Rows whose values in `columns` stood in an earlier row; missing equals missing."""
    by = f" by {', '.join(demand.columns)}" if demand.columns else ""
    expected = f"at most {amount(demand.at_most)}{by}"
    absent = [name for name in columns if name not in names]
    column = columns[0] if len(columns) == 1 else ""

    def judge(measured: Measured, rows: int) -> Outcome:
        return at_most(demand.at_most)({"failing": measured["repeats"]}, rows)

    return Check(
        column=column,
        name="duplicates",
        expected=expected,
        keys=KEYS,
        judge=always(f"there is no column {absent[0]!r}") if absent else judge,
        values=() if absent else columns,
        columns=columns,
        repeats=None if absent else Repeats(columns, nulls_equal=True),
        on_fail=demand.on_fail,
    )
