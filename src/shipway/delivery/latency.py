# SPDX-License-Identifier: Apache-2.0
"""How long answers took, in two numbers."""

import math
from collections.abc import Sequence


def percentiles(times: Sequence[float]) -> dict[str, float]:
    """Median and 99th percentile by nearest rank, in milliseconds; nothing without times."""
    if not times:
        return {}
    ordered = sorted(times)
    rank = {name: math.ceil(share * len(ordered)) for name, share in (("p50", 0.5), ("p99", 0.99))}
    return {name: round(ordered[place - 1], 3) for name, place in rank.items()}
