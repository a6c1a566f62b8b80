# SPDX-License-Identifier: Apache-2.0
"""What the checks of one table found, as JUnit XML: every check is a test case of its column.

CI systems show such a file beside the results of unit tests. What only warns passes, and says so in
its output: JUnit has no word for it.
"""

import re
from xml.sax.saxutils import escape, quoteattr

from shipway.records.data import CheckReport, CheckResult
from shipway.reports.check_groups import CheckGroups, examples_told, grouped, subject

# XML 1.0 has no way to write these, not even as references.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def checks_junit(report: CheckReport) -> str:
    """The file for a report that may be written as it is."""
    groups = grouped(report.checks, report.demands)
    sections = (groups.failed, groups.warned, groups.passed)
    cases = [check for section in sections for group in section for check in group.checks]
    failures = sum(len(group.checks) for group in groups.failed)
    counts = f'tests="{len(cases)}" failures="{failures}" errors="0" skipped="0"'
    time = f" timestamp={_attribute(report.checked)}" if report.checked else ""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="shipway check" {counts}>',
        f"<testsuite name={_attribute(report.file)} {counts}{time}>",
        *(line for check in cases for line in _case(check, groups)),
        "</testsuite>",
        "</testsuites>",
    ]
    return "\n".join(lines) + "\n"


def _case(check: CheckResult, groups: CheckGroups) -> list[str]:
    name = f"{check.check} {check.expected}".strip()
    if groups.several:
        name = f"{check.dataset}: {name}"
    line = f' file={_attribute(groups.demands)} line="{check.line}"' if check.line else ""
    start = f"<testcase classname={_attribute(subject(check))} name={_attribute(name)}{line}"
    if check.verdict == "passed":
        return [f"{start}/>"]
    told = _text("\n".join(_told(check, groups)))
    if check.on_fail == "warn":
        return [f"{start}>", f"<system-out>warning: {told}</system-out>", "</testcase>"]
    kind = f'type="{check.verdict}"'
    failure = f"<failure {kind} message={_attribute(check.observed)}>{told}</failure>"
    return [f"{start}>", failure, "</testcase>"]


def _told(check: CheckResult, groups: CheckGroups) -> list[str]:
    """Everything that is known of a check that did not pass, line by line."""
    lines = [f"observed: {check.observed}"]
    lines += [f"expected: {check.expected}"] if check.expected else []
    lines += [check.detail] if check.detail else []
    lines += examples_told(check)
    place = groups.place(check)
    return [*lines, f"demanded in {place}"] if place else lines


def _printable(text: str) -> str:
    return _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)


def _text(text: str) -> str:
    return escape(_printable(text))


def _attribute(text: str) -> str:
    return quoteattr(_printable(text))
