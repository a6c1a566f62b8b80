# SPDX-License-Identifier: Apache-2.0
"""What a stretch of rows is asked for the checks of its table, in groups of columns.

All checks whose columns fit into memory together are one query, so that what they have in common
is computed once; a wide table is asked group by group, and no group takes more memory than another.
Whatever is only needed where something offends (counts behind a `guard`, examples) is asked then.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from shipway.data.check import ROW, Check, Measure
from shipway.data.columns import RAW
from shipway.data.distinct import BLOCK, Fetch
from shipway.data.examples import MOST, as_examples, as_stored, shown_columns
from shipway.data.merging import Part, aggregates, part_of
from shipway.records.data import Example

CELLS = 8_000_000


@dataclass
class Group:
    """Checks that are asked together, by their numbers, and the columns that they read."""

    columns: dict[str, None] = field(default_factory=dict)
    numbers: list[int] = field(default_factory=list)


class Queries:
    """The queries of one pass, made once and asked of each stretch."""

    def __init__(
        self, schema: pl.Schema, checks: Sequence[Check], id_column: str | None, rows: int
    ) -> None:
        self.schema = schema
        self.checks = checks
        self.id = id_column
        self.asked: list[dict[str, tuple[str, Measure]]] = [
            {name: (f"{number}.{name}", measure) for name, measure in check.asked().items()}
            for number, check in enumerate(checks)
        ]
        self.aggregates = [
            [each for name, measure in asked.values() for each in aggregates(name, measure)]
            for asked in self.asked
        ]
        self.sampled = [
            [m.expr.alias(name) for name, m in asked.values() if m.merge == "sample"]
            for asked in self.asked
        ]
        self.groups = list(self._group(max(1, CELLS // max(1, rows))))

    @property
    def samples(self) -> int:
        """How many columns are sampled."""
        return sum(map(len, self.sampled))

    @property
    def columns(self) -> list[str]:
        """All columns that queries and examples read."""
        key = [] if self.id is None else [as_stored(self.schema, self.id)]
        names = [name for group in self.groups for name in group.columns]
        return list(dict.fromkeys([*names, *key]))

    def _group(self, most: int) -> Iterator[Group]:
        group = Group()
        for number, check in enumerate(self.checks):
            needed = dict.fromkeys(self._needed(number, check))
            if group.columns and _width(group.columns | needed) > most:
                yield group
                group = Group()
            group.columns |= needed
            group.numbers.append(number)
        yield group

    def _needed(self, number: int, check: Check) -> Iterator[str]:
        """Also what an example shows, except for the key, which belongs to every check."""
        guard = [] if check.guard is None else [check.guard]
        shown = [] if check.offending is None else shown_columns(self.schema, check, None)
        for query in (*guard, *self.aggregates[number], *self.sampled[number], *shown):
            yield from query.meta.root_names()
        if check.repeats is not None and len(check.repeats.columns) <= BLOCK:
            yield from check.repeats.columns

    def measure(self, group: Group, cells: pl.DataFrame) -> dict[int, dict[str, Part]]:
        """The parts of the checks of a group; where a guard says no, nothing more is computed."""
        guards = {n: guard for n in group.numbers if (guard := self.checks[n].guard) is not None}
        first = [query for n in group.numbers if n not in guards for query in self.aggregates[n]]
        asked = [guard.alias(f"{number}?") for number, guard in guards.items()]
        found = _ask(cells, [*first, *asked])
        rest = [query for n in guards if found[f"{n}?"] for query in self.aggregates[n]]
        found |= _ask(cells, rest)
        return {
            number: {
                name: part_of(measure, query, found)
                for name, (query, measure) in self.asked[number].items()
                if measure.merge != "sample"
            }
            for number in group.numbers
        }

    def sample(self, group: Group, cells: pl.DataFrame, places: pl.Series) -> pl.DataFrame:
        """The sampled columns of a group in the rows at `places`."""
        sampled = [query for number in group.numbers for query in self.sampled[number]]
        roots = dict.fromkeys(name for query in sampled for name in query.meta.root_names())
        return cells.select(pl.col(list(roots)).gather(places)).select(sampled)

    def examples(
        self, number: int, fetch: Fetch, first_row: int, room: int = MOST
    ) -> tuple[Example, ...]:
        """Up to `room` offending rows of the check; the stretch begins at `first_row`."""
        check = self.checks[number]
        assert check.offending is not None  # noqa: S101 - something offends
        shown = shown_columns(self.schema, check, self.id)
        queries = (check.offending, *shown)
        names = dict.fromkeys(name for query in queries for name in query.meta.root_names())
        rows = fetch(list(names)).lazy().with_row_index(ROW, offset=first_row)
        found = rows.filter(check.offending).head(room).select(ROW, *shown).collect()
        return as_examples(found, check.values, self.id)


def _width(columns: Iterable[str]) -> int:
    """How many cells a row takes: those that stand beside their typed value cost next to none."""
    return sum(not name.startswith(RAW) for name in columns)


def _ask(cells: pl.DataFrame, queries: Sequence[pl.Expr]) -> dict[str, Any]:
    return cells.lazy().select(queries).collect().row(0, named=True) if queries else {}
