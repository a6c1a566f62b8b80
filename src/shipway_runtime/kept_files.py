# SPDX-License-Identifier: Apache-2.0
"""The model directory of a command whose files a web application of the project's own reads.

The files stay as they were written. Where they are an estimator that Shipway can ask too, that
stands beside them, so that it can be measured; else the model is what the application makes of it.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Callable, Tuple

from shipway_runtime import assemble, calls, takeover
from shipway_runtime.assemble import Columns
from shipway_runtime.errors import UserError
from shipway_runtime.flavours.model_files import FILES
from shipway_runtime.formats import FILES_FLAVOUR, FinishRequest, ModelInfo
from shipway_runtime.takeover import Taken


def describe(request: FinishRequest) -> Columns:
    """The columns of the training table; none where nothing is installed that reads a table."""
    try:
        return assemble.describe(request)
    except UserError:
        if request.predict:
            raise
        return Columns((), (), "rows")


def keep(
    request: FinishRequest,
    taken: Taken,
    columns: Columns,
    as_estimator: Callable[[], Tuple[ModelInfo, int]],
) -> Tuple[ModelInfo, int]:
    """`model.json` and the number of golden rows; UserError for pickles that are not allowed."""
    takeover.refuse_pickles(taken, assemble.trust_of(request))
    written = assemble.save_files(request, taken.files, taken.entries, columns)
    try:
        return as_estimator()
    except (UserError, calls.RaisedError) as error:
        reason = error.message if isinstance(error, UserError) else str(error.error)
    print(
        f"Shipway itself can't predict with the model ({reason}): the application does", flush=True
    )
    _remove_what_was_begun(Path(request.output))
    plain = written._replace(
        flavour=FILES_FLAVOUR, features=(), classes=(), positive=None, frame="rows"
    )
    return assemble.write_info(Path(request.output), plain), 0


def _remove_what_was_begun(folder: Path) -> None:
    for path in folder.iterdir():
        if path.name == FILES:
            continue
        shutil.rmtree(path) if path.is_dir() else path.unlink()
