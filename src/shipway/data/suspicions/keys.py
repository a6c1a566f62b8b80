# SPDX-License-Identifier: Apache-2.0
"""Columns that tell rows apart: those that are called so, and those that only count them."""

import re
from collections.abc import Iterator

from shipway.data.suspicions.look import Look
from shipway.data.suspicions.wording import list_line, rows_of
from shipway.records.inference import Suspicion

ID_NAME = re.compile(r"(^|_)(id|uuid|guid|key)$|id$", re.IGNORECASE)


def is_id_name(name: str) -> bool:
    """Whether a column is called like one that names the rows."""
    return ID_NAME.search(name) is not None


def row_counters(look: Look) -> Iterator[Suspicion]:
    """Columns that number the rows, and are not called an id."""
    for column in look.columns:
        if look.is_counter(column) and column.name.strip() and not is_id_name(column.name):
            text = f"numbers the {rows_of(look.rows)} one by one: an index that was saved along?"
            yield Suspicion("row_counter", column.name, text, list_line("ignore", column.name))
