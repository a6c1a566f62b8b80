# SPDX-License-Identifier: Apache-2.0
"""Which type the cells of a text column have in common, when the spec does not say.

A column is a number, truth value or date only if every cell that is not missing reads as one; a
column with a cell such as `007` stays text, because its zeros mean something.
"""

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from shipway.data.layout import Mark
from shipway.data.parsing import parse_text
from shipway.spec.types import ColumnType

SAMPLE = 1000
NUMBERS: tuple[ColumnType, ...] = ("integer", "float")
PLAIN: tuple[ColumnType, ...] = ("boolean", *NUMBERS)
DATES: tuple[ColumnType, ...] = ("date", "datetime")
LEADING_ZERO = r"^\s*[+-]?0[0-9]"
ONLY_DIGIT = r"^\s*[01]\s*$"


def infer_types(
    frame: pl.LazyFrame, names: Iterable[str], *, dates: bool, decimal: Mark = "."
) -> dict[str, ColumnType | None]:
    """The type of each text column in `names`: the narrowest one that all of its cells read as.

    With `dates` ISO dates and datetimes are found too. A sample rules most types out; the whole
    table is only read for those that are left. None for a column without any value.
    """
    kinds = PLAIN + DATES if dates else PLAIN
    left: Mapping[str, Sequence[ColumnType]] = dict.fromkeys(names, kinds)
    for part in (frame.head(SAMPLE), frame):
        left = _survivors(part, left, decimal)
    return {name: _narrowest(fitting, kinds) for name, fitting in left.items()}


def _narrowest(fitting: Sequence[ColumnType], kinds: Sequence[ColumnType]) -> ColumnType | None:
    """The first that fits; None when all do, which no value can bring about."""
    if len(fitting) == len(kinds):
        return None
    return fitting[0] if fitting else "string"


def _survivors(
    frame: pl.LazyFrame, wanted: Mapping[str, Sequence[ColumnType]], decimal: Mark
) -> dict[str, list[ColumnType]]:
    queries = [
        _fits(name, kind, decimal).alias(f"{number}.{kind}")
        for number, (name, kinds) in enumerate(wanted.items())
        for kind in kinds
    ]
    if not queries:
        return {name: [] for name in wanted}
    found = frame.select(queries).collect(engine="streaming").row(0, named=True)
    return {
        name: [kind for kind in kinds if found[f"{number}.{kind}"]]
        for number, (name, kinds) in enumerate(wanted.items())
    }


def _fits(name: str, kind: ColumnType, decimal: Mark) -> pl.Expr:
    """True when each value of `name` reads as `kind`."""
    text = pl.col(name)
    every = (text.is_null() | parse_text(text, kind, decimal).is_not_null()).all()
    if kind in NUMBERS:
        every = every & ~text.str.contains(LEADING_ZERO).any()
    if kind == "boolean":
        every = every & ~text.str.contains(ONLY_DIGIT).any()
    return every
