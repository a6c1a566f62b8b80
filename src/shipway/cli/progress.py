# SPDX-License-Identifier: Apache-2.0
"""Shows a run while it goes: a live table on a terminal, a line a stage everywhere else.

The table is drawn by rich, which is imported only when a stage really has to run: a run that is
answered from the cache is over before it would have been.
"""

import sys
import time
from typing import Any, TextIO

from shipway.base.events import Event

MARKS = {
    "passed": "✓",
    "failed": "✗",
    "skipped": "–",
    "cancelled": "■",
    "not-run": "·",
    "running": "▸",
}
COLOURS = {"passed": "green", "failed": "red", "cancelled": "yellow", "running": "cyan"}
ANSI = {"green": "32", "red": "31", "yellow": "33", "cyan": "36"}


class Row:
    """What is known of one stage."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.status = ""
        self.began = 0.0
        self.seconds = 0.0
        self.cached = False
        self.found = ""

    def how(self) -> str:
        """`run`, `cached`, or nothing for a stage that did neither."""
        if self.status not in ("passed", "failed"):
            return ""
        return "cached" if self.cached else "run"

    def time(self) -> str:
        """Seconds so far, or in all."""
        if self.status == "running":
            return f"{time.monotonic() - self.began:.1f} s"
        return f"{self.seconds:.2f} s" if self.status in ("passed", "failed", "cancelled") else ""


class Progress:
    """A listener for the events of one run."""

    def __init__(self, stream: TextIO = sys.stderr, *, explain: bool = False) -> None:
        self.stream = stream
        self.explain = explain
        self.on_terminal = stream.isatty()
        self.rows: dict[str, Row] = {}
        self.changes: dict[str, list[str]] = {}
        self.live: Any = None

    def __call__(self, event: Event) -> None:
        """Take one event."""
        handler = getattr(self, "_" + event.kind.replace("-", "_"), None)
        if handler is not None:
            handler(event)

    def close(self) -> None:
        """Leave the table as it is now."""
        if self.live is not None:
            self.live.update(self._table(), refresh=True)
            self.live.stop()
            self.live = None

    def _note(self, event: Event) -> None:
        self._write(event.message)

    def _run_started(self, event: Event) -> None:
        self.rows = {name: Row(name) for name in event.details["stages"]}

    def _stage_changed(self, event: Event) -> None:
        self.changes[event.stage] = event.details["changes"]
        if self.explain:
            for line in event.details["changes"]:
                self._write(f"  {event.stage}: {line}")
            if event.details["code"]:
                self._write(f"  {event.stage}: its code set is {', '.join(event.details['code'])}")

    def _stage_started(self, event: Event) -> None:
        row = self.rows[event.stage]
        row.status, row.began = "running", time.monotonic()
        if self.on_terminal and self.live is None:
            self._go_live()

    def _stage_progress(self, event: Event) -> None:
        self.rows[event.stage].found = event.message

    def _stage_ended(self, event: Event) -> None:
        row = self.rows.get(event.stage)
        if row is None:
            return
        row.status = event.details["status"]
        row.seconds = event.details["seconds"]
        row.cached = event.details["cached"]
        row.found = event.message or event.details["reason"].partition("\n")[0]
        if self.live is None and row.status != "not-run":
            self._write(self._line(row))

    def _line(self, row: Row) -> str:
        width = max(map(len, self.rows), default=10)
        mark = MARKS[row.status]
        colour = ANSI.get(COLOURS.get(row.status, ""))
        if colour and self.on_terminal:
            mark = f"\033[{colour}m{mark}\033[0m"
        return f"{mark} {row.name:<{width}}  {row.time():>9}  {row.how():<6}  {row.found}".rstrip()

    def _write(self, text: str) -> None:
        if self.live is not None:
            self.live.console.print(text, markup=False, highlight=False)
        else:
            self.stream.write(text + "\n")
            self.stream.flush()

    def _go_live(self) -> None:
        from rich.console import Console
        from rich.live import Live

        console = Console(file=self.stream)
        waiting = {name: row for name, row in self.rows.items() if row.status in ("", "running")}
        self.rows = waiting
        self.live = Live(
            console=console, get_renderable=self._table, refresh_per_second=8, transient=False
        )
        self.live.start()

    def _table(self) -> Any:
        from rich.table import Table
        from rich.text import Text

        width = max(map(len, self.rows), default=10)
        table = Table.grid(padding=(0, 2, 0, 0), expand=True)
        table.add_column(width=1)
        table.add_column(no_wrap=True, min_width=width)
        table.add_column(justify="right", no_wrap=True, min_width=8)
        table.add_column(no_wrap=True, min_width=6)
        table.add_column(overflow="ellipsis", no_wrap=True, ratio=1)
        for row in self.rows.values():
            style = COLOURS.get(row.status, "dim")
            table.add_row(
                Text(MARKS.get(row.status, " "), style),
                Text(row.name, "" if row.status else "dim"),
                row.time(),
                row.how(),
                Text(row.found),
            )
        return table
