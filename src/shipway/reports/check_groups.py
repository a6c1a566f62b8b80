# SPDX-License-Identifier: Apache-2.0
"""Results of checks in the order in which people read them: what failed, what warns, what passed,
and in each of these column by column."""

from collections.abc import Iterable
from typing import Literal

import msgspec

from shipway.records.data import CheckResult, Example
from shipway.reports.text import plural, value

Tone = Literal["good", "bad", "unsure"]
TABLE, MANY = "the whole table", 4
WITHHELD = "Values that are not shown here (report.rows, sensitive) are shown on a terminal."
_SEVERITY = {"failed": 0, "inconclusive": 1, "passed": 2}


class Group(msgspec.Struct, frozen=True):
    """The results for one column, for the columns of a rule, or for the table as a whole."""

    name: str
    checks: tuple[CheckResult, ...]


class CheckGroups(msgspec.Struct, frozen=True):
    """All results: `failed` stop (undecided ones among them), `warned` are told, `passed` hold.

    `several` says that they are of more than one table. `demands` is the file that the lines of
    the results point into.
    """

    failed: tuple[Group, ...]
    warned: tuple[Group, ...]
    passed: tuple[Group, ...]
    demands: str
    several: bool

    @property
    def total(self) -> int:
        """The number of all checks."""
        return count(self.failed) + count(self.warned) + count(self.passed)

    @property
    def headline(self) -> str:
        """What there is to say in one line."""
        failed, warned, total = count(self.failed), count(self.warned), self.total
        tail = f", {plural(warned, 'warning')}" if warned else ""
        if not total:
            return "No checks"
        if failed:
            what = "failed" if self.tone == "bad" else "undecided"
            return f"{failed:,} of {plural(total, 'check')} {what}{tail}"
        if warned:
            return f"{total - warned:,} of {plural(total, 'check')} passed{tail}"
        return f"All {total:,} checks passed" if total > 1 else "The only check passed"

    @property
    def tone(self) -> Tone:
        """How that feels."""
        found = {check.verdict for group in self.failed for check in group.checks}
        if "failed" in found:
            return "bad"
        return "unsure" if found else "good"

    @property
    def withheld(self) -> str:
        """That values of offending rows are not shown, if that is so."""
        examples = (
            example
            for group in (*self.failed, *self.warned)
            for check in group.checks
            for example in check.examples
        )
        return "" if all(example.shown for example in examples) else WITHHELD

    def place(self, check: CheckResult) -> str:
        """`shipway.yaml:31`, where the check is demanded; empty when no line says so."""
        return f"{self.demands}:{check.line}" if check.line else ""


def grouped(checks: Iterable[CheckResult], demands: str = "shipway.yaml") -> CheckGroups:
    """The groups of `checks`; groups and results keep their order, failed before undecided ones."""
    results = sorted(checks, key=lambda check: _SEVERITY[check.verdict])
    bad = [check for check in results if check.verdict != "passed"]
    return CheckGroups(
        failed=_by_subject([check for check in bad if check.on_fail == "stop"]),
        warned=_by_subject([check for check in bad if check.on_fail == "warn"]),
        passed=_by_subject([check for check in results if check.verdict == "passed"]),
        demands=demands,
        several=len({check.dataset for check in results}) > 1,
    )


def count(groups: Iterable[Group]) -> int:
    """The number of checks in all of them."""
    return sum(len(group.checks) for group in groups)


def subject(check: CheckResult) -> str:
    """What a check is about: a column, several, or the whole table."""
    few = check.columns if len(check.columns) <= MANY else ()
    return check.column or ", ".join(few) or TABLE


def told(check: CheckResult) -> str:
    """`min 0: 3 of 1,000 rows (0.30%), lowest -40.0`."""
    rule = f"{check.check} {check.expected}".strip()
    verdict = "undecided: " if check.verdict == "inconclusive" else ""
    detail = f", {check.detail}" if check.detail else ""
    return f"{rule}: {verdict}{check.observed}{detail}"


def rows_told(check: CheckResult) -> str:
    """`12 of 1,000` where what was observed does not tell it already."""
    told = f"{check.failing:,} of {check.rows:,}"
    return "" if not check.rows or not check.failing or told in check.observed else told


def share_of(check: CheckResult) -> float | None:
    """The share of offending rows, where rows were counted and some offend."""
    return min(1.0, check.failing / check.rows) if check.rows and check.failing else None


def examples_told(check: CheckResult) -> list[str]:
    """A line for each offending row; one for all of them where only their numbers may be shown."""
    if numbers_only(check):
        return [f"rows {'; '.join(f'{example.row:,}' for example in check.examples)}"]
    return [example_text(example) for example in check.examples]


def numbers_only(check: CheckResult) -> bool:
    """True when of several offending rows there is nothing to show but their numbers."""
    told = (example.key or example.value is not None for example in check.examples)
    return len(check.examples) > 1 and not any(told)


def example_text(example: Example) -> str:
    """`row 3, id 17: 'XX'`; a withheld value is left out."""
    key = "".join(f", {name} {value(cell)}" for name, cell in example.key.items())
    if not example.shown and not example.value:
        return f"row {example.row:,}{key}"
    return f"row {example.row:,}{key}: {cell_text(example)}"


def cell_text(example: Example) -> str:
    """The value, or the values by their columns; `…` for those that are withheld."""
    if not isinstance(example.value, dict):
        return value(example.value)
    cells = [f"{name} = {value(cell)}" for name, cell in example.value.items()]
    return ", ".join(cells if example.shown else [*cells, "…"])


def _by_subject(checks: list[CheckResult]) -> tuple[Group, ...]:
    found: dict[str, list[CheckResult]] = {}
    for check in checks:
        found.setdefault(subject(check), []).append(check)
    return tuple(Group(name, tuple(members)) for name, members in found.items())
