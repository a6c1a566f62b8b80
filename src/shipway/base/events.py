# SPDX-License-Identifier: Apache-2.0
"""What a run tells while it goes: small frozen values, handed to whoever listens.

The journal writes them to `events.jsonl`; the terminal draws them. A listener must be quick and
must not raise.
"""

from collections.abc import Callable
from typing import Any

import msgspec


class Event(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that happened: `kind`, the `stage` it belongs to, and details as plain JSON."""

    kind: str
    at: str
    stage: str = ""
    message: str = ""
    details: dict[str, Any] = {}


Listener = Callable[[Event], None]
