# SPDX-License-Identifier: Apache-2.0
"""`shipway profile FILE`: what a table looks like, column by column. Needs neither Git nor a run.

A `shipway.yaml` beside it is asked for what it declares of the columns: their types, what counts
as missing, the target, and which columns are `sensitive`; nothing that shows a value of those
is part of the result.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from shipway.base.errors import InputError
from shipway.base.names import did_you_mean
from shipway.operations.fetched import Place, naming_urls
from shipway.operations.table_files import locate
from shipway.records.profile import Profile
from shipway.spec.document import Document
from shipway.spec.reader import read
from shipway.spec.types import DataSpec

if TYPE_CHECKING:
    from shipway.data.layout import Layout

SPEC_NAME = "shipway.yaml"
NAME = "all"


@naming_urls
def profile_file(
    file: Place,
    *,
    target: str | None = None,
    columns: Sequence[str] = (),
    project: Path | None = None,
    dialect: "Layout | None" = None,
) -> Profile:
    """The profile of the table in `file` (a path, a glob or a URL), named by it.

    `dialect` says how its text is written, where the spec does not.
    `columns` are those that are wanted, all if empty. Without a `target` that of the project's spec
    is taken where the table has it. InputError for a file that can't be read, a column that does
    not exist, and mistakes in the spec.
    """
    from shipway.adapters.tables import table_format
    from shipway.data.opening import open_table, reading
    from shipway.data.profile import profile_opened

    document = _document(project or Path())
    spec = document.spec if document else None
    data = (spec.data if spec else None) or DataSpec()
    found = locate([file])
    layout = found.layout(document, dialect=dialect)
    table = open_table(NAME, found.files, data, table_format, layout)
    known = table.frame.collect_schema().names()
    for name in (*columns, *([target] if target is not None else ())):
        if name not in known:
            raise InputError(
                f"there is no column {name!r}", where=str(file), cure=did_you_mean(name, known)
            )
    if target is None and spec is not None and spec.model is not None:
        target = spec.model.target if spec.model.target in known else None
    wanted = [name for name in known if not columns or name in columns or name == target]
    with reading([table]):
        profile = profile_opened(table, name=str(file), target=target, data=data, columns=wanted)
    sensitive = {name for name, column in data.columns.items() if column.sensitive}
    return profile.only(columns or known).without_values(sensitive)


def _document(folder: Path) -> Document | None:
    """The project's spec, if there is one."""
    path = folder / SPEC_NAME
    return read(path) if path.is_file() else None
