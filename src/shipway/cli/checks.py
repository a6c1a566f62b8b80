# SPDX-License-Identifier: Apache-2.0
"""How checks look on a terminal: what failed first, column by column, in colours where somebody
looks.

Values of offending rows are for a terminal alone: what goes into a file or the log of a job is held
to `report.rows` and `sensitive`, as every other written form is.
"""

from collections.abc import Iterable

from shipway.cli.colours import GREEN, PLAIN, RED, SOFT, YELLOW, Line, print_coloured
from shipway.records.data import CheckReport, CheckResult
from shipway.reports.check_groups import CheckGroups, Group, examples_told, grouped, told

COLOUR_OF = {"bad": RED, "unsure": YELLOW, "good": GREEN}


def check_lines(check: CheckResult, demands: str = "shipway.yaml") -> list[str]:
    """Column, rule, what was found, the line that demands it, offending rows."""
    place = f"{check.dataset}.{check.column}" if check.column else check.dataset
    line = f" ({demands}:{check.line})" if check.line else ""
    warns = "warning: " if check.on_fail == "warn" else ""
    head = f"  {warns}{place}: {told(check)}{line}"
    return [head, *(f"    {row}" for row in examples_told(check))]


def print_report(report: CheckReport) -> None:
    """The whole report, on standard output."""
    groups = grouped(report.checks, report.demands)
    print_coloured([line for part in _parts(report, groups) for line in part])


def _parts(report: CheckReport, groups: CheckGroups) -> Iterable[list[Line]]:
    yield from (_group(groups, group, "✗", RED) for group in groups.failed)
    yield from (_group(groups, group, "!", YELLOW) for group in groups.warned)
    if groups.withheld:
        yield [(groups.withheld, SOFT)]
    yield [(note, YELLOW) for note in report.notes]
    yield [(_verdict(report, groups), COLOUR_OF[groups.tone])]


def _group(groups: CheckGroups, group: Group, mark: str, colour: str) -> list[Line]:
    lines = [(f"{mark} {group.name}", colour)]
    for check in group.checks:
        dataset = f"{check.dataset}: " if groups.several else ""
        place = groups.place(check)
        lines.append((f"    {dataset}{told(check)}" + (f"  ({place})" if place else ""), PLAIN))
        lines += [(f"      {row}", SOFT) for row in examples_told(check)]
    return lines


def _verdict(report: CheckReport, groups: CheckGroups) -> str:
    passed = sum(len(group.checks) for group in groups.passed)
    warned = sum(len(group.checks) for group in groups.warned)
    warnings = f", {warned:,} {'warning' if warned == 1 else 'warnings'}" if warned else ""
    return f"{report.verdict}: {passed:,} of {groups.total:,} checks passed{warnings}"
