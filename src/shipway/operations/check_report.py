# SPDX-License-Identifier: Apache-2.0
"""What `shipway.check` gives back: the results, and their written forms.

Notebooks are saved with what they show, so `repr` is held to the same rules as a file: values of
offending rows only with `report: {rows: values}`, those of `sensitive` columns never.
"""

from pathlib import Path

import msgspec

from shipway.base.errors import StoppedError
from shipway.records.base import Verdict
from shipway.records.data import CheckReport, CheckResult
from shipway.reports.check_groups import CheckGroups, examples_told, grouped, told

LONGEST = 40


class Report:
    """The results of all checks of one table, and whether they let it pass."""

    def __init__(self, found: CheckReport) -> None:
        from shipway.data.examples import redacted

        self._found = redacted(found)
        # What a program does with values of its own table is its own business, but for those
        # that it calls sensitive.
        self._checks = redacted(msgspec.structs.replace(found, shows="values")).checks

    @property
    def verdict(self) -> Verdict:
        """`passed`, `failed` or `inconclusive`; checks that only warn do not count."""
        return self._found.verdict

    @property
    def checks(self) -> tuple[CheckResult, ...]:
        """The result of each check, with values of offending rows of columns not `sensitive`."""
        return self._checks

    @property
    def failed(self) -> tuple[CheckResult, ...]:
        """The checks that keep the table from passing."""
        return tuple(c for c in self._checks if c.verdict != "passed" and c.on_fail == "stop")

    @property
    def warnings(self) -> tuple[CheckResult, ...]:
        """The checks that did not pass and only warn."""
        return tuple(c for c in self._checks if c.verdict != "passed" and c.on_fail == "warn")

    @property
    def rows(self) -> int:
        """How many rows the table has."""
        return self._found.rows

    def raise_if_failed(self) -> None:
        """Raise StoppedError, which names the checks that did not pass, unless all did."""
        if self.verdict != "passed":
            raise StoppedError(repr(self))

    def to_html(self, path: str | Path | None = None) -> str:
        """A page that needs nothing else; also written to `path`."""
        from shipway import __version__
        from shipway.reports.checks_page import render_checks

        return _written(render_checks(self._found, __version__), path)

    def to_markdown(self, path: str | Path | None = None) -> str:
        """A summary for a pull request; also written to `path`."""
        from shipway.reports.checks_markdown import checks_markdown

        return _written(checks_markdown(self._found), path)

    def to_junit(self, path: str | Path | None = None) -> str:
        """JUnit XML for a CI system; also written to `path`."""
        from shipway.reports.checks_junit import checks_junit

        return _written(checks_junit(self._found), path)

    def to_json(self, path: str | Path | None = None) -> str:
        """The document that `shipway check --json` prints; also written to `path`."""
        text = msgspec.json.format(msgspec.json.encode(self._found), indent=2)
        return _written(text.decode() + "\n", path)

    def __repr__(self) -> str:
        groups = grouped(self._found.checks, self._found.demands)
        lines = [f"{self.verdict}: {groups.headline} ({self._found.file}, {self.rows:,} rows)"]
        found = _lines(groups)
        lines += found[:LONGEST]
        if len(found) > LONGEST:
            lines.append(f"… {len(found) - LONGEST} more lines: see to_html()")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        from shipway.reports.checks_page import render_fragment

        return render_fragment(self._found)


def _lines(groups: CheckGroups) -> list[str]:
    """What did not pass, column by column."""
    lines = []
    for mark, section in (("✗", groups.failed), ("!", groups.warned)):
        for group in section:
            lines.append(f"{mark} {group.name}")
            for check in group.checks:
                lines.append(f"    {told(check)}")
                lines += [f"      {row}" for row in examples_told(check)]
    return lines


def _written(text: str, path: str | Path | None) -> str:
    if path is not None:
        Path(path).write_text(text, encoding="utf-8")
    return text
