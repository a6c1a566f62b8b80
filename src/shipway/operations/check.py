# SPDX-License-Identifier: Apache-2.0
"""`shipway check FILE…`: does one table hold what is demanded of it? Needs neither Git nor a run.

The demands come from a file of their own (`spec.checks_file`), or else from `data` of the project's
`shipway.yaml`. Demands that compare two tables (`overlap`, `order`, `seen_in`, `drift`) need the
other one: `against`.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from shipway.base import clock
from shipway.base.errors import InputError
from shipway.operations.one_table import Demands, one_table
from shipway.records.data import CheckReport, CheckResult, verdict_of
from shipway.spec.checks_file import AGAINST, CHECKED, read_checks
from shipway.spec.document import Document
from shipway.spec.reader import read

if TYPE_CHECKING:
    from shipway.data.opening import Table

SPEC_NAME = "shipway.yaml"
PROFILE = ".json"
FEW = 3


def check_files(
    files: Sequence[Path],
    checks: Path | None = None,
    *,
    against: Path | None = None,
    project: Path | None = None,
) -> CheckReport:
    """Check the table that `files` (paths or globs) make up together.

    The demands are those in `checks`, or else in the spec of `project`; `against` is the other
    table of those that compare two, or a stored profile for drift. The verdict is part of the
    report, whose `checks` hold values (`data.examples.redacted` takes them out). InputError for a
    file that can't be read, or one that changed while it was, for demands that can't be read or
    lack their other table, and when there are none.
    """
    document = read_checks(checks) if checks is not None else _project(project or Path())
    found = _Files(_located(files), _located([against] if against is not None else []))
    demands = one_table(
        document,
        checked=_label(files, found.checked),
        against=_label([against], found.against) if against is not None else "",
        strict=checks is not None,
    )
    before = found.state()
    results, until, rows = _run(found, demands, document)
    if found.state() != before:
        raise InputError(
            "the file changed while it was read",
            where=demands.checked,
            cure="Run again when nothing writes to it.",
        )
    if not results and not demands.notes:
        raise InputError(
            "nothing is demanded of the table",
            where=document.path.name,
            cure="Say what must hold: columns, rules, rows…",
        )
    return CheckReport(
        file=demands.checked,
        demands=document.path.name,
        rows=rows,
        checks=results,
        verdict=verdict_of(results),
        valid_until=until,
        notes=demands.notes,
        shows=document.spec.report.rows,
        sensitive=demands.sensitive,
        checked=clock.stamp(),
    )


class _Files:
    """The files of the table under check, and of the one that it is compared with."""

    def __init__(self, checked: Sequence[Path], against: Sequence[Path]) -> None:
        self.checked = checked
        self.against = against

    def state(self) -> list[tuple[int, ...]]:
        """What changes when somebody writes to one of them."""
        return [_state(file) for file in (*self.checked, *self.against)]


def _project(folder: Path) -> Document:
    document = read(folder / SPEC_NAME)
    if document.spec.data is None:
        raise InputError(
            "there is no 'data' that says what to check",
            where=str(folder / SPEC_NAME),
            cure="Add it, or name a file of demands: --checks FILE.",
        )
    return document


def _located(names: Sequence[Path]) -> list[Path]:
    """The files of those names, each once, in the order given."""
    from shipway.data.locate import find_files

    found = (
        file
        for name in names
        for file in ([name] if name.is_file() else find_files(Path(), str(name)))
    )
    return list(dict.fromkeys(found))


def _label(names: Sequence[Path | None], files: Sequence[Path]) -> str:
    """How the table is called: by its files, or by the glob that names them."""
    if len(names) == 1:
        return str(names[0])
    shown = ", ".join(str(file) for file in files[:FEW])
    return f"{shown} and {len(files) - FEW} more" if len(files) > FEW else shown


def _state(file: Path) -> tuple[int, ...]:
    try:
        seen = file.stat()
    except OSError as error:
        raise InputError(f"can't be read: {error.strerror}", where=str(file)) from None
    return seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns


def _run(
    files: _Files, demands: Demands, document: Document
) -> tuple[tuple[CheckResult, ...], str | None, int]:
    """All results, until when they hold, and the number of rows."""
    from shipway.adapters.tables import table_format
    from shipway.data.datasets import count_rows
    from shipway.data.opening import open_table, reading
    from shipway.data.validation import check_and_split

    data = demands.data
    tables = {CHECKED: open_table(CHECKED, files.checked, data, table_format)}
    if files.against and not _is_profile(files.against):
        tables[AGAINST] = open_table(AGAINST, files.against, data, table_format)
    with reading(tables.values()):
        checked = check_and_split(
            tables, data, line_of=document.line_of, now=clock.now(), target=demands.target
        )
        results = (*checked.checks, *_drift(files, demands, document, tables))
        # Whatever was measured says how many rows there were: no need to count them once more.
        rows = max((result.rows for result in checked.checks), default=0)
        rows = rows or count_rows(tables[CHECKED].frame)
    return tuple(demands.named(result) for result in results), checked.valid_until, rows


def _is_profile(files: Sequence[Path]) -> bool:
    return len(files) == 1 and files[0].suffix == PROFILE


def _drift(
    files: _Files, demands: Demands, document: Document, tables: Mapping[str, "Table"]
) -> tuple[CheckResult, ...]:
    """The table compared with `against`, or with what the demand itself names."""
    if demands.data.drift is None:
        return ()
    from shipway.adapters.tables import table_format
    from shipway.data.drift_checks import demand_of, drift_checks, open_reference
    from shipway.data.locate import find_files

    name = demands.against
    reference = files.against
    if not reference:
        name = demands.data.drift.against
        where = document.where("data", "drift", "against")
        reference = find_files(document.path.parent, name, where=where)
    demand = demand_of(demands.data, demands.target)
    opened = open_reference(reference, demands.data, demand, table_format, name=name)
    alone = {CHECKED: tables[CHECKED]}
    return drift_checks(alone, demands.data, demand, opened, document.line_of)
