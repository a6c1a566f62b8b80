# SPDX-License-Identifier: Apache-2.0
"""The data plane: what runs next to the user's code, in training and behind an endpoint.

    import shipway_runtime
    shipway_runtime.log(loss=0.31, step=4)

Only the standard library is imported here, with the syntax of Python 3.9: this package runs in the
project's own environment. It never imports `shipway`.
"""

from shipway_runtime.events import log

__all__ = ["log"]
