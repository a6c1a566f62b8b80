# SPDX-License-Identifier: Apache-2.0
"""Measures checks in as many looks at the table as they need: mostly one.

The first look is one pass for all checks (`partials`). A second one is taken

- at the keys of which a hash occurred twice (`repeats`),
- at columns whose question follows from the first answer: an outlier is a value beyond bounds that
  the column itself gives. Where its extremes lie within, the first look has settled it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from shipway.data.check import Check, Measured
from shipway.data.distinct import KeyHashes
from shipway.data.examples import rows_at
from shipway.data.ordering import Order
from shipway.data.partials import Examples, Partial, measure_part, merge
from shipway.data.repeats import count_repeats
from shipway.data.stretches import Stretch


@dataclass(frozen=True)
class Seen:
    """A check (the last one, where one led to another), what it measured, and its examples."""

    check: Check
    measured: Measured
    examples: Examples


def look(
    checks: Sequence[Check], table: Sequence[Stretch], id_column: str | None
) -> tuple[list[Seen], int]:
    """All `checks` of the table that its stretches make up in this order, and its number of rows.

    What they make is what `columns.prepare` makes; at least one. Examples carry `id_column`.
    """
    looking = _Looking(table, id_column)
    seen = dict(enumerate(looking.measure(checks)))
    asked = list(seen)
    while asked:
        again = {
            number: check for number in asked if (check := looking.next_question(seen[number]))
        }
        asked = list(again)
        if again:
            seen |= zip(asked, looking.measure(list(again.values())), strict=True)
    return list(seen.values()), looking.rows


class _Looking:
    """A table that is looked at."""

    def __init__(self, table: Sequence[Stretch], id_column: str | None) -> None:
        self.table = table
        self.id = id_column
        self.rows = 0

    def measure(self, checks: Sequence[Check]) -> list[Seen]:
        """One look at the table for all of `checks`."""
        found: list[Partial] = []
        first_row = 0
        for stretch in self.table:
            part = measure_part(stretch, checks, first_row, id_column=self.id)
            found.append(part)
            first_row += part.rows
        whole = merge(found)
        self.rows = whole.rows
        measured = whole.measured(checks)
        return [
            self._in_order(
                self._with_repeats(Seen(check, measured[n], whole.examples[n]), whole.keys[n])
            )
            for n, check in enumerate(checks)
        ]

    def next_question(self, seen: Seen) -> Check | None:
        """The check that follows from what was measured, if any."""
        again = seen.check.look_again
        return again(seen.measured, self._read) if again is not None else None

    def _with_repeats(self, seen: Seen, keys: KeyHashes | None) -> Seen:
        check = seen.check
        if keys is None or check.repeats is None:
            return seen
        found = count_repeats(keys, self.table, check.repeats)
        numbers = {"repeats": found.rows, "distinct": keys.count - found.rows}
        examples = rows_at(self.table, found.first, check, self.id) if found.rows else ()
        return Seen(check, {**seen.measured, **numbers}, examples)

    def _in_order(self, seen: Seen) -> Seen:
        """With the rows where an order breaks, which is known of whole tables only."""
        broken = [m.where for m in seen.measured.values() if isinstance(m, Order) and m.breaks]
        if not broken:
            return seen
        return replace(seen, examples=rows_at(self.table, broken[0], seen.check, self.id))

    def _read(self, expr: pl.Expr) -> pl.Series:
        """One column of the whole table."""
        whole = pl.concat([frame.select(expr.alias("")) for frame in self._frames()])
        return whole.collect(engine="streaming").to_series()

    def _frames(self) -> list[pl.LazyFrame]:
        return [stretch.made for stretch in self.table]
