# SPDX-License-Identifier: Apache-2.0
"""Counters and latency histograms, and their text for Prometheus; standard library only.

latency = Histogram()
latency.observe(0.004)
latency.quantile(0.99)      # seconds
"""

from __future__ import annotations

from bisect import bisect_left
from typing import Iterable, List, Mapping, Sequence, Tuple

PROMETHEUS_BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
FINE_BOUNDS = tuple(0.0001 * 1.08**step for step in range(180))
"""From 0.1 ms to 96 s in steps of 8 %: a quantile is off by 4 % at the most."""


class Histogram:
    """How often a value in seconds fell below each of `bounds` (ascending)."""

    def __init__(self, bounds: Sequence[float] = FINE_BOUNDS) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.total = 0
        self.sum = 0.0

    def observe(self, seconds: float) -> None:
        """Count one value."""
        self.counts[bisect_left(self.bounds, seconds)] += 1
        self.total += 1
        self.sum += seconds

    def quantile(self, share: float) -> float:
        """The value in seconds that `share` of the values don't exceed; 0 when there are none.

        Within a bucket the values count as evenly spread.
        """
        wanted = share * self.total
        seen = 0
        for index, count in enumerate(self.counts):
            if count and seen + count >= wanted:
                low = self.bounds[index - 1] if index else 0.0
                high = self.bounds[min(index, len(self.bounds) - 1)]
                return low + (high - low) * max(wanted - seen, 0.0) / count
            seen += count
        return 0.0

    def lines(self, name: str, labels: Mapping[str, str]) -> List[str]:
        """The samples `name_bucket`, `name_sum` and `name_count` of Prometheus' text format."""
        lines, seen = [], 0
        for bound, count in zip(self.bounds, self.counts):  # noqa: B905
            seen += count
            lines.append(sample(f"{name}_bucket", {**labels, "le": f"{bound:g}"}, seen))
        lines.append(sample(f"{name}_bucket", {**labels, "le": "+Inf"}, self.total))
        lines.append(sample(f"{name}_sum", labels, self.sum))
        lines.append(sample(f"{name}_count", labels, self.total))
        return lines


def sample(name: str, labels: Mapping[str, str], value: float) -> str:
    """One sample: `name{label="value"} 3`."""
    inner = ",".join(f'{key}="{_escape(str(text))}"' for key, text in labels.items())
    number = str(value) if isinstance(value, int) else repr(float(value))
    return f"{name}{{{inner}}} {number}" if inner else f"{name} {number}"


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def exposition(families: Iterable[Tuple[str, str, str, Iterable[str]]]) -> bytes:
    """The whole text from families of (name, type, help, samples)."""
    lines: List[str] = []
    for name, kind, help_text, samples in families:
        lines += [f"# HELP {name} {help_text}", f"# TYPE {name} {kind}", *samples]
    return ("\n".join(lines) + "\n").encode()


CONTENT_TYPE = b"text/plain; version=0.0.4; charset=utf-8"
