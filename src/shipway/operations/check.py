# SPDX-License-Identifier: Apache-2.0
"""`shipway check FILE…`: does one table hold what is demanded of it? Needs neither Git nor a run.

The demands come from a file of their own (`spec.checks_file`), or else from `data` of the project's
`shipway.yaml`. Demands that compare two tables (`overlap`, `order`, `seen_in`, `drift`) need the
other one: `against`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from shipway.base import clock
from shipway.base.errors import InputError
from shipway.operations.fetched import Place, naming_urls
from shipway.operations.one_table import Demands, one_table
from shipway.operations.table_files import TableFiles, locate
from shipway.records.data import CheckReport, CheckResult, verdict_of
from shipway.spec.checks_file import CHECKED, read_checks
from shipway.spec.document import Document
from shipway.spec.reader import read

if TYPE_CHECKING:
    from shipway.data.layout import Layout
    from shipway.data.opening import Table
    from shipway.data.own_checks import OwnAnswers

SPEC_NAME = "shipway.yaml"
Found = tuple[tuple[CheckResult, ...], str | None, int]


@naming_urls
def check_files(
    files: Sequence[Place],
    checks: Path | None = None,
    *,
    against: Place | None = None,
    project: Path | None = None,
    dialect: "Layout | None" = None,
) -> CheckReport:
    """Check the table that `files` (paths, globs or URLs) make up together.

    `dialect` says how its text is written, where the spec does not.
    The demands are those in `checks`, or else in the spec of `project`; `against` is the other
    table of those that compare two, or a stored profile for drift. The verdict is part of the
    report, whose `checks` hold values (`data.examples.redacted` takes them out). InputError for a
    file that can't be read, or one that changed while it was, for demands that can't be read or
    lack their other table, and when there are none.
    """
    document = read_checks(checks) if checks is not None else _project(project or Path())
    checked, other = locate(files), locate([against] if against is not None else [])
    demands = one_table(
        document,
        checked=checked.name,
        against=other.name,
        strict=checks is not None,
        profile=other.is_profile,
    )
    before = checked.state() + other.state()
    work = _Work(
        document, demands, checked, other, CHECKED if checks is not None else None, dialect
    )
    results, until, rows = work.run()
    if checked.state() + other.state() != before:
        raise InputError(
            "the file changed while it was read",
            where=checked.name,
            cure="Run again when nothing writes to it.",
        )
    if not results and not demands.notes:
        raise nothing_demanded(document)
    return CheckReport(
        file=checked.name,
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


def nothing_demanded(document: Document) -> InputError:
    """Passing by asking nothing would be no answer."""
    return InputError(
        "nothing is demanded of the table",
        where=document.path.name,
        cure="Say what must hold: columns, rules, rows…",
    )


def _project(folder: Path) -> Document:
    if not (folder / SPEC_NAME).exists():
        raise InputError(
            f"there is no {SPEC_NAME} here that says what to check",
            where=str(folder),
            cure="Name a file of demands: --checks FILE. Or make one for the project: shipway init",
        )
    document = read(folder / SPEC_NAME)
    if document.spec.data is None:
        raise InputError(
            "there is no 'data' that says what to check",
            where=str(folder / SPEC_NAME),
            cure="Add it, or name a file of demands: --checks FILE.",
        )
    return document


@dataclass(frozen=True)
class _Work:
    """What there is to do; `declared` is the table of the spec whose dialect the files have."""

    document: Document
    demands: Demands
    checked: TableFiles
    other: TableFiles
    declared: str | None
    dialect: "Layout | None"

    def run(self) -> Found:
        """All results, until when they hold, and the number of rows."""
        from shipway.data.datasets import count_rows
        from shipway.data.opening import reading
        from shipway.data.validation import check_and_split

        demands = self.demands
        is_table = self.other.files and not self.other.is_profile
        other = self._open(demands.against, self.other) if is_table else None
        tables = demands.tables(self._open(CHECKED, self.checked), other)
        with reading(tables.values()):
            checked = check_and_split(
                tables,
                demands.data,
                line_of=self.document.line_of,
                now=clock.now(),
                target=demands.target,
                own=self._own(tables),
            )
            results = (*checked.checks, *self._drift(tables))
            # Whatever was measured says how many rows there were: no need to count once more.
            rows = max((result.rows for result in checked.checks), default=0)
            rows = rows or count_rows(tables[CHECKED].frame)
        return tuple(demands.named(result) for result in results), checked.valid_until, rows

    def _own(self, tables: Mapping[str, "Table"]) -> "OwnAnswers | None":
        """What the project's own Python says, where it is asked."""
        from shipway.operations.own_checks import ask_project

        of_project = self.declared is None
        return ask_project(self.document, self.demands.data, tables, of_project=of_project)

    def _open(self, name: str, table: TableFiles) -> "Table":
        from shipway.adapters.tables import table_format
        from shipway.data.opening import open_table

        layout = table.layout(self.document, self.declared, self.dialect)
        return open_table(name, table.files, self.demands.data, table_format, layout)

    def _drift(self, tables: Mapping[str, "Table"]) -> tuple[CheckResult, ...]:
        """The table compared with `other`, or with what the demand itself names."""
        data = self.demands.data
        if data.drift is None:
            return ()
        from shipway.adapters.tables import table_format
        from shipway.data.drift_checks import demand_of, drift_checks, open_reference
        from shipway.data.locate import find_files

        name, files = self.other.name, self.other.files
        if not files:
            name, where = data.drift.against, self.document.where("data", "drift", "against")
            files = tuple(find_files(self.document.path.parent, name, where=where))
        demand = demand_of(data, self.demands.target)
        reference = open_reference(files, data, demand, table_format, name=name)
        alone = {CHECKED: tables[CHECKED]}
        return drift_checks(alone, data, demand, reference, self.document.line_of)
