# SPDX-License-Identifier: Apache-2.0
"""Hand-made dirty tables and a short way to check them."""

import datetime
from typing import Any

import polars as pl

from shipway.data.checks import check_tables
from shipway.records.data import CheckResult
from shipway.spec.types import ColumnSpec, DataSpec

NOW = datetime.datetime(2024, 3, 1, 12, 0, tzinfo=datetime.UTC)


def no_line(*keys: str | int) -> int:
    return 0


def text_frame(**columns: list[str | None]) -> pl.LazyFrame:
    """A table as CSV gives it: all text."""
    return pl.LazyFrame(columns, schema=dict.fromkeys(columns, pl.String))


def checked(
    frame: pl.LazyFrame, *, text: bool = True, **data: Any
) -> dict[tuple[str, str], CheckResult]:
    """The results of checking one table, by column (or the rule's text) and check."""
    results, _ = check_tables(
        {"all": frame},
        DataSpec(all="all.csv", **data),
        line_of=no_line,
        now=NOW,
        text={"all"} if text else (),
    )
    return {(r.expected if r.check == "rule" else r.column, r.check): r for r in results}


def one(frame: pl.LazyFrame, check: str, *, text: bool = True, **column: Any) -> CheckResult:
    """The result of one check of column `x`."""
    columns = {"x": ColumnSpec(**column)}
    return checked(frame, text=text, columns=columns)["x", check]
