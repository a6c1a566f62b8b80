# SPDX-License-Identifier: Apache-2.0
"""How the measures of two neighbouring stretches of rows become those of both."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import polars as pl

from shipway.data.check import Measure, Merge
from shipway.data.ordering import order_aggregates, order_of

DISTINCT_LIMIT = 10_000


@dataclass(frozen=True)
class Moments:
    """Number, mean and sum of squared deviations of the values that are there."""

    count: int = 0
    mean: float = 0.0
    squares: float = 0.0

    @property
    def sd(self) -> float | None:
        """The sample standard deviation; None of fewer than two values."""
        return math.sqrt(max(0.0, self.squares) / (self.count - 1)) if self.count > 1 else None

    def union(self, other: "Moments") -> "Moments":
        """Of both: the pairwise update of Chan, Golub and LeVeque (1983)."""
        if not self.count or not other.count:
            return other if other.count else self
        count, apart = self.count + other.count, other.mean - self.mean
        mean = self.mean + apart * other.count / count
        between = apart * apart * self.count * other.count / count
        return Moments(count, mean, self.squares + other.squares + between)


@dataclass(frozen=True)
class Counts:
    """How often each value occurs, most frequent first; None when there are too many of them.

    `DISTINCT_LIMIT` different values are counted at most.
    """

    values: Mapping[Any, int] | None

    def union(self, other: "Counts") -> "Counts":
        """Of both."""
        if self.values is None or other.values is None:
            return Counts(None)
        counts = dict(self.values)
        for value, number in other.values.items():
            counts[value] = counts.get(value, 0) + number
        return Counts(counts if len(counts) <= DISTINCT_LIMIT else None)

    def ordered(self) -> "Counts":
        """Most frequent first, equally frequent ones by value, for any order of merging."""
        if self.values is None:
            return self
        pairs = sorted(self.values.items(), key=lambda pair: (-pair[1], str(pair[0])))
        return Counts(dict(pairs))


class Part(NamedTuple):
    """The value of one measure over a stretch of rows."""

    merge: Merge
    value: Any


def aggregates(name: str, measure: Measure) -> Iterator[pl.Expr]:
    """The aggregates that a batch is asked for; `part_of` reads their answers."""
    expr = measure.expr
    match measure.merge:
        case "sample":
            return
        case "moments":
            number = expr.cast(pl.Float64)
            yield number.count().alias(f"{name}.count")
            yield number.mean().alias(f"{name}.mean")
            yield number.var(ddof=0).alias(f"{name}.var")
        case "counts":
            counted = expr.drop_nulls().value_counts()
            yield counted.head(DISTINCT_LIMIT + 1).implode().alias(name)
        case "ascending" | "descending":
            yield from order_aggregates(name, expr, measure.merge)
        case _:
            yield expr.alias(name)


def part_of(measure: Measure, name: str, found: Mapping[str, Any]) -> Part:
    """The measure's part in the answers of one batch; that of no row where it was not asked."""
    match measure.merge:
        case "moments":
            count = int(found.get(f"{name}.count", 0))
            mean, spread = found.get(f"{name}.mean"), found.get(f"{name}.var")
            return Part("moments", Moments(count, mean or 0.0, (spread or 0.0) * count))
        case "counts":
            rows = found.get(name, ())
            counts = None if len(rows) > DISTINCT_LIMIT else dict(tuple(r.values()) for r in rows)
            return Part("counts", Counts(counts))
        case "ascending" | "descending":
            return Part(measure.merge, order_of(name, found, measure.merge))
        case "sum":
            return Part("sum", found.get(name) or 0)
        case merge:
            return Part(merge, found.get(name))


def join(one: Part, other: Part) -> Part:
    """The part of both stretches; `one` is the earlier."""
    a, b = one.value, other.value
    match one.merge:
        case "sum":
            return Part("sum", a + b)
        case "moments" | "counts" | "ascending" | "descending":
            return Part(one.merge, a.union(b))
        case _ if a is None or b is None:
            return one if b is None else other
        case "min":
            return Part("min", min(a, b))
        case "max":
            return Part("max", max(a, b))
        case _:
            return one


def finish(merge: Merge, part: Part) -> Any:
    """What the judge gets."""
    return part.value.ordered() if merge == "counts" else part.value
