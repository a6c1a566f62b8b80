# SPDX-License-Identifier: Apache-2.0
"""From open tables to what the checks say about them, with the table that wants it split."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from shipway.data.across import without_others
from shipway.data.check import count
from shipway.data.checks import PARTS, Required, check_tables
from shipway.data.columns import typed
from shipway.data.opening import Table
from shipway.data.own_checks import OwnAnswers, OwnChecks
from shipway.data.split import moments, split_table
from shipway.data.stretches import Stretch
from shipway.data.table_checks import LineOf
from shipway.data.target import target_problems
from shipway.records.base import Verdict
from shipway.records.data import CheckResult, verdict_of
from shipway.spec.types import DataSpec, SplitSpec


@dataclass(frozen=True)
class Checked:
    """What the checks said, until when that holds, and the parts of the split (if there is one)."""

    checks: tuple[CheckResult, ...]
    valid_until: str | None
    parts: Mapping[str, pl.DataFrame]

    @property
    def verdict(self) -> Verdict:
        """The worst verdict of all checks that may stop something."""
        return verdict_of(self.checks)


def check_and_split(
    tables: Mapping[str, Table],
    data: DataSpec,
    *,
    line_of: LineOf,
    now: datetime.datetime,
    target: str | None = None,
    own: OwnAnswers | None = None,
) -> Checked:
    """Check `tables`; where `data.split` asks for it, make train, validation and test from `all`.

    The column checks look at the whole table, `overlap` at its parts. A table that can't be split
    (no rows, no such column, rows without a date) fails a check and has no parts. `target` is the
    column that is predicted: it must be there and vary, and `stratify` keeps it in proportion.
    `own` is what the project's own Python said: its demands are checked with the others, its
    findings added.
    """
    frames: dict[str, pl.LazyFrame | Sequence[Stretch]] = {
        name: table.stretches for name, table in tables.items()
    }
    text = {name: table.layout.decimal for name, table in tables.items() if table.is_text}
    parts: Mapping[str, pl.DataFrame] = {}
    undated: CheckResult | None = None
    required: list[Required] = [(target, ("model", "target"))] if target else []
    if data.split is not None and "all" in tables:
        if data.split.by is not None:
            required.append((data.split.by, ("data", "split", "by")))
        parts, undated = _split(tables["all"], data, data.split, target, line_of)
        frames |= {name: part.lazy() for name, part in parts.items()}
        if not parts:
            data = without_others(data)
    added: tuple[CheckResult, ...] = (undated,) if undated else ()
    if own is not None:
        checks_of_own = OwnChecks(own, data, _main(tables))
        added += tuple(checks_of_own.results(line_of))
        data, line_of = checks_of_own.data, checks_of_own.line_of(line_of)
    checks, until = check_tables(
        frames, data, line_of=line_of, now=now, text=text, required=required
    )
    unlike = target_problems(frames, target, line_of) if target else ()
    return Checked((*checks, *added, *unlike), until, parts)


def _main(tables: Mapping[str, Table]) -> dict[str, list[str]]:
    """The columns of the tables that are held to the demands on columns."""
    return {
        name: table.frame.collect_schema().names()
        for name, table in tables.items()
        if name == "all" or ("all" not in tables and name in PARTS)
    }


def _split(
    table: Table, data: DataSpec, split: SplitSpec, target: str | None, line_of: LineOf
) -> tuple[Mapping[str, pl.DataFrame], CheckResult | None]:
    needed = [split.by, target if split.stratify else None]
    names = table.frame.collect_schema().names()
    if any(name is not None and name not in names for name in needed):
        return {}, None
    frame = typed(table.frame, data.columns, text=table.is_text, decimal=table.layout.decimal)
    whole = frame.collect(engine="streaming")
    if whole.height == 0:
        return {}, None
    if split.by is not None:
        undated = moments(whole, split.by).null_count()
        if undated:
            return {}, _undated(split.by, undated, whole.height, line_of)
    return split_table(whole, split, target), None


def _undated(by: str, undated: int, rows: int, line_of: LineOf) -> CheckResult:
    return CheckResult(
        dataset="all",
        column=by,
        check="split",
        verdict="failed",
        observed=f"{count(undated, rows)} have none",
        expected="a date, time or number in each row",
        failing=undated,
        rows=rows,
        line=line_of("data", "split", "by"),
    )
