# SPDX-License-Identifier: Apache-2.0
"""`shipway stop`: take an endpoint down; the champion stays the champion."""

from collections.abc import Callable
from pathlib import Path

from shipway.operations.delivery import open_place
from shipway.records.delivery import ReleaseEvent


def stop(
    folder: Path, environment: str, reason: str, tell: Callable[[str], None]
) -> ReleaseEvent | None:
    """Stop the endpoint; the event, or None when nothing was live by the log."""
    return open_place(folder, environment, tell).rollout.stop(reason)
