# SPDX-License-Identifier: Apache-2.0
"""What must hold between the keys of demands: bounds the right way round, tables that are there,
a target where one is needed, terms only where they mean something.
"""

from collections.abc import Iterator

from shipway.spec.demands import ColumnSpec, DistinctSpec, LengthSpec
from shipway.spec.document import KeyPath
from shipway.spec.review import Review
from shipway.spec.types import DataSpec

NUMERIC = ("integer", "float")
TEXTS = ("string", "category")
WHOLE_COLUMN = ("constant", "max_missing", "newest_within", "identifiers")
"""Demands of which no single row is to blame: they have no `at_most`."""


def review_demands(review: Review, tables: list[str] | None) -> None:
    """Note mistakes in the demands of `data`.

    `tables` are the names of the tables that there are; None when that is not known, as in a file
    of checks.
    """
    data = review.spec.data
    if data is None:
        return
    for name, column in data.columns.items():
        _column(review, ("data", "columns", name), column, tables)
    _terms(review, ("data", "features"))
    _order(review, data, tables)
    _target(review, data)


def _column(review: Review, where: KeyPath, column: ColumnSpec, tables: list[str] | None) -> None:
    _terms(review, where)
    if column.type not in (*NUMERIC, None) and column.decimals is not None:
        review.add((*where, "decimals"), f"means nothing for type {column.type}")
    if column.type not in (*TEXTS, None) and column.length is not None:
        review.add((*where, "length"), f"means nothing for type {column.type}")
    _bounds(review, (*where, "length"), column.length)
    _bounds(review, (*where, "distinct"), column.distinct)
    if column.seen_in is not None and tables is not None and column.seen_in not in tables:
        what = f"there is no table {column.seen_in!r}"
        review.unknown((*where, "seen_in"), what, column.seen_in, tables)


def _bounds(review: Review, where: KeyPath, demand: LengthSpec | DistinctSpec | None) -> None:
    if demand is None or review.given(*where, "min") != (demand.min is not None):
        return
    if demand.min is None and demand.max is None:
        review.add(where, "says neither min nor max")
    elif demand.min is not None and demand.max is not None and demand.min > demand.max:
        review.add((*where, "min"), f"{demand.min} is above max {demand.max}")


def _terms(review: Review, where: KeyPath) -> None:
    for keys in _given(review, where):
        if keys[-1] == "at_most" and keys[-2] in WHOLE_COLUMN:
            review.add(keys, f"means nothing for {keys[-2]}: no single row is to blame")


def _given(review: Review, where: KeyPath) -> Iterator[KeyPath]:
    depth = len(where) + 2
    yield from (key for key in review.positions if len(key) == depth and key[:-2] == where)


def _order(review: Review, data: DataSpec, tables: list[str] | None) -> None:
    order = data.order
    if order is None:
        return
    if order.time is None and data.time is None:
        review.add(
            ("data", "order"),
            "says not which column holds the time",
            cure="Add time: COLUMN here, or under data.",
        )
    for number, name in enumerate(order.between if tables is not None else ()):
        if name not in (tables or ()):
            keys = ("data", "order", "between", number)
            review.unknown(keys, f"there is no table {name!r}", name, tables or ())


def _target(review: Review, data: DataSpec) -> None:
    """Who asks about the target must say which column that is."""
    model, target, features = review.spec.model, data.target, data.features
    where = ("data", "target")
    declared = target.column if target is not None else None
    known = declared is not None or review.given("model")
    if target is not None:
        if not known:
            review.add(where, "says not which column it is", cure="Add column: COLUMN.")
        if model is not None and declared not in (None, model.target):
            what = f"{declared!r} is not the target of the model, {model.target!r}"
            review.add((*where, "column"), what, cure="Remove it.")
        if model is not None and model.task == "regression":
            for key in ("positive", "min_positives", "min_share"):
                if review.given(*where, key):
                    review.add((*where, key), "means nothing for a regression: it has no classes")
        counted = target.min_positives is not None
        labelled = target.positive is not None or (model is not None and model.positive is not None)
        if counted and not labelled and (model is None or model.task != "binary"):
            review.add(
                (*where, "min_positives"),
                "says not which class is positive",
                cure="Add positive: CLASS.",
            )
    if features is not None and features.leakage is not None and not known:
        review.add(
            ("data", "features", "leakage"),
            "needs the target",
            cure="Add target: {column: COLUMN}.",
        )
