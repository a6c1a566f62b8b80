# SPDX-License-Identifier: Apache-2.0
"""`--markdown FILE`: how a run ended, for a pull request or a job's summary page."""

from collections.abc import Callable
from pathlib import Path

from shipway.base.errors import ShipwayError
from shipway.base.files import disk_errors
from shipway.operations.run import RunResult

# What a comment on a pull request may hold is limited; so is what anybody reads.
LONGEST_ERROR = 4000
# Nobody sees it; by it a job finds its comment of the time before.
MARK = "<!-- shipway -->\n"


def write_markdown(path: Path | None, text: Callable[[], str]) -> None:
    """Write what `text` gives to `path`; nothing without a path."""
    if path is not None:
        with disk_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(MARK + text(), encoding="utf-8")


def run_markdown(result: RunResult) -> str:
    """A run that was begun."""
    from shipway.reports.markdown import run_summary

    stages = result.outcome.stages.values()
    return run_summary(result.record, {s.stage: s.result for s in stages if s.result is not None})


def error_markdown(error: ShipwayError, title: str = "shipway run") -> str:
    """A run that could not even begin."""
    from shipway.reports.markdown import plain

    text = str(error).replace("`" * 3, "'" * 3)[:LONGEST_ERROR]
    return f"### ❌ {plain(title)} could not begin\n\n```text\n{text}\n```\n"
