# SPDX-License-Identifier: Apache-2.0
"""Rows with one column changed: what a model is asked to learn how it behaves.

    invariance(gender)    each row as it is, and with every other value of the column
    increasing(amount)    each row with the values of a grid, from the smallest to the largest

Values are those that the column really has. Of texts and truth values the 20 most frequent, of
numbers and dates all when there are at most 20, else 21 quantiles (the smallest, the largest, and
every 5 % between). At most 200,000 predictions are asked for by one question: of a larger table a
sample of rows is drawn, the same for the same table.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from shipway.evaluation.gates import Gate

MOST_VALUES = 20
STEPS = 20
MOST_ASKED = 200_000


@dataclass(frozen=True)
class Question:
    """What is asked for one gate: the numbers of the rows, and the column's values in order.

    `as_they_are` says that the unchanged rows come first.
    """

    subject: str
    column: str
    values: "pl.Series"
    rows: "NDArray[np.int64]"
    as_they_are: bool

    def pieces(self, frame: "pl.DataFrame") -> "Iterator[pl.DataFrame]":
        """The rows of `frame` that are asked about: each copy of them is a piece."""
        import polars as pl

        chosen = frame[self.rows]
        if self.as_they_are:
            yield chosen
        for value in self.values:
            yield chosen.with_columns(pl.lit(value, dtype=self.values.dtype).alias(self.column))

    def note(self, total: int) -> str:
        """What is said where only some rows were asked about; empty otherwise."""
        if len(self.rows) == total:
            return ""
        return (
            f"{self.subject}: asked about {len(self.rows):,} of {total:,} rows, drawn at random, "
            f"with {len(self.values)} values of {self.column}"
        )


def question(gate: "Gate", frame: "pl.DataFrame", *, categorical: bool) -> "Question | str":
    """What is asked for `gate` on the rows of `frame`; or why nothing can be.

    `categorical` says that the numbers of the column are names.
    """
    column = frame[gate.columns[0]]
    ordered = gate.form != "invariance"
    values = asked_values(column, categorical=categorical)
    if len(values) < 2:
        found = "one value" if len(values) else "no value"
        return f"{column.name} has {found} in these rows: there is nothing to change it to"
    copies = len(values) + (not ordered)
    rows = drawn_rows(frame.height, MOST_ASKED // copies)
    return Question(gate.subject, column.name, values, rows, as_they_are=not ordered)


def has_order(column: "pl.Series", *, categorical: bool) -> bool:
    """Whether larger and smaller mean something in this column."""
    kind = column.dtype
    ordered = kind.is_numeric() or kind.is_temporal() or str(kind) == "Boolean"
    return ordered and not categorical


def asked_values(column: "pl.Series", *, categorical: bool) -> "pl.Series":
    """The values that rows are given, sorted."""
    import polars as pl

    present = column.drop_nulls()
    if present.dtype.is_float():
        present = present.filter(present.is_finite())
    counts = present.value_counts(name="\x00count")
    if counts.height <= MOST_VALUES:
        return counts[column.name].sort()
    if has_order(column, categorical=categorical):
        places = np.linspace(0, len(present) - 1, STEPS + 1).round().astype(np.int64)
        return present.sort()[places].unique().sort()
    by_count = counts.sort(pl.col("\x00count"), pl.col(column.name), descending=[True, False])
    return by_count[column.name].head(MOST_VALUES).sort()


def drawn_rows(total: int, most: int) -> "NDArray[np.int64]":
    """All row numbers, or `most` of them, drawn without replacement and in order."""
    if total <= most:
        return np.arange(total)
    return np.sort(np.random.default_rng(0).choice(total, most, replace=False))
