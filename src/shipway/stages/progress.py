# SPDX-License-Identifier: Apache-2.0
"""Follows the metrics that a training reports, and says when it should be stopped.

However much a training reports, its curves stay small: at 2,000 points every second one goes.
"""

import math
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from shipway.evaluation.directions import better_way
from shipway.records.training import CurvePoint
from shipway.spec.types import NoProgressSpec, TrainSpec
from shipway.stages.printed import Printed

LINE = re.compile(
    r"(?<![\w.])([A-Za-z_]\w*)=([-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+|nan|inf))(?![\w.])"
)
STEPS = ("step", "epoch")
MOST_POINTS = 2000
TOLD = 200


class StopSignal(threading.Event):
    """Set when the training must end, by its own metrics or because the run is cancelled."""

    def __init__(self, run: threading.Event) -> None:
        super().__init__()
        self.run = run

    def is_set(self) -> bool:
        """True when either happened."""
        return super().is_set() or self.run.is_set()


@dataclass
class Curve:
    """The reports of one metric: some of the points, the last one, and how it is getting on."""

    higher: bool
    points: list[CurvePoint] = field(default_factory=list)
    last: CurvePoint | None = None
    count: int = 0
    every: int = 1
    best: float = math.nan
    since_best: int = 0

    def add(self, value: float, step: float | None) -> CurvePoint:
        """Take the next report."""
        point = CurvePoint(float(self.count) if step is None else step, value)
        if self.count % self.every == 0:
            self.points.append(point)
        if len(self.points) >= MOST_POINTS:
            self.points, self.every = self.points[::2], self.every * 2
        self.last, self.count = point, self.count + 1
        improved = value > self.best if self.higher else value < self.best
        if improved or math.isnan(self.best):
            self.best, self.since_best = value, 0
        else:
            self.since_best += 1
        return point

    def kept(self) -> tuple[CurvePoint, ...]:
        """The points that are kept, the last one among them."""
        if self.last is None or self.last is self.points[-1]:
            return tuple(self.points)
        return (*self.points, self.last)


class Progress:
    """Curves of one training; `problem` says why it was stopped.

    `printed` are the patterns by which metrics are found in lines, besides `name=value`.
    """

    def __init__(
        self,
        train: TrainSpec,
        run: threading.Event,
        tell: Callable[[str], None],
        printed: Printed | None = None,
    ) -> None:
        self.train = train
        self.better = train.metrics.better if train.metrics is not None else {}
        self.printed = printed or Printed(())
        self.tell = tell
        self.stop = StopSignal(run)
        self.problem = ""
        self.followed: dict[str, Curve] = {}
        self.lock = threading.Lock()

    @property
    def curves(self) -> Mapping[str, tuple[CurvePoint, ...]]:
        """The points of each metric."""
        return {name: curve.kept() for name, curve in self.followed.items()}

    def line(self, text: str) -> None:
        """Look for metrics in a line of output; `step=3` in it names the step."""
        found = {name: float(value) for name, value in LINE.findall(text)}
        found |= self.printed.line(text)
        step = next((value for name, value in found.items() if name in STEPS), None)
        for name, value in found.items():
            if name not in STEPS:
                self.metric(name, value, step)

    def metric(self, name: str, value: float, step: float | None) -> None:
        """One more value of a metric."""
        with self.lock:
            curve = self.followed.get(name)
            if curve is None:
                way = better_way(name, self.better)
                curve = self.followed[name] = Curve(way != "lower")
            point = curve.add(value, step)
            self._judge(name, curve, point)
        if curve.count <= TOLD or curve.count % TOLD == 0:
            self.tell(f"{name} {value:.6g}" + (f" at step {step:g}" if step is not None else ""))

    def last(self) -> dict[str, float]:
        """The last value of each metric."""
        return {n: curve.last.value for n, curve in self.followed.items() if curve.last}

    def _judge(self, name: str, curve: Curve, point: CurvePoint) -> None:
        for rule in self.train.stop_if:
            if isinstance(rule, NoProgressSpec):
                if rule.metric == name and curve.since_best >= rule.no_progress:
                    self._end(f"{name} has not improved for {rule.no_progress} reports")
            elif not math.isfinite(point.value):
                self._end(f"{name} became {point.value} at step {point.step:g}")

    def _end(self, problem: str) -> None:
        self.problem = self.problem or problem
        self.stop.set()
