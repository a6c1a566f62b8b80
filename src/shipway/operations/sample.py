# SPDX-License-Identifier: Apache-2.0
"""One row that a model can be asked about: the first of its golden predictions."""

from typing import Any

import msgspec

from shipway.engine.wiring import Project
from shipway.storage.trees import tree_files
from shipway_runtime.formats import GOLDEN_FILE


def sample_request(project: Project, digest: str) -> dict[str, Any] | None:
    """The first golden row of the model `digest`; None when it has none."""
    objects = project.store.objects
    for file in tree_files(objects, digest):
        if file.path == GOLDEN_FILE:
            rows = msgspec.json.decode(objects.read(file.digest)).get("rows", [])
            return rows[0] if rows else None
    return None
