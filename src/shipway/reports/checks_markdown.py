# SPDX-License-Identifier: Apache-2.0
"""What the checks of one table found, in Markdown: for a pull request, a job's summary, a chat."""

from collections.abc import Sequence

from shipway.records.data import CheckReport, CheckResult
from shipway.reports.check_groups import CheckGroups, Group, count, examples_told, grouped
from shipway.reports.markdown import code, plain, table
from shipway.reports.text import plural

# What a comment on a pull request may hold is limited.
MOST = 100
MARKS = {"good": "✅", "bad": "❌", "unsure": "❔"}
HEAD = ("Column", "Check", "Expected", "Observed", "Demanded in")


def checks_markdown(report: CheckReport) -> str:
    """The text for a report that may be written as it is; at most a hundred checks in detail."""
    groups = grouped(report.checks, report.demands)
    lines = [f"### {MARKS[groups.tone]} {plain(report.file)}: {groups.headline}"]
    demands = f", demands of {code(report.demands)}" if report.demands else ""
    lines += ["", f"{plural(report.rows, 'row')}{demands}."]
    lines += _section(groups, groups.failed)
    if groups.warned:
        lines += ["", "**Warnings**", *_section(groups, groups.warned)]
    lines += [""] + [f"- {plain(note)}" for note in report.notes] if report.notes else []
    if groups.passed and (groups.failed or groups.warned):
        lines += ["", f"{plural(count(groups.passed), 'check')} passed."]
    return "\n".join(lines) + "\n"


def _section(groups: CheckGroups, section: Sequence[Group]) -> list[str]:
    """A table, and below it the offending rows."""
    found = [(group, check) for group in section for check in group.checks]
    lines = table(HEAD, [_row(groups, group, check) for group, check in found[:MOST]])
    rows = [line for group, check in found[:MOST] for line in _examples(group, check)]
    if rows:
        lines += ["", "<details><summary>Rows that offend, up to five a check</summary>", ""]
        lines += [*rows, "", *([groups.withheld, ""] if groups.withheld else []), "</details>"]
    return lines + (["", f"And {len(found) - MOST:,} more."] if len(found) > MOST else [])


def _row(groups: CheckGroups, group: Group, check: CheckResult) -> list[str]:
    verdict = " (undecided)" if check.verdict == "inconclusive" else ""
    dataset = f"{plain(check.dataset)}: " if groups.several else ""
    observed = f"{check.observed}; {check.detail}" if check.detail else check.observed
    return [
        f"**{plain(group.name)}**",
        f"{dataset}{plain(check.check)}{verdict}",
        code(check.expected) if check.expected else "",
        plain(observed),
        code(groups.place(check)) if check.line else "",
    ]


def _examples(group: Group, check: CheckResult) -> list[str]:
    if not check.examples:
        return []
    told = "; ".join(code(row) for row in examples_told(check))
    return [f"- **{plain(group.name)}** {plain(check.check)}: {told}"]
