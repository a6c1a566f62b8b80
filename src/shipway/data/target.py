# SPDX-License-Identifier: Apache-2.0
"""The target: a table in which it never changes can neither teach nor measure anything."""

from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from shipway.data.stretches import Stretch, whole
from shipway.data.table_checks import LineOf
from shipway.records.data import CheckResult

TABLES = ("all", "train", "test")


def target_problems(
    tables: Mapping[str, pl.LazyFrame | Sequence[Stretch]], target: str, line_of: LineOf
) -> Iterator[CheckResult]:
    """A failed check for each table whose target has no value, or the same one in each row.

    Tables without rows, or without that column, are other checks' business.
    """
    for name in TABLES:
        table = tables.get(name, ())
        if isinstance(table, Sequence) and not table:
            continue
        frame = table if isinstance(table, pl.LazyFrame) else whole(table)
        if target not in frame.collect_schema():
            continue
        column = pl.col(target)
        counted = frame.select(
            pl.len().alias("rows"), column.drop_nulls().n_unique().alias("kinds")
        )
        rows, kinds = counted.collect(engine="streaming").row(0)
        if kinds < min(rows, 2):
            yield CheckResult(
                dataset=name,
                column=target,
                check="target",
                verdict="failed",
                observed=f"{'one value' if kinds else 'no value'} in {rows:,} rows",
                expected="at least two different values",
                failing=rows,
                rows=rows,
                line=line_of("model", "target"),
            )
