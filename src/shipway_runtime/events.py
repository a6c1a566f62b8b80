# SPDX-License-Identifier: Apache-2.0
"""Live metrics from the user's training code to the run that started it.

Outside of a run `log` does nothing, so that a training script stays the same everywhere.
"""

from __future__ import annotations

import os
import threading
from typing import SupportsFloat

from shipway_runtime import formats

_lock = threading.Lock()


def log(step: SupportsFloat | None = None, **metrics: SupportsFloat) -> None:
    """Report metrics of one training step: `log(loss=0.31, auc=0.9, step=4)`.

    Values are anything that `float` takes (numbers of numpy or torch too). Safe for threads.
    """
    descriptor = os.environ.get(formats.EVENTS_VARIABLE, "")
    if not descriptor.isdigit():
        return
    at = None if step is None else float(step)
    events = [formats.MetricEvent(name, float(value), at) for name, value in metrics.items()]
    _write(int(descriptor), b"".join(formats.metric_line(event) for event in events))


def _write(descriptor: int, data: bytes) -> None:
    with _lock:
        try:
            while data:
                data = data[os.write(descriptor, data) :]
        except OSError:
            # The reader is gone. Training goes on: whether it still should is not ours to say.
            return
