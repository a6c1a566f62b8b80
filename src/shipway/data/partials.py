# SPDX-License-Identifier: Apache-2.0
"""What a stretch of rows contributes to the checks of its table, and how stretches are merged.

    parts = [measure_part(stretch, checks, first_row) for stretch, first_row in table]
    measured = merge(parts).measured(checks)

A stretch is a file, a range of row groups, or the whole table; it is read once, in batches, and
only the columns that checks name. A `Partial` is small and can be sent elsewhere. How the rows
are divided changes no verdict, no count and no example: counts and extremes merge exactly, samples
by the hash of the row's number, examples are the first rows. Only means and deviations may differ
in their last digits.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from shipway.data.check import Check, Measured
from shipway.data.distinct import Fetch, KeyHashes
from shipway.data.examples import MOST
from shipway.data.merging import Part, finish, join
from shipway.data.queries import Queries
from shipway.data.sampling import RowSample, sample_size
from shipway.data.stretches import MOST_ROWS, Stretch, read
from shipway.records.data import Example

Examples = tuple[Example, ...]
NOTHING = (np.empty(0, np.int64), np.empty(0, np.uint64))


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
        sample = self.sample.pruned()
        return [
            {
                name: sample.column(f"{number}.{name}")
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
    stretch: Stretch,
    checks: Sequence[Check],
    first_row: int = 0,
    *,
    id_column: str | None = None,
) -> Partial:
    """Read `stretch` once and measure `checks` over its rows, which `columns.prepare` makes.

    `first_row` is the number of its first row in the whole table. Examples carry `id_column`.
    Errors of polars while reading come through.
    """
    schema = stretch.made.collect_schema()
    queries = Queries(schema, checks, id_column, stretch.step or MOST_ROWS)
    nothing = pl.DataFrame(schema=schema)
    partial = Partial(
        first_row=first_row,
        rows=0,
        parts=_parts(queries, nothing.select),
        examples=tuple(() for _ in checks),
        keys=tuple(KeyHashes.none() if check.repeats else None for check in checks),
        sample=RowSample.of(sample_size(queries.samples)),
    )
    for rows, fetch in read(stretch, queries.columns, list(queries.groups[0].columns)):
        partial = _add(partial, queries, rows, fetch)
    return partial


def _parts(queries: Queries, fetch: Fetch) -> tuple[dict[str, Part], ...]:
    found: dict[int, dict[str, Part]] = {}
    for group in queries.groups:
        found |= queries.measure(group, fetch(list(group.columns)))
    return tuple(found[number] for number in range(len(queries.checks)))


def _add(partial: Partial, queries: Queries, rows: int, fetch: Fetch) -> Partial:
    """`partial` with the `rows` rows that come right after it."""
    first_row = partial.first_row + partial.rows
    parts, examples, keys = list(partial.parts), list(partial.examples), list(partial.keys)
    sample = partial.sample
    places, hashes = sample.chosen(first_row, rows) if queries.samples else NOTHING
    sampled = []
    for group in queries.groups:
        cells = fetch(list(group.columns))
        again = _held_or_fetched(cells, fetch)
        for number, new in queries.measure(group, cells).items():
            parts[number] = {name: join(part, new[name]) for name, part in parts[number].items()}
            room = MOST - len(examples[number])
            if room and "failing" in new and new["failing"].value:
                examples[number] += queries.examples(number, again, first_row, room)
            held, repeats = keys[number], queries.checks[number].repeats
            if held is not None and repeats is not None:
                keys[number] = held.add(again, repeats)
        if queries.samples:
            sampled.append(queries.sample(group, cells, pl.Series(places)))
    if sampled:
        sample = sample.add(rows, hashes, pl.concat(sampled, how="horizontal"))
    return Partial(
        first_row=partial.first_row,
        rows=partial.rows + rows,
        parts=tuple(parts),
        examples=tuple(examples),
        keys=tuple(keys),
        sample=sample,
    )


def _held_or_fetched(cells: pl.DataFrame, fetch: Fetch) -> Fetch:
    """Columns from `cells` where they are, else read once more."""

    def act(names: Sequence[str]) -> pl.DataFrame:
        missing = [name for name in names if name not in cells.columns]
        held = cells.select(name for name in names if name in cells.columns)
        return held.hstack(fetch(missing)) if missing else held

    return act
