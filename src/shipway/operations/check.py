# SPDX-License-Identifier: Apache-2.0
"""`shipway check FILE`: does one table hold what is demanded of it? Needs neither Git nor a run.

The demands come from a file of their own, or else from `data` of the project's `shipway.yaml`:

    id: transaction_id
    columns:
      amount: {type: float, min: 0}
    rules: [settled_at >= created_at]
    rows: {min: 1000}
"""

from pathlib import Path
from typing import Literal

import msgspec
from msgspec import inspect

from shipway.base import clock
from shipway.base.errors import InputError
from shipway.records.base import Record, Verdict, worst
from shipway.records.data import CheckResult
from shipway.spec.document import Document
from shipway.spec.mistakes import Findings
from shipway.spec.reader import read
from shipway.spec.review import Review
from shipway.spec.review_data import review_data
from shipway.spec.text import compose, load
from shipway.spec.types import ChecksSpec, DataSpec, Spec
from shipway.spec.walker import Walker

SPEC_NAME = "shipway.yaml"
NAME = "all"


class CheckReport(Record, frozen=True, tag="check-report"):
    """What the checks found in one file; `checks` hold offending values, for a terminal.

    `demands` is the name of the file that the lines of the results point into; `notes` tell what
    was demanded but can't be decided from one table. Write only what `redacted` gives.
    """

    file: str
    demands: str
    rows: int
    checks: tuple[CheckResult, ...]
    verdict: Verdict
    valid_until: str | None = None
    notes: tuple[str, ...] = ()
    shows: Literal["values", "keys", "none"] = "keys"
    sensitive: tuple[str, ...] = ()

    def redacted(self) -> "CheckReport":
        """The same, without what may only be shown in a terminal."""
        from shipway.data.examples import redact

        return msgspec.structs.replace(
            self, checks=redact(self.checks, self.shows, self.sensitive), sensitive=()
        )


def check_file(
    file: Path, checks: Path | None = None, *, project: Path | None = None
) -> CheckReport:
    """Check the table in `file` against `checks`, or else against the spec of `project`.

    The verdict is part of the report. InputError for a file that can't be read, or one that
    changed while it was, for demands that can't be read, and when there are none.
    """
    from shipway.data.locate import find_files

    document = read_checks(checks) if checks is not None else _project(project or Path())
    data, notes = _for_one_table(document.spec)
    files = [file] if file.is_file() else find_files(Path(), str(file))
    before = [_state(each) for each in files]
    found, until, rows = _run(files, data, document)
    if [_state(each) for each in files] != before:
        raise InputError(
            "the file changed while it was read",
            where=str(file),
            cure="Run again when nothing writes to it.",
        )
    return CheckReport(
        file=str(file),
        demands=document.path.name,
        rows=rows,
        checks=found,
        verdict=worst([result.verdict for result in found]),
        valid_until=until,
        notes=notes,
        shows=document.spec.report.rows,
        sensitive=tuple(sorted(n for n, column in data.columns.items() if column.sensitive)),
    )


def read_checks(path: Path) -> Document:
    """The demands in `path` as the `data` of an otherwise empty spec.

    SpecError lists all mistakes.
    """
    text = load(path)
    findings = Findings(path.name)
    walker = Walker(findings, text.splitlines())
    values = walker.read(compose(text, findings), inspect.type_info(ChecksSpec), ())
    positions = {("data", *keys): place for keys, place in walker.positions.items()}
    positions["data", NAME] = positions["data",]
    given = values if isinstance(values, dict) else {}
    data = msgspec.convert({**given, NAME: path.name}, DataSpec)
    spec = Spec(shipway=1, project="checks", data=data)
    review_data(Review(spec, positions, findings), tables=False)
    findings.stop()
    return Document(spec, path, text, positions)


def _project(folder: Path) -> Document:
    document = read(folder / SPEC_NAME)
    if document.spec.data is None:
        raise InputError(
            "there is no 'data' that says what to check",
            where=str(folder / SPEC_NAME),
            cure="Add it, or name a file of demands: --checks FILE.",
        )
    return document


def _for_one_table(spec: Spec) -> tuple[DataSpec, tuple[str, ...]]:
    """The demands that one table can meet or break, and what is left out."""
    data = spec.data or DataSpec()
    notes = []
    if data.overlap is not None:
        notes.append("overlap is not checked: it compares two tables, this is one")
    several = data.all is None and data.rows is not None
    if several:
        notes.append("rows is not checked: it counts all tables together, this is one")
    rows = None if several else data.rows
    return msgspec.structs.replace(data, overlap=None, rows=rows), tuple(notes)


def _state(file: Path) -> tuple[int, ...]:
    """What changes when somebody writes to the file."""
    try:
        seen = file.stat()
    except OSError as error:
        raise InputError(f"can't be read: {error.strerror}", where=str(file)) from None
    return seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns


def _run(
    files: list[Path], data: DataSpec, document: Document
) -> tuple[tuple[CheckResult, ...], str | None, int]:
    from shipway.adapters.tables import table_format
    from shipway.data.checks import check_tables
    from shipway.data.datasets import count_rows
    from shipway.data.opening import open_table, reading

    table = open_table(NAME, files, data, table_format)
    with reading([table]):
        found, until = check_tables(
            {NAME: table.stretches},
            data,
            line_of=document.line_of,
            now=clock.now(),
            text=[NAME] if table.is_text else [],
        )
        # Whatever was measured says how many rows there were: no need to count them once more.
        rows = max((result.rows for result in found), default=0)
        return found, until, rows or count_rows(table.frame)
