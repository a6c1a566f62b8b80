# SPDX-License-Identifier: Apache-2.0
"""What all suspicions are told from: a profile, the first rows, and one more look at the table.

The profile knows most of it. One further query asks, for all columns at once, what stands beside
the ends of a range, how often markers of missing values occur, what is odd inside texts, and how
many rows repeat; memory stays bounded, because rows are compared by their hashes and only up to
`MOST_COMPARED` of them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from shipway.data.disguised import DATES, NUMBERS
from shipway.data.profile_subjects import Subject
from shipway.records.profile import ColumnProfile, Profile

MOST_COMPARED = 5_000_000
HEAD = 100_000
NEARLY_ALL = 0.94
# UTF-8 that was read as Latin-1 or Windows-1252, and what stands for a character that was lost.
BROKEN = "\ufffd|\u00c3[\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u2013-\u2122]"
BROKEN += "|\u00e2\u20ac|\u00c2[\u00a0-\u00bf]|\u00ef\u00bb\u00bf"


@dataclass(frozen=True)
class Extras:
    """What one more look tells of a column.

    `low_rows` and `high_rows` have the smallest and largest value, `after_low` and `before_high`
    are the next ones. `marked` are markers of missing values with their rows, `others` the range
    without them. Texts: `blanks` have blanks around them, `broken` were read with a wrong encoding.
    `unique` says that no value is there twice, and none is missing.
    """

    low_rows: int = 0
    high_rows: int = 0
    after_low: Any = None
    before_high: Any = None
    marked: tuple[tuple[Any, int], ...] = ()
    others: tuple[Any, Any] = (None, None)
    blanks: int = 0
    broken: int = 0
    unique: bool = False


@dataclass(frozen=True)
class Look:
    """A table as it is looked at; `frame` and `head` name columns by number (`values`).

    `markers` are texts that may stand for a missing value, by column, with their rows; those in
    `nulls` count as missing. `repeated` rows are there already, -1 where they were not counted.
    """

    profile: Profile
    subjects: tuple[Subject, ...]
    frame: pl.LazyFrame
    head: pl.DataFrame
    extras: Mapping[str, Extras]
    repeated: int = -1
    nulls: tuple[str, ...] = ()
    markers: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    sensitive: frozenset[str] = frozenset()

    @property
    def rows(self) -> int:
        """How many rows the table has."""
        return self.profile.rows

    @property
    def target(self) -> str | None:
        """The column that is predicted, where it was named."""
        return self.profile.target

    @property
    def columns(self) -> tuple[ColumnProfile, ...]:
        """The columns that hold a value, without those of nested types."""
        return tuple(each for each in self.profile.columns if is_plain(each))

    @property
    def numbers(self) -> tuple[ColumnProfile, ...]:
        """The columns of numbers that are no mere numbering of rows or objects."""
        return tuple(
            each
            for each in self.columns
            if each.type in ("integer", "float") and not self.is_key(each)
        )

    @property
    def words(self) -> tuple[ColumnProfile, ...]:
        """The columns of text whose values may be shown."""
        return tuple(
            each
            for each in self.columns
            if each.type in ("string", "category") and each.name not in self.sensitive
        )

    def is_key(self, column: ColumnProfile) -> bool:
        """Whether whole numbers or texts that are all different tell the rows apart."""
        return column.type in ("integer", "string") and self.extras[column.name].unique

    def is_counter(self, column: ColumnProfile) -> bool:
        """Whether the column numbers the rows one by one."""
        if column.type != "integer" or not self.extras[column.name].unique or self.rows < 3:
            return False
        if column.high - column.low != self.rows - 1:
            return False
        return bool((self.first_rows(column.name).diff().drop_nulls() == 1).all())

    def subject(self, name: str) -> Subject:
        """The column of that name, as it is read."""
        return next(each for each in self.subjects if each.name == name)

    def first_rows(self, name: str) -> pl.Series:
        """The column's values in the first rows."""
        return self.head[self.subject(name).values]


def is_plain(column: ColumnProfile) -> bool:
    """Whether the column has a value that can be looked at."""
    return not column.note and column.missing < column.rows


