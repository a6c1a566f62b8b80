# SPDX-License-Identifier: Apache-2.0
"""How far polars reads ahead of those who take its batches: not far.

Its defaults suit a machine that does nothing else. The settings are looked at when a query begins,
hold for the time of reading only, and are not inherited by processes that start later: what the
user's code does with polars is not ours to slow down.
"""

import contextlib
import os
from collections.abc import Iterator

SETTINGS = {"POLARS_CSV_CHUNK_SIZE": "2000000", "POLARS_ROW_GROUP_PREFETCH_SIZE": "1"}


@contextlib.contextmanager
def reading_little_ahead() -> Iterator[None]:
    """Keep what is read but not yet taken small; settings that somebody made already stay."""
    ours = [name for name in SETTINGS if name not in os.environ]
    os.environ.update({name: SETTINGS[name] for name in ours})
    try:
        yield
    finally:
        for name in ours:
            os.environ.pop(name, None)
