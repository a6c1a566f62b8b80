# SPDX-License-Identifier: Apache-2.0
"""(placeholder for the process runner; see helper)"""

import msgspec


class Completed(msgspec.Struct, frozen=True):
    """How a process ended: exit code (negative: the signal), seconds, and the last lines it wrote."""

    returncode: int
    seconds: float
    tail: str
    timed_out: bool = False
    cancelled: bool = False
