# SPDX-License-Identifier: Apache-2.0
"""From open tables and what is demanded of one of them to the results of all checks."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from shipway.base import clock
from shipway.base.errors import InputError
from shipway.operations.one_table import Demands
from shipway.records.data import CheckResult
from shipway.spec.checks_file import CHECKED
from shipway.spec.document import Document

if TYPE_CHECKING:
    from shipway.data.drift import Demand
    from shipway.data.opening import Table
    from shipway.data.references import Reference

Found = tuple[tuple[CheckResult, ...], str | None, int]
"""All results, until when they hold, and the number of rows."""
Refer = Callable[["Demand"], "Reference"]


def decide(
    document: Document,
    demands: Demands,
    tables: Mapping[str, "Table"],
    refer: Refer | None,
    *,
    of_project: bool,
) -> Found:
    """The results of all checks of the table `CHECKED`, with values.

    `refer` gives what drift is measured from, if the user named something; else the demand does.
    `of_project` says that `document` is the spec of a project. InputError for a table that can't be
    read, and where nothing is demanded.
    """
    from shipway.data.datasets import count_rows
    from shipway.data.opening import reading
    from shipway.data.validation import check_and_split
    from shipway.operations.own_checks import ask_project

    with reading(tables.values()):
        checked = check_and_split(
            tables,
            demands.data,
            line_of=document.line_of,
            now=clock.now(),
            target=demands.target,
            own=ask_project(document, demands.data, tables, of_project=of_project),
        )
        results = (*checked.checks, *_drift(document, demands, tables[CHECKED], refer))
        # Whatever was measured says how many rows there were: no need to count once more.
        rows = max((result.rows for result in checked.checks), default=0)
        rows = rows or count_rows(tables[CHECKED].frame)
    if not results and not demands.notes:
        raise InputError(
            "nothing is demanded of the table",
            where=document.path.name,
            cure="Say what must hold: columns, rules, rows…",
        )
    return tuple(demands.named(result) for result in results), checked.valid_until, rows


def _drift(
    document: Document, demands: Demands, table: "Table", refer: Refer | None
) -> tuple[CheckResult, ...]:
    data = demands.data
    if data.drift is None:
        return ()
    from shipway.adapters.tables import table_format
    from shipway.data.drift_checks import demand_of, drift_checks, open_reference
    from shipway.data.locate import find_files

    demand = demand_of(data, demands.target)
    if refer is not None:
        reference = refer(demand)
    else:
        name, where = data.drift.against, document.where("data", "drift", "against")
        files = find_files(document.path.parent, name, where=where)
        reference = open_reference(files, data, demand, table_format, name=name)
    return drift_checks({CHECKED: table}, data, demand, reference, document.line_of)
