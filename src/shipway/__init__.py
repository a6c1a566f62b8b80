# SPDX-License-Identifier: Apache-2.0
"""Shipway: CI/CD for machine-learning models.

The command line is `shipway`. One thing is for Python programs too:

    report = shipway.check(frame, {"columns": {"amount": {"type": "float", "min": 0}}})

Importing this costs nothing: what does the work is loaded when it is asked for.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"
__all__ = ["Report", "__version__", "check"]

_HOMES = {"check": "shipway.operations.check_frame", "Report": "shipway.operations.check_report"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
