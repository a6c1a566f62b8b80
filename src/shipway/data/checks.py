# SPDX-License-Identifier: Apache-2.0
"""The checks of a project's tables: measured by one query for each table, judged by pure functions.

    check_tables({"train": frame, "test": frame}, data, line_of=document.line_of, now=now())

`columns` and `rules` hold for each of train, validation and test, or for `all` where that is the
table; `rows` counts them together; `overlap` compares two tables. Rows are looked at a second time
only where a check failed, for examples.
"""

import datetime
import functools
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import polars as pl

from shipway.base.clock import stamp
from shipway.base.names import nearest
from shipway.data.across import across_checks
from shipway.data.check import Check, Outcome
from shipway.data.column_checks import column_checks
from shipway.data.columns import mark_of, prepare, views
from shipway.data.layout import Mark
from shipway.data.overlap import overlap_check
from shipway.data.second_look import Seen, look
from shipway.data.stretches import Stretch, whole
from shipway.data.table_checks import LineOf, rows_checks
from shipway.data.table_demands import columns_read, table_demands
from shipway.records.data import CheckResult
from shipway.spec.document import KeyPath
from shipway.spec.types import DataSpec

Required = tuple[str, KeyPath]
NUMBER = re.compile(r"[+-]?[0-9][0-9.,]*(e[+-]?[0-9]+)?", re.IGNORECASE)
PARTS = ("train", "validation", "test")


def check_tables(
    frames: Mapping[str, pl.LazyFrame | Sequence[Stretch]],
    data: DataSpec,
    *,
    line_of: LineOf,
    now: datetime.datetime,
    text: Collection[str] = (),
    required: Sequence[Required] = (),
) -> tuple[tuple[CheckResult, ...], str | None]:
    """All checks of all tables, and until when their verdict holds (None: it does not age).

    `frames` maps names of tables to frames, extra tables included, or to the stretches that make
    up a table in this order, all of one schema; tables in `text` hold unread text (CSV);
    a mapping says which decimal mark each has.
    `required` are columns that must be there for other reasons, with the place in the spec that
    names them. `now` is in UTC. Results hold values: `redact` them before they are kept.
    InputError where the spec asks for what a column can't have.
    """
    names = ["all"] if "all" in frames else [name for name in PARTS if name in frames]
    tables = {
        name: [Stretch(frame)] if isinstance(frame, pl.LazyFrame) else list(frame)
        for name, frame in frames.items()
    }
    results: list[CheckResult] = []
    until: list[datetime.datetime] = []
    counts: dict[str, int] = {}
    for name in names:
        table = _Table(name, tables[name], data, text=name in text, decimal=mark_of(text, name))
        found = table.run(line_of, now)
        results += table.presence((*_demanded(data), *required), line_of) + found.results
        until += found.until
        counts[name] = found.rows
    results += rows_checks(data.rows, counts, line_of)
    overlap = overlap_check(tables, data, text, line_of)
    results += [overlap] if overlap is not None else []
    wholes = {name: whole(stretches) for name, stretches in tables.items()}
    wholes = {name: whole(stretches) for name, stretches in tables.items()}
    results += across_checks(wholes, data, text, line_of)
    return tuple(results), stamp(min(until)) if until else None


def _demanded(data: DataSpec) -> Iterator[Required]:
    """The columns that the data part of the spec names by itself."""
    for name in data.columns:
        yield name, ("data", "columns", name)
    for key in ("id", "time"):
        if (name := getattr(data, key)) is not None:
            yield name, ("data", key)


def looks_like_values(names: Sequence[str]) -> bool:
    """Whether a table's "names" are numbers for the most part, as in a file without header."""
    return 2 * sum(NUMBER.fullmatch(name.strip()) is not None for name in names) >= len(names) > 0


class Found(NamedTuple):
    """What the checks of one table found; `until` holds the ends of verdicts that age."""

    results: list[CheckResult]
    rows: int
    until: list[datetime.datetime]


class _Table:
    """One table on its way through its checks."""

    def __init__(
        self, name: str, stretches: Sequence[Stretch], data: DataSpec, *, text: bool, decimal: Mark
    ) -> None:
        frame = whole(stretches)
        self.name = name
        self.data = data
        self.names = frame.collect_schema().names()
        self.id = data.id if data.id in self.names else None
        here = columns_read(data, self.names)
        self.views = views(frame, here, data.columns, text=text, dates=True, decimal=decimal)
        make = functools.partial(prepare, views=self.views)
        self.stretches = [stretch._replace(make=make) for stretch in stretches]
        self.frame = self.stretches[0].made

    def run(self, line_of: LineOf, now: datetime.datetime) -> Found:
        """Measure all checks and judge them."""
        seen, rows = look(list(self._checks(now)), self.stretches, self.id)
        outcomes = [each.check.judge(each.measured, rows) for each in seen]
        results = [
            self._result(each, outcome, rows, line_of)
            for each, outcome in zip(seen, outcomes, strict=True)
        ]
        until = [outcome.until for outcome in outcomes if outcome.until is not None]
        return Found(results, rows, until)

    def presence(self, wanted: Iterable[Required], line_of: LineOf) -> list[CheckResult]:
        """A result for each wanted column: is it in the table?"""
        places: dict[str, KeyPath] = {}
        for name, place in wanted:
            places.setdefault(name, place)
        return [self._present(name, line_of(*place)) for name, place in places.items()]

    def _checks(self, now: datetime.datetime) -> Iterator[Check]:
        for name, spec in self.data.columns.items():
            if name in self.views:
                yield from column_checks(self.views[name], spec, now)
        schema = self.frame.collect_schema()
        yield from table_demands(self.data, self.names, schema, self.views)

    def _result(self, seen: Seen, outcome: Outcome, rows: int, line_of: LineOf) -> CheckResult:
        check = seen.check
        return CheckResult(
            dataset=self.name,
            column=check.column,
            check=check.name,
            verdict=outcome.verdict,
            observed=outcome.observed,
            expected=check.expected,
            failing=outcome.failing,
            rows=rows,
            examples=seen.examples if outcome.verdict == "failed" else (),
            line=line_of(*check.keys),
            columns=check.columns,
            detail=outcome.detail,
            on_fail=check.on_fail,
        )

    def _present(self, name: str, line: int) -> CheckResult:
        there = name in self.names
        guess = None if there else nearest(name, self.names)
        missing = f"missing; did you mean {guess!r}?" if guess else "missing"
        if not there and not guess and looks_like_values(self.names):
            missing += "; the first line holds values, not names: does the file lack its header?"
        return CheckResult(
            dataset=self.name,
            column=name,
            check="presence",
            verdict="passed" if there else "failed",
            observed="present" if there else missing,
            expected="",
            line=line,
        )
