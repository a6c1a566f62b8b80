# SPDX-License-Identifier: Apache-2.0
"""Shows the runs of many projects: of each only the stages that do something, then one table."""

import sys
import threading
from collections.abc import Sequence
from typing import TextIO, cast

from shipway.base.events import Event, Listener
from shipway.cli.ending import failure_lines
from shipway.cli.output import print_lines, print_table
from shipway.cli.progress import Progress
from shipway.operations.run_all import SIGNING, ProjectRun, Watcher

MOST_NAMES = 4


class Shown(Watcher):
    """Writes what happens to `stream`: one project under the other, or line by line when several
    run at a time.
    """

    def __init__(self, stream: TextIO, *, explain: bool, beside: bool) -> None:
        self.stream = stream
        self.explain = explain
        self.beside = beside
        self.lock = threading.Lock()
        self.going: dict[str, _Changes] = {}

    def begin(self, name: str, number: int, count: int) -> Listener:
        """Follow the run of the project; it is named when there is something to show."""
        if self.beside:
            lines = cast(TextIO, _Lines(self.stream, name, self.lock))
            self.going[name] = _Changes(lines, "", explain=self.explain)
        else:
            head = f"{name} ({number} of {count})"
            self.going[name] = _Changes(self.stream, head, explain=self.explain)
        return self.going[name]

    def end(self, run: ProjectRun) -> None:
        """Say why a project stopped."""
        changes = self.going.pop(run.name)
        changes.close()
        lines = _why(run)
        if lines:
            head = f"{run.name}:" if self.beside else changes.take_head()
            self._write([*filter(None, [head]), *lines])
        if lines or (changes.shown and not self.beside):
            self._write([""])

    def _write(self, lines: Sequence[str]) -> None:
        with self.lock:
            self.stream.write("".join(f"{line}\n" for line in lines))
            self.stream.flush()


class _Changes(Progress):
    """The progress of one run, without the stages that were answered from the cache or that every
    commit has; `head` goes before the first line.
    """

    def __init__(self, stream: TextIO, head: str, *, explain: bool) -> None:
        super().__init__(stream, explain=explain)
        self.head = head
        self.shown = False

    def take_head(self) -> str:
        """The head, once; then nothing."""
        head, self.head = self.head, ""
        return head

    def _stage_ended(self, event: Event) -> None:
        quiet = event.details["cached"] or event.details["status"] == "skipped"
        if not quiet and event.stage not in SIGNING:
            super()._stage_ended(event)

    def _write(self, text: str) -> None:
        self._begin()
        super()._write(text)

    def _go_live(self) -> None:
        self._begin()
        super()._go_live()

    def _begin(self) -> None:
        self.shown = True
        head = self.take_head()
        if head:
            super()._write(head)


class _Lines:
    """A stream that is no terminal and puts the name of its project before each line."""

    def __init__(self, stream: TextIO, name: str, lock: threading.Lock) -> None:
        self.stream = stream
        self.name = name
        self.lock = lock

    def isatty(self) -> bool:
        """No live table: lines of several runs come mixed."""
        return False

    def write(self, text: str) -> int:
        """Whole lines, each with the name."""
        lines = text.splitlines()
        with self.lock:
            self.stream.write("".join(f"{self.name}: {line}\n" for line in lines))
        return len(text)

    def flush(self) -> None:
        """Let it be seen."""
        self.stream.flush()


def print_summary(runs: Sequence[ProjectRun]) -> None:
    """The table of all projects, and what to know about those that were not deployed."""
    rows = [(run.name, _did(run), _verdict(run), f"{run.seconds:.1f} s") for run in runs]
    print_table(("PROJECT", "RAN", "VERDICT", "TIME"), rows)
    notes = [
        f"{run.name} was not deployed: {run.result.record.note}"
        for run in runs
        if run.result is not None and run.result.record.note and not run.result.record.exit_code
    ]
    good = sum(run.exit_code == 0 for run in runs)
    unchanged = sum(run.exit_code == 0 and not run.ran for run in runs)
    print_lines(["", *notes, f"{good} of {len(runs)} projects are well, {unchanged} unchanged"])


def _did(run: ProjectRun) -> str:
    if not run.ran:
        return "unchanged" if run.exit_code == 0 else "–"
    names = ", ".join(run.ran[:MOST_NAMES])
    more = len(run.ran) - MOST_NAMES
    return f"{names} and {more} more" if more > 0 else names


def _verdict(run: ProjectRun) -> str:
    if run.result is None or run.exit_code in (0, 4):
        return run.verdict
    failed = [stage.stage for stage in run.result.record.stages if stage.status == "failed"]
    return f"{run.verdict} at {failed[0]}" if failed else run.verdict


def _why(run: ProjectRun) -> list[str]:
    if run.error is not None:
        return [f"error: {line}" if n == 0 else f"  {line}" for n, line in _numbered(run.error)]
    return failure_lines(run.result) if run.result is not None else []


def _numbered(error: Exception) -> list[tuple[int, str]]:
    return list(enumerate(str(error).splitlines()))


def default_stream(as_json: bool) -> TextIO:
    """Where progress goes: standard output is the document's when there is one."""
    return sys.stderr if as_json else sys.stdout
