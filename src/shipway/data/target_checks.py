# SPDX-License-Identifier: Apache-2.0
"""What may be demanded of the target's classes: enough positives, no class too rare."""

from collections.abc import Iterator, Mapping

import polars as pl

from shipway.data.check import Check, Judge, Measure, Measured, Outcome, always
from shipway.data.columns import View
from shipway.data.merging import DISTINCT_LIMIT, Counts
from shipway.data.wording import listed
from shipway.spec.demands import TargetSpec

KEYS = ("data", "target")
TRUE = frozenset(["1", "1.0", "true"])


def target_checks(demand: TargetSpec, views: Mapping[str, View]) -> Iterator[Check]:
    """Checks of the column `demand.column`; they fail where it is not there."""
    column = demand.column or ""
    wanted: list[tuple[str, str, Judge]] = []
    if demand.min_positives is not None:
        wanted.append(("min_positives", f"{demand.min_positives:,}", _positives(demand)))
    if demand.min_share is not None:
        wanted.append(("min_share", f"{demand.min_share * 100:g}%", _balance(demand)))
    there = column in views
    for key, expected, judge in wanted:
        yield Check(
            column=column,
            name=key,
            expected=expected,
            keys=(*KEYS, key),
            judge=judge if there else always(f"there is no column {column!r}"),
            measures={"counts": Measure(pl.col(column), "counts")} if there else {},
            on_fail=demand.on_fail,
        )


def class_text(value: object) -> str:
    """A class as the spec writes it: `1` for 1.0, `true` for True."""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)


def is_positive(value: object, positive: str | None) -> bool:
    """Whether `value` is the positive class; without a name that is 1, or true."""
    text = class_text(value)
    if positive is None:
        return text.lower() in TRUE
    if isinstance(value, bool):
        return text == positive.lower() or (value and positive in TRUE)
    try:
        same = isinstance(value, int | float) and float(positive) == value
    except ValueError:
        same = False
    return same or text == positive


def _positives(demand: TargetSpec) -> Judge:
    def judge(measured: Measured, rows: int) -> Outcome:
        counts: Counts = measured["counts"]
        if counts.values is None:
            return Outcome("failed", f"more than {DISTINCT_LIMIT:,} classes")
        found = sum(n for value, n in counts.values.items() if is_positive(value, demand.positive))
        passed = found >= (demand.min_positives or 0)
        return Outcome("passed" if passed else "failed", f"{found:,} of {rows:,} rows positive")

    return judge


def _balance(demand: TargetSpec) -> Judge:
    def judge(measured: Measured, rows: int) -> Outcome:
        counts: Counts = measured["counts"]
        if counts.values is None:
            return Outcome("failed", f"more than {DISTINCT_LIMIT:,} classes")
        total = sum(counts.values.values())
        shares = {class_text(value): number / total for value, number in counts.values.items()}
        if len(shares) < 2:
            passed = rows == 0
            return Outcome("passed" if passed else "failed", f"{len(shares)} classes")
        rare = [name for name, share in shares.items() if share < (demand.min_share or 0) - 1e-12]
        observed = f"the rarest of {len(shares):,} classes has {min(shares.values()):.2%}"
        return Outcome("failed" if rare else "passed", observed, listed(rare))

    return judge
