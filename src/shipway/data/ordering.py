# SPDX-License-Identifier: Apache-2.0
"""Is a column sorted? A row breaks the order where its value is beyond the one before it.

Missing values are stepped over. What a stretch of rows must tell about itself is little: its first
and last value, how often the order breaks inside, and where. Between two stretches the last value
of one meets the first of the next, so any division of the table gives the same answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

MOST = 5
Direction = Literal["ascending", "descending"]


@dataclass(frozen=True)
class Order:
    """The order in a stretch of `rows` rows; row numbers count from its beginning.

    `first` and `last` are values, None where there is none; `at` is the row of the first.
    """

    direction: Direction
    rows: int = 0
    first: Any = None
    at: int = 0
    last: Any = None
    breaks: int = 0
    where: tuple[int, ...] = ()

    def union(self, other: "Order") -> "Order":
        """Of both, `other` coming right after."""
        moved = tuple(self.rows + row for row in other.where)
        if self.first is None or other.first is None:
            one = self if other.first is None else other
            return Order(
                self.direction,
                self.rows + other.rows,
                one.first,
                one.at if one is self else self.rows + one.at,
                one.last,
                one.breaks,
                self.where if one is self else moved,
            )
        up = self.direction == "ascending"
        broken = other.first < self.last if up else other.first > self.last
        meeting = (self.rows + other.at,) if broken else ()
        return Order(
            self.direction,
            self.rows + other.rows,
            self.first,
            self.at,
            other.last,
            self.breaks + other.breaks + broken,
            (self.where + meeting + moved)[:MOST],
        )


def order_aggregates(name: str, value: pl.Expr, direction: Direction) -> list[pl.Expr]:
    """What a batch is asked; `order_of` reads the answers."""
    given = value.drop_nulls()
    row = pl.int_range(pl.len()).filter(value.is_not_null())
    before = given.shift(1)
    broken = (given < before) if direction == "ascending" else (given > before)
    return [
        pl.len().alias(f"{name}.rows"),
        given.first().alias(f"{name}.first"),
        row.first().alias(f"{name}.at"),
        given.last().alias(f"{name}.last"),
        broken.sum().alias(f"{name}.breaks"),
        row.filter(broken).head(MOST).implode().alias(f"{name}.where"),
    ]


def order_of(name: str, found: Mapping[str, Any], direction: Direction) -> Order:
    """The order of a batch; that of no rows where nothing was asked."""
    return Order(
        direction,
        int(found.get(f"{name}.rows") or 0),
        found.get(f"{name}.first"),
        int(found.get(f"{name}.at") or 0),
        found.get(f"{name}.last"),
        int(found.get(f"{name}.breaks") or 0),
        tuple(found.get(f"{name}.where") or ()),
    )
