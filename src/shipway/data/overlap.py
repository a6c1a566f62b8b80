# SPDX-License-Identifier: Apache-2.0
"""Rows that two tables share, found by a key or as whole rows."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from shipway.base.errors import InputError
from shipway.base.names import did_you_mean
from shipway.data.check import ROW, amount, count
from shipway.data.columns import mark_of, views
from shipway.data.examples import MOST, as_examples
from shipway.data.table_checks import LineOf
from shipway.records.data import CheckResult
from shipway.spec.types import DataSpec, OverlapSpec


@dataclass(frozen=True)
class _Pair:
    """The two tables of the demand, and the columns that are compared."""

    frames: tuple[pl.LazyFrame, pl.LazyFrame]
    names: tuple[str, ...]
    whole: bool


def overlap_check(
    frames: Mapping[str, pl.LazyFrame], data: DataSpec, text: Collection[str], line_of: LineOf
) -> CheckResult | None:
    """Rows of the second table whose key (or whole row, without ignored columns) is in the first.

    Missing keys equal nothing; in whole rows missing equals missing. A share is one of the second
    table's rows. None when nothing is demanded; InputError for a table that is not there.
    """
    demand = data.overlap
    if demand is None:
        return None
    for name in demand.between:
        if name not in frames:
            raise InputError(
                f"overlap names the table {name!r}, which is not there",
                cure=did_you_mean(name, list(frames)),
            )
    one, other = (frames[name] for name in demand.between)
    names, absent = _compared(demand, one, other, data.ignore)
    line = line_of("data", "overlap")
    if absent:
        return _result(demand, names, line, observed=absent)
    columns = list(dict.fromkeys((*names, *_id(data, other))))
    typed = [
        _typed(name, frames[name], columns if name == demand.between[1] else names, data, text)
        for name in demand.between
    ]
    return _measure(demand, _Pair((typed[0], typed[1]), names, not demand.key), data, line)


def _compared(
    demand: OverlapSpec, one: pl.LazyFrame, other: pl.LazyFrame, ignore: Sequence[str]
) -> tuple[tuple[str, ...], str]:
    """The compared columns, and what is wrong with them (empty when nothing is)."""
    left, right = one.collect_schema().names(), other.collect_schema().names()
    if demand.key is None:
        shared = tuple(name for name in left if name in right and name not in ignore)
        return shared, "" if shared else "the tables share no column"
    key = (demand.key,) if isinstance(demand.key, str) else demand.key
    absent = [name for name in key if name not in left or name not in right]
    return key, f"there is no column {absent[0]!r} in both tables" if absent else ""


def _id(data: DataSpec, frame: pl.LazyFrame) -> tuple[str, ...]:
    return (data.id,) if data.id is not None and data.id in frame.collect_schema() else ()


def _typed(
    table: str, frame: pl.LazyFrame, names: Sequence[str], data: DataSpec, text: Collection[str]
) -> pl.LazyFrame:
    decimal = mark_of(text, table)
    found = views(frame, names, data.columns, text=table in text, dates=False, decimal=decimal)
    return frame.select(view.values.alias(name) for name, view in found.items())


def _measure(demand: OverlapSpec, pair: _Pair, data: DataSpec, line: int) -> CheckResult:
    one, other = pair.frames
    schemas = one.collect_schema(), other.collect_schema()
    unlike = [name for name in pair.names if schemas[0][name] != schemas[1][name]]
    one, other = (frame.with_columns(pl.col(unlike).cast(pl.String)) for frame in (one, other))
    keys = one.select(pair.names).unique()
    shared = other.with_row_index(ROW).join(keys, on=pair.names, how="semi", nulls_equal=pair.whole)
    queries = [other.select(pl.len()), shared.select(pl.len()), shared.sort(ROW).head(MOST)]
    totals, hits, rows = pl.collect_all(queries)
    total, failing = int(totals.item()), int(hits.item())
    passed = failing <= demand.at_most.of(total) + 1e-9
    return CheckResult(
        **_words(demand, pair.names, line),
        verdict="passed" if passed else "failed",
        observed=f"{count(failing, total)} of {demand.between[1]} are in {demand.between[0]} too",
        failing=failing,
        rows=total,
        examples=() if passed else as_examples(rows, pair.names, data.id),
    )


def _result(
    demand: OverlapSpec, names: tuple[str, ...], line: int, *, observed: str
) -> CheckResult:
    return CheckResult(**_words(demand, names, line), verdict="failed", observed=observed)


def _words(demand: OverlapSpec, names: tuple[str, ...], line: int) -> dict[str, Any]:
    by = f" by {', '.join(names)}" if demand.key else ""
    return {
        "dataset": "+".join(demand.between),
        "column": names[0] if len(names) == 1 else "",
        "check": "overlap",
        "expected": f"at most {amount(demand.at_most)}{by}",
        "columns": names,
        "line": line,
    }
