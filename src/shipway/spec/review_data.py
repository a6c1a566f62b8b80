# SPDX-License-Identifier: Apache-2.0
"""What must hold between the keys of `data`, and of `evaluate` with them."""

from datetime import datetime

from shipway.spec.dialects import is_encoding, separates, suggested
from shipway.spec.document import KeyPath
from shipway.spec.review import Review
from shipway.spec.review_demands import review_demands
from shipway.spec.types import ColumnSpec, DataSpec, RowsSpec, SplitSpec, TableSpec

PARTS = ("train", "validation", "test")
TIMED = ("date", "datetime")
NUMERIC = ("integer", "float")


def review_data(review: Review, *, tables: bool = True) -> None:
    """Tables, split, columns, overlap.

    In a file of checks it is not known which `tables` there are.
    """
    data = review.spec.data
    if data is None:
        return
    _tables(review, data)
    for name in ("all", *PARTS):
        _table(review, ("data", name), getattr(data, name))
    for name, table in data.extra.items():
        _table(review, ("data", "extra", name), table)
    for name, column in data.columns.items():
        _column(review, name, column)
    rows = data.rows or RowsSpec()
    if rows.min is not None and rows.max is not None and rows.min > rows.max:
        review.add(("data", "rows", "min"), f"{rows.min} is above max {rows.max}")
    known = declared(data)
    review_demands(review, known if tables else None)
    if data.overlap is not None and tables:
        for number, name in enumerate(data.overlap.between):
            if name not in known:
                keys = ("data", "overlap", "between", number)
                review.unknown(keys, f"there is no table {name!r}", name, known)


def declared(data: DataSpec) -> list[str]:
    """The names of all tables that `data` gives, after its split."""
    names = [part for part in PARTS if getattr(data, part) is not None]
    if data.all is not None:
        names += ["all"] if data.split is None else _made(data.split)
    return [*names, *data.extra]


def _made(split: SplitSpec) -> list[str]:
    return [part for part in PARTS if part != "validation" or split.validation is not None]


def _tables(review: Review, data: DataSpec) -> None:
    given = [part for part in PARTS if review.given("data", part)]
    if review.given("data", "all") and given:
        review.add(
            ("data", given[0]),
            f"stands beside all: one table is split, or {', '.join(PARTS)} are given",
            cure="Remove one of them.",
        )
    if not review.given("data", "all"):
        if review.given("data", "split"):
            review.add(("data", "split"), "there is nothing to split", cure="Add all: PATH.")
        elif not given and not review.given("data", "extra"):
            review.add(("data",), "no table is named", cure="Add train: PATH and test: PATH.")
    if data.split is not None:
        _split(review, data.split)


def _table(review: Review, where: KeyPath, table: str | TableSpec | None) -> None:
    """A dialect must be one: a delimiter is one character, an encoding is known."""
    if not isinstance(table, TableSpec):
        return
    delimiter = table.delimiter
    if delimiter is not None and not separates(delimiter):
        review.add(
            (*where, "delimiter"),
            f"found {delimiter!r}",
            expected='one character such as ";", "|" or "\\t"',
        )
    elif delimiter == table.decimal:
        review.add((*where, "decimal"), f"{delimiter!r} is the delimiter already")
    if table.encoding is not None and not is_encoding(table.encoding):
        review.add(
            (*where, "encoding"),
            f"there is no encoding {table.encoding!r}",
            cure=suggested(table.encoding),
        )


def _split(review: Review, split: SplitSpec) -> None:
    where = ("data", "split")
    by = review.given(*where, "by")
    if by and split.random:
        review.add((*where, "random"), "stands beside by", cure="Choose one of them.")
    if not by and not review.given(*where, "random"):
        review.add(where, "says not which rows go where", cure="Add by: COLUMN or random: true.")
    if split.stratify and not split.random:
        review.add((*where, "stratify"), "needs random: true")
    parts = [part for part in (split.test, split.validation) if part is not None]
    if sum(part.value for part in parts if part.share) >= 1:
        review.add((*where, "test"), "nothing is left for train", cure="Take less than 100%.")
    for name, part in (("test", split.test), ("validation", split.validation)):
        if part is not None and part.value == 0:
            review.add((*where, name), "no row goes there", cure="Take more, or remove the key.")


def _column(review: Review, name: str, column: ColumnSpec) -> None:
    where = ("data", "columns", name)
    if column.type is not None:
        _kind(review, name, column)
    if column.newest_within is not None and column.type not in (*TIMED, None):
        review.add((*where, "newest_within"), f"means nothing for type {column.type}")
    if column.outliers is not None and column.type not in (*NUMERIC, None):
        review.add((*where, "outliers"), f"means nothing for type {column.type}")
    low, high = column.min, column.max
    if low is None or high is None:
        return
    if isinstance(low, str) != isinstance(high, str):
        review.add((*where, "max"), "one bound is a number, the other a date")
    elif _above(low, high):
        review.add((*where, "min"), f"{_shown(low)} is above max {_shown(high)}")


def _kind(review: Review, name: str, column: ColumnSpec) -> None:
    """Bounds must be of the column's own type."""
    for key in ("min", "max"):
        bound = getattr(column, key)
        where = ("data", "columns", name, key)
        if bound is None:
            continue
        if column.type in NUMERIC and isinstance(bound, str):
            review.add(where, f"found {bound!r}", expected="a number, without quotes")
        elif column.type in TIMED and not (isinstance(bound, str) and _moment(bound)):
            review.add(where, f"found {_shown(bound)}", expected="a date such as 2026-10-01")
        elif column.type not in (*NUMERIC, *TIMED):
            review.add(where, f"means nothing for type {column.type}")


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _above(low: float | str, high: float | str) -> bool:
    """True when `low` is the larger one; dates are compared without their zones."""
    if isinstance(low, str) and isinstance(high, str):
        early, late = _moment(low), _moment(high)
        return bool(early and late and early.replace(tzinfo=None) > late.replace(tzinfo=None))
    return not isinstance(low, str) and not isinstance(high, str) and low > high


def _shown(bound: float | str) -> str:
    return repr(bound) if isinstance(bound, str) else f"{bound:g}"
