# SPDX-License-Identifier: Apache-2.0
"""`shipway drift REFERENCE CURRENT`: has a table moved from another, or from a stored profile?

Needs neither Git nor a run. A `shipway.yaml` beside it is asked for what it declares of the
columns: types, what counts as missing, id and time, and which are `sensitive`.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from shipway.base.errors import InputError
from shipway.operations.fetched import Place, naming_urls
from shipway.operations.table_files import locate
from shipway.records.drift import DriftReport
from shipway.spec.document import Document
from shipway.spec.reader import read
from shipway.spec.types import DataSpec

if TYPE_CHECKING:
    from shipway.data.layout import Layout

SPEC_NAME = "shipway.yaml"
Method = Literal["psi", "js", "ks", "chi2", "auto"]


@naming_urls
def compare_files(
    reference: Place,
    current: Place,
    *,
    method: Method = "psi",
    at_most: float = 0.2,
    significance: float = 0.05,
    columns: Sequence[str] = (),
    project: Path | None = None,
    dialect: "Layout | None" = None,
) -> DriftReport:
    """The table in `current` against the table or the stored profile (JSON) in `reference`.

    Both may be globs or URLs; `dialect` says how `current` is written, where the spec does not.
    InputError for a file that can't be read, for limits that are none, and for mistakes in the
    spec.
    """
    from shipway.adapters.tables import table_format
    from shipway.data.drift import Demand, compare
    from shipway.data.drift_checks import look_at, open_reference, set_aside
    from shipway.data.opening import open_table, reading

    _check_limits(at_most, significance)
    document = _document(project or Path())
    spec = document.spec if document else None
    data = (spec.data if spec else None) or DataSpec()
    demand = Demand(
        method=method,
        at_most=at_most,
        significance=significance,
        columns=tuple(columns),
        without=set_aside(data),
        target=spec.model.target if spec is not None and spec.model is not None else None,
    )
    known = open_reference(
        locate([reference]).files, data, demand, table_format, name=str(reference)
    )
    found = locate([current])
    layout = found.layout(document, dialect=dialect)
    table = open_table("current", found.files, data, table_format, layout)
    with reading([table]):
        report = compare(known, str(current), look_at(table, data), demand)
    return report.without_values(
        {name for name, column in data.columns.items() if column.sensitive}
    )


def _check_limits(at_most: float, significance: float) -> None:
    if not 0 <= at_most < float("inf"):
        raise InputError(f"found {at_most:g}", where="--at-most", cure="Write a number from 0 up.")
    if not 0 < significance < 1:
        raise InputError(
            f"found {significance:g}", where="--significance", cure="Write a number such as 0.05."
        )


def _document(folder: Path) -> Document | None:
    """The project's spec, if there is one."""
    path = folder / SPEC_NAME
    return read(path) if path.is_file() else None
