# SPDX-License-Identifier: Apache-2.0
"""Follows the metrics that a training reports, and says when it should be stopped."""

import math
import re
import threading
from collections.abc import Callable

from shipway.records.training import CurvePoint
from shipway.spec.types import NoProgressSpec, TrainSpec

LINE = re.compile(
    r"(?<![\w.])([A-Za-z_]\w*)=([-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+|nan|inf))(?![\w.])"
)
LOSS = re.compile(r"loss|error|mae|mse|rmse|perplexity|brier", re.IGNORECASE)


class StopSignal(threading.Event):
    """Set when the training must end, by its own metrics or because the run is cancelled."""

    def __init__(self, run: threading.Event) -> None:
        super().__init__()
        self.run = run

    def is_set(self) -> bool:
        """True when either happened."""
        return super().is_set() or self.run.is_set()


class Progress:
    """Curves of one training; `problem` says why it was stopped.

    A metric named like a loss is better when smaller, any other when larger.
    """

    def __init__(self, train: TrainSpec, run: threading.Event, tell: Callable[[str], None]) -> None:
        self.train = train
        self.tell = tell
        self.stop = StopSignal(run)
        self.problem = ""
        self.curves: dict[str, list[CurvePoint]] = {}
        self.lock = threading.Lock()

    def line(self, text: str) -> None:
        """Look for `metric=value` in a line of output; `step=3` in it names the step."""
        found = LINE.findall(text)
        step = next((float(value) for name, value in found if name in ("step", "epoch")), None)
        for name, value in found:
            if name not in ("step", "epoch"):
                self.metric(name, float(value), step)

    def metric(self, name: str, value: float, step: float | None) -> None:
        """One more value of a metric."""
        with self.lock:
            points = self.curves.setdefault(name, [])
            points.append(CurvePoint(float(len(points)) if step is None else step, value))
            self._judge(name, points)
        self.tell(f"{name} {value:.6g}" + (f" at step {step:g}" if step is not None else ""))

    def last(self) -> dict[str, float]:
        """The last value of each metric."""
        return {name: points[-1].value for name, points in self.curves.items()}

    def _judge(self, name: str, points: list[CurvePoint]) -> None:
        for rule in self.train.stop_if:
            if isinstance(rule, NoProgressSpec):
                if rule.metric == name and _stuck(name, points, rule.no_progress):
                    self._end(f"{name} has not improved for {rule.no_progress} reports")
            elif not math.isfinite(points[-1].value):
                self._end(f"{name} became {points[-1].value} at step {points[-1].step:g}")

    def _end(self, problem: str) -> None:
        self.problem = self.problem or problem
        self.stop.set()


def _stuck(name: str, points: list[CurvePoint], patience: int) -> bool:
    if len(points) <= patience:
        return False
    sign = 1.0 if LOSS.search(name) else -1.0
    values = [sign * point.value for point in points]
    return min(values[-patience:]) >= min(values[:-patience])
