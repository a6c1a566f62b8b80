# SPDX-License-Identifier: Apache-2.0
"""The columns of a table as a profile looks at them: of what kind each is, and its values made
plain. `subjects_of` gives a frame of them, under numbers: no name of a column is in the way.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

from shipway.data.columns import BAD, RAW, View, prepare, views
from shipway.data.layout import Mark
from shipway.data.profile_categories import shortened
from shipway.spec.types import ColumnSpec

Kind = Literal["number", "moment", "words", "truth", "other"]
DAY = 86_400.0
GIVEN, UNREAD = "g", "b"
WORDS: dict[str, Kind] = {
    "integer": "number",
    "float": "number",
    "date": "moment",
    "datetime": "moment",
    "string": "words",
    "category": "words",
    "boolean": "truth",
}


@dataclass(frozen=True)
class Subject:
    """Column number `number`; `type` is the spec's word for it. `lossy`: cells may be unreadable.

    `values` is its name in the frame that `subjects_of` gives.
    """

    number: int
    name: str
    type: str
    kind: Kind
    lossy: bool

    @property
    def values(self) -> str:
        """Its typed values."""
        return str(self.number)

    @property
    def has_gaps(self) -> bool:
        """True when a cell may be null as a value without being empty: NaN, or unreadable."""
        return self.lossy or self.type == "float"

    @property
    def columns(self) -> list[str]:
        """All its columns in the frame that `subjects_of` gives."""
        names = [self.values + GIVEN] if self.kind == "other" or self.has_gaps else []
        names += [self.values + UNREAD] if self.lossy else []
        return names + ([self.values] if self.kind != "other" else [])

    @property
    def numeric(self) -> bool:
        """True when its values have quantiles."""
        return self.kind in ("number", "moment")

    @property
    def step(self) -> float | None:
        """What the differences between values are multiples of, as far as the type tells."""
        return {"integer": 1.0, "date": DAY}.get(self.type)

    @property
    def counted(self) -> pl.Expr:
        """Its values as they are counted and shown."""
        column = pl.col(self.values)
        return shortened(column) if self.kind == "words" else column

    @property
    def sampled(self) -> pl.Expr:
        """Its values as they are kept in a sample: numbers as floats, moments as seconds."""
        match self.kind:
            case "number":
                return pl.col(self.values).cast(pl.Float64)
            case "moment":
                return seconds(pl.col(self.values))
            case _:
                return self.counted


def seconds(moments: pl.Expr) -> pl.Expr:
    """Dates and datetimes as seconds since 1970."""
    return moments.cast(pl.Datetime("us")).dt.epoch("us").cast(pl.Float64) / 1e6


def subjects_of(
    frame: pl.LazyFrame, specs: Mapping[str, ColumnSpec], *, text: bool, decimal: Mark = "."
) -> tuple[tuple[Subject, ...], pl.LazyFrame]:
    """The columns of `frame`, and the frame made ready to be measured.

    `text` says that it comes from a format without types. Each column has up to three columns
    there: its values, whether the cell is not empty (`g`) and whether it is unreadable (`b`).
    """
    schema = frame.collect_schema()
    found = views(frame, schema.names(), specs, text=text, dates=True, decimal=decimal)
    subjects = tuple(
        _subject(number, view, specs.get(name), schema[name])
        for number, (name, view) in enumerate(found.items())
    )
    return subjects, prepare(frame, found).select(_columns(subjects))


def _subject(number: int, view: View, spec: ColumnSpec | None, dtype: pl.DataType) -> Subject:
    kind = WORDS.get(view.type, "other")
    category = isinstance(dtype, pl.Categorical | pl.Enum) or (
        spec is not None and spec.type == "category"
    )
    if category and kind != "other":
        return Subject(number, view.name, "category", "words", view.lossy)
    return Subject(number, view.name, view.type, kind, view.lossy)


def _columns(subjects: Sequence[Subject]) -> list[pl.Expr]:
    """What is read of each column; of a nested one, only which cells are empty."""
    made: list[pl.Expr] = []
    for subject in subjects:
        key, column = subject.values, pl.col(subject.name)
        found = {
            key + GIVEN: pl.col(RAW + subject.name).is_not_null(),
            key + UNREAD: pl.col(BAD + subject.name),
            key: _plain(subject, column),
        }
        made += [found[name].alias(name) for name in subject.columns]
    return made


def _plain(subject: Subject, column: pl.Expr) -> pl.Expr:
    """-0.0 is 0.0, and whatever is a category is text."""
    if subject.kind == "words":
        return column.cast(pl.String)
    # Adding a zero gives 0.0 for -0.0, and changes no other number.
    return column + 0.0 if subject.type == "float" else column
