# SPDX-License-Identifier: Apache-2.0
"""What a stretch of rows contributes to the checks of its table, and how stretches are merged.

    parts = [measure_part(frame, checks, first_row) for frame, first_row in stretches]
    measured = merge(parts).measured(checks)

A stretch is a file, a range of row groups, or the whole table; it is read once, in batches, and
only the columns that checks name. A `Partial` is small and can be sent elsewhere. How the rows
are divided changes no verdict, no count and no example: counts and extremes merge exactly, samples
by the hash of the row's number, examples are the first rows. Only means and deviations may differ
in their last digits.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from shipway.data.check import ROW, Check, Measured
from shipway.data.distinct import KeyHashes
from shipway.data.examples import MOST, as_examples, shown_columns
from shipway.data.merging import Part, aggregates, finish, join, part_of
from shipway.data.sampling import RowSample, sample_size
from shipway.records.data import Example

CELLS = 2_500_000
FEWEST_ROWS, MOST_ROWS = 1_000, 131_072
Examples = tuple[Example, ...]


@dataclass(frozen=True)
class Partial:
    """What was measured over `rows` rows, of which the first has the number `first_row`.

    `parts` holds for each check its measures by name; `examples` its first offending rows, `keys`
    the hashes of its key where it asks for repeats. `sample` holds the sampled columns.
    """

    first_row: int
    rows: int
    parts: tuple[dict[str, Part], ...]
    examples: tuple[Examples, ...]
    keys: tuple[KeyHashes | None, ...]
    sample: RowSample

    def measured(self, checks: Sequence[Check]) -> list[Measured]:
        """What each of the checks that were measured gets to judge."""
        return [
            {
                name: self.sample.column(f"{number}.{name}")
                if measure.merge == "sample"
                else finish(measure.merge, self.parts[number][name])
                for name, measure in check.asked().items()
            }
            for number, check in enumerate(checks)
        ]


def merge(partials: Sequence[Partial]) -> Partial:
    """What all stretches say together, in whatever order they come; at least one."""
    ordered = sorted(partials, key=lambda partial: partial.first_row)
    merged = ordered[0]
    for partial in ordered[1:]:
        merged = _merge(merged, partial)
    return merged


def _merge(one: Partial, other: Partial) -> Partial:
    return Partial(
        one.first_row,
        one.rows + other.rows,
        tuple(
            {name: join(part, ours[name]) for name, part in mine.items()}
            for mine, ours in zip(one.parts, other.parts, strict=True)
        ),
        tuple((a + b)[:MOST] for a, b in zip(one.examples, other.examples, strict=True)),
        tuple(
            a.union(b) if a is not None and b is not None else None
            for a, b in zip(one.keys, other.keys, strict=True)
        ),
        one.sample.union(other.sample),
    )


def measure_part(
    frame: pl.LazyFrame,
    checks: Sequence[Check],
    first_row: int = 0,
    *,
    id_column: str | None = None,
) -> Partial:
    """Read `frame`, as `columns.prepare` makes it, once, and measure `checks` over its rows.

    `first_row` is the number of its first row in the whole table. Examples carry `id_column`.
    Errors of polars while reading come through.
    """
    pass_ = _Pass(frame, checks, id_column)
    partial = pass_.nothing(first_row)
    if not pass_.needed:
        rows = frame.select(pl.len()).collect(engine="streaming").item()
        return replace(partial, rows=int(rows))
    batches = frame.select(pass_.needed).collect_batches(
        chunk_size=pass_.batch_rows, maintain_order=True, engine="streaming"
    )
    for batch in batches:
        partial = pass_.add(partial, batch)
    return partial


class _Pass:
    """The queries of one pass, made once and asked of each batch."""

    def __init__(self, frame: pl.LazyFrame, checks: Sequence[Check], id_column: str | None) -> None:
        self.schema = frame.collect_schema()
        self.checks = checks
        self.id = id_column
        self.asked = [
            {name: (f"{number}.{name}", measure) for name, measure in check.asked().items()}
            for number, check in enumerate(checks)
        ]
        self.aggregates = [
            [each for name, measure in asked.values() for each in aggregates(name, measure)]
            for asked in self.asked
        ]
        self.first = [
            query
            for number, (check, queries) in enumerate(zip(checks, self.aggregates, strict=True))
            for query in (queries if check.guard is None else [check.guard.alias(f"{number}?")])
        ]
        self.sampled = [
            measure.expr.alias(name)
            for asked in self.asked
            for name, measure in asked.values()
            if measure.merge == "sample"
        ]
        self.needed = self._needed()
        self.batch_rows = max(FEWEST_ROWS, min(MOST_ROWS, CELLS // max(1, len(self.needed))))

    def _needed(self) -> list[str]:
        """The columns of the prepared frame that any expression or example names."""
        shown = [
            expr
            for check in self.checks
            if check.offending is not None
            for expr in shown_columns(self.schema, check, self.id)
        ]
        keys = [name for check in self.checks if check.repeats for name in check.repeats.columns]
        queries = itertools.chain(self.first, *self.aggregates)
        read = (*shown, *queries, *self.sampled)
        wanted = {name for expr in read for name in expr.meta.root_names()} | set(keys)
        return [name for name in self.schema if name in wanted]

    def nothing(self, first_row: int) -> Partial:
        """The partial of no rows."""
        return Partial(
            first_row=first_row,
            rows=0,
            parts=self._measure(pl.DataFrame(schema=self.schema)),
            examples=tuple(() for _ in self.checks),
            keys=tuple(KeyHashes.none() if check.repeats else None for check in self.checks),
            sample=RowSample(sample_size(len(self.sampled))),
        )

    def add(self, partial: Partial, batch: pl.DataFrame) -> Partial:
        """`partial` with the rows of `batch`, which come right after it."""
        first_row = partial.first_row + partial.rows
        parts = self._measure(batch)
        return Partial(
            partial.first_row,
            partial.rows + batch.height,
            tuple(
                {name: join(part, new[name]) for name, part in old.items()}
                for old, new in zip(partial.parts, parts, strict=True)
            ),
            self._examples(partial.examples, parts, batch, first_row),
            tuple(
                keys.add(batch, check.repeats) if keys and check.repeats else None
                for keys, check in zip(partial.keys, self.checks, strict=True)
            ),
            self._sample(partial.sample, batch, first_row),
        )

    def _measure(self, batch: pl.DataFrame) -> tuple[dict[str, Part], ...]:
        """The parts of all checks; where a guard says that nothing offends, there is no more."""
        found = _ask(batch, self.first)
        rest = [
            query
            for number, check in enumerate(self.checks)
            if check.guard is not None and found[f"{number}?"]
            for query in self.aggregates[number]
        ]
        found |= _ask(batch, rest)
        return tuple(
            {
                name: part_of(measure, query, found)
                for name, (query, measure) in asked.items()
                if measure.merge != "sample"
            }
            for asked in self.asked
        )

    def _examples(
        self,
        known: tuple[Examples, ...],
        parts: tuple[dict[str, Part], ...],
        batch: pl.DataFrame,
        first_row: int,
    ) -> tuple[Examples, ...]:
        """The examples known so far, and those of the batch where there is room for more."""
        wanting = [
            number
            for number, check in enumerate(self.checks)
            if check.offending is not None
            and len(known[number]) < MOST
            and parts[number]["failing"].value
        ]
        if not wanting:
            return known
        numbered = batch.lazy().with_row_index(ROW, offset=first_row)
        queries = []
        for number in wanting:
            check, room = self.checks[number], MOST - len(known[number])
            assert check.offending is not None  # noqa: S101 - chosen above
            shown = shown_columns(self.schema, check, self.id)
            queries.append(numbered.filter(check.offending).head(room).select(ROW, *shown))
        more = list(known)
        for number, rows in zip(wanting, pl.collect_all(queries), strict=True):
            more[number] += as_examples(rows, self.checks[number].values, self.id)
        return tuple(more)

    def _sample(self, sample: RowSample, batch: pl.DataFrame, first_row: int) -> RowSample:
        if not self.sampled:
            return sample
        places, hashes = sample.chosen(first_row, batch.height)
        cells = batch[places].lazy().select(self.sampled).collect()
        return sample.add(batch.height, hashes, cells)


def _ask(batch: pl.DataFrame, queries: Sequence[pl.Expr]) -> dict[str, Any]:
    return batch.lazy().select(queries).collect().row(0, named=True) if queries else {}
