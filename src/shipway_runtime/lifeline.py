# SPDX-License-Identifier: Apache-2.0
"""End with the process that started us, however it ends.

The starter keeps the writing end of a pipe open and never writes. When it dies, even by SIGKILL,
the kernel closes the pipe, and whoever waits on the reading end ends too, with its process group.
"""

from __future__ import annotations

import os
import signal
import threading


def follow(descriptor: int) -> None:
    """From a thread of its own, end this process group when `descriptor` reaches its end."""
    threading.Thread(target=_wait, args=(descriptor,), name="lifeline", daemon=True).start()


def _wait(descriptor: int) -> None:
    try:
        while os.read(descriptor, 64):
            pass
    except OSError:
        pass
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(137)
