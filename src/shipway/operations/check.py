# SPDX-License-Identifier: Apache-2.0
"""`shipway check FILE…`: does one table hold what is demanded of it? Needs neither Git nor a run.

The demands come from a file of their own (`spec.checks_file`), or else from `data` of the project's
`shipway.yaml`. Demands that compare two tables (`overlap`, `order`, `seen_in`, `drift`) need the
other one: `against`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from shipway.base import clock
from shipway.base.errors import InputError
from shipway.operations.deciding import decide
from shipway.operations.fetched import Place, naming_urls
from shipway.operations.one_table import Demands, one_table
from shipway.operations.table_files import TableFiles, locate
from shipway.records.data import CheckReport, verdict_of
from shipway.spec.checks_file import CHECKED, read_checks
from shipway.spec.document import Document
from shipway.spec.reader import read

if TYPE_CHECKING:
    from shipway.data.drift import Demand
    from shipway.data.layout import Layout
    from shipway.data.opening import Table
    from shipway.data.references import Reference

SPEC_NAME = "shipway.yaml"


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
    own = None if checks is None else CHECKED
    tables = _Tables(document, demands, own, dialect)
    before = checked.state() + other.state()
    results, until, rows = decide(
        document,
        demands,
        tables.open(checked, other),
        partial(tables.refer, other) if other.files else None,
        of_project=checks is None,
    )
    if checked.state() + other.state() != before:
        raise InputError(
            "the file changed while it was read",
            where=checked.name,
            cure="Run again when nothing writes to it.",
        )
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
class _Tables:
    """Opens files; `declared` is the table of the spec whose dialect they have, if one is named."""

    document: Document
    demands: Demands
    declared: str | None
    dialect: "Layout | None"

    def open(self, checked: TableFiles, other: TableFiles) -> dict[str, "Table"]:
        """Both tables, by the names that the demands have for them."""
        is_table = other.files and not other.is_profile
        beside = self._open(self.demands.against, other) if is_table else None
        return self.demands.tables(self._open(CHECKED, checked), beside)

    def refer(self, other: TableFiles, demand: "Demand") -> "Reference":
        """The other table, or a profile, as the reference of drift."""
        from shipway.data.drift_checks import look_at
        from shipway.data.opening import reading
        from shipway.data.references import from_profile, from_table, read_profile

        if other.is_profile:
            (file,) = other.files
            return from_profile(other.name, read_profile(file.read_bytes(), str(file)))
        table = self._open(self.demands.against, other)
        with reading([table]):
            looked = look_at(table, self.demands.data)
            return from_table(other.name, looked, cells=demand.cells)

    def _open(self, name: str, table: TableFiles) -> "Table":
        from shipway.adapters.tables import table_format
        from shipway.data.opening import open_table

        layout = table.layout(self.document, self.declared, self.dialect)
        return open_table(name, table.files, self.demands.data, table_format, layout)
