# SPDX-License-Identifier: Apache-2.0
"""`shipway drift REFERENCE CURRENT`: has a table moved from another, or from a stored profile?

Needs neither Git nor a run. A `shipway.yaml` beside it is asked for what it declares of the
columns: types, what counts as missing, id and time, and which are `sensitive`.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from shipway.base.errors import InputError
from shipway.records.drift import DriftReport
from shipway.spec.reader import read
from shipway.spec.types import DataSpec, Spec

SPEC_NAME = "shipway.yaml"
Method = Literal["psi", "js", "ks", "chi2", "auto"]


def compare_files(
    reference: Path,
    current: Path,
    *,
    method: Method = "psi",
    at_most: float = 0.2,
    significance: float = 0.05,
    columns: Sequence[str] = (),
    project: Path | None = None,
) -> DriftReport:
    """The table in `current` against the table or the stored profile (JSON) in `reference`.

    Both may be globs. InputError for a file that can't be read, for limits that are none, and for
    mistakes in the spec.
    """
    from shipway.adapters.tables import table_format
    from shipway.data.drift import Demand, compare
    from shipway.data.drift_checks import look_at, open_reference, set_aside
    from shipway.data.layout import layout_of
    from shipway.data.opening import open_table, reading

    _check_limits(at_most, significance)
    spec = _spec(project or Path())
    data = (spec.data if spec else None) or DataSpec()
    demand = Demand(
        method=method,
        at_most=at_most,
        significance=significance,
        columns=tuple(columns),
        without=set_aside(data),
        target=spec.model.target if spec is not None and spec.model is not None else None,
    )
    known = open_reference(_files(reference), data, demand, table_format, name=str(reference))
    files = _files(current)
    layout = layout_of(str(current), map(str, files))
    table = open_table("current", files, data, table_format, layout)
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


def _files(path: Path) -> list[Path]:
    from shipway.data.locate import find_files

    return [path] if path.is_file() else find_files(Path(), str(path))


def _spec(folder: Path) -> Spec | None:
    """The project's, if there is one."""
    path = folder / SPEC_NAME
    return read(path).spec if path.is_file() else None
