# SPDX-License-Identifier: Apache-2.0
"""What the checks of one table found, as one HTML page that needs nothing else.

    Path("checks.html").write_text(render_checks(redacted(report)))

No script, no font, no foreign content; the page of a run shows its checks by the same templates.
"""

import msgspec

from shipway.records.data import CheckReport
from shipway.reports.check_groups import CheckGroups, grouped
from shipway.reports.html import page_environment


class ChecksView(msgspec.Struct, frozen=True):
    """Everything that the template needs; `shipway` is its version."""

    report: CheckReport
    checks: CheckGroups
    columns: int
    why: str = ""
    shipway: str = ""


def render_checks(report: CheckReport, version: str = "") -> str:
    """The page of a report that may be written as it is; `version` is that of Shipway."""
    return page_environment().get_template("checks.html.j2").render(view=_view(report, version))


def render_fragment(report: CheckReport) -> str:
    """The same as a part of another page, such as a notebook's, whose style it leaves alone."""
    template = page_environment().get_template("checks_fragment.html.j2")
    return template.render(view=_view(report, ""))


def _view(report: CheckReport, version: str) -> ChecksView:
    checks = grouped(report.checks, report.demands)
    return ChecksView(
        report=report,
        checks=checks,
        columns=len({check.column for check in report.checks if check.column}),
        why=_why(checks),
        shipway=version,
    )


def _why(checks: CheckGroups) -> str:
    """Which columns are to blame, the first few by name."""
    names = [group.name for group in checks.failed]
    if not names:
        return ""
    rest = f" and {len(names) - 4} more" if len(names) > 4 else ""
    return f"In {', '.join(names[:4])}{rest}"