def complete_counts(column: ColumnProfile) -> dict[Any, int]:
    """All values with their rows; none of them where the profile only knows the frequent ones."""
    known = dict(column.top)
    return known if column.distinct_exact and len(known) == column.distinct else {}


def look_closer(
    frame: pl.LazyFrame, subjects: Sequence[Subject], profile: Profile
) -> tuple[dict[str, Extras], int]:
    """The one more look at `frame`, as `subjects_of` makes it: by column, and repeated rows."""
    pairs = [
        (subject, column)
        for subject, column in zip(subjects, profile.columns, strict=True)
        if is_plain(column)
    ]
    asked = [expr for subject, column in pairs for expr in _questions(subject, column)]
    compared = [pl.col(each.values) for each in subjects if each.kind != "other"]
    whole = len(compared) == len(subjects) and 1 < profile.rows <= MOST_COMPARED
    if whole and compared:
        asked.append(pl.struct(compared).hash().n_unique().alias("different"))
    if not asked:
        return {column.name: Extras() for column in profile.columns}, -1
    found = frame.select(asked).collect(engine="streaming").row(0, named=True)
    extras = {column.name: Extras() for column in profile.columns}
    extras |= {column.name: _extras(subject, column, found) for subject, column in pairs}
    return extras, profile.rows - found["different"] if "different" in found else -1


def _questions(subject: Subject, column: ColumnProfile) -> Iterator[pl.Expr]:
    key, value = subject.values, pl.col(subject.values)
    if _may_be_unique(column):
        yield value.n_unique().alias(f"{key}.different")
    if subject.kind == "words":
        yield (value != value.str.strip_chars()).sum().alias(f"{key}.blanks")
        yield value.str.contains(BROKEN).sum().alias(f"{key}.broken")
    if subject.kind == "number" and column.low is not None:
        finite = value.filter(value.is_finite()) if subject.type == "float" else value
        yield (value == column.low).sum().alias(f"{key}.low_rows")
        yield (value == column.high).sum().alias(f"{key}.high_rows")
        yield finite.filter(finite > column.low).min().alias(f"{key}.after_low")
        yield finite.filter(finite < column.high).max().alias(f"{key}.before_high")
        if _is_marker(column.low) or _is_marker(column.high):
            yield from _marked(key, finite.cast(pl.Float64), [float(each) for each in NUMBERS])
    if subject.kind == "moment":
        yield from _marked(key, value.cast(pl.Date), list(DATES))


def _is_marker(value: float) -> bool:
    return value in NUMBERS


def _marked(key: str, value: pl.Expr, markers: list[Any]) -> Iterator[pl.Expr]:
    among = value.is_in(pl.Series(markers).implode())
    yield value.filter(among).value_counts(name="\x00rows").implode().alias(f"{key}.marked")
    yield value.filter(~among).min().alias(f"{key}.others_low")
    yield value.filter(~among).max().alias(f"{key}.others_high")


def _may_be_unique(column: ColumnProfile) -> bool:
    """Texts and whole numbers of which hardly any repeats, as far as an estimate tells."""
    likely = column.distinct >= NEARLY_ALL * column.rows and not column.missing
    return likely and column.type in ("string", "integer", "category") and not column.unreadable


def _extras(subject: Subject, column: ColumnProfile, found: Mapping[str, Any]) -> Extras:
    def answer(name: str, otherwise: Any = None) -> Any:
        value = found.get(f"{subject.values}.{name}")
        return otherwise if value is None else value

    marked = [tuple(each.values()) for each in answer("marked", []) if each is not None]
    return Extras(
        low_rows=answer("low_rows", 0),
        high_rows=answer("high_rows", 0),
        after_low=answer("after_low"),
        before_high=answer("before_high"),
        marked=tuple(sorted((value, rows) for value, rows in marked)),
        others=(answer("others_low"), answer("others_high")),
        blanks=answer("blanks", 0),
        broken=answer("broken", 0),
        unique=answer("different", 0) == column.rows > 1,
    )
