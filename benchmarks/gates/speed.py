# SPDX-License-Identifier: Apache-2.0
"""How long a whole evaluation takes: metrics with intervals, slices, champion, gates, drawings.

    python -m benchmarks.gates.speed [--rows 1000000] [--times 3]

Eight metrics of a binary model with 95 % intervals, overall and in 20 slices (two columns of ten
values), each beside the champion's and with the paired difference; twelve gates of all forms. Each
evaluation is made in a process of its own, with numpy loaded and the predictions in memory; reading
them is not counted. The median of several; memory is the peak of the process, predictions included.
"""

import argparse
import multiprocessing
import resource
import statistics
import sys
import time
from typing import NamedTuple

import numpy as np
from benchmarks.gates.models import World, draw

from shipway.evaluation.decide import Evidence
from shipway.evaluation.evaluate import Subject, evaluate
from shipway.evaluation.slices import groups
from shipway.spec.evaluation import EvaluateSpec, GateSpec, SliceSpec

MILLION = 1_000_000
SECONDS = 10.0
MEMORY = 1500.0
METRICS = (
    "roc_auc",
    "average_precision",
    "accuracy",
    "precision",
    "recall",
    "f1",
    "brier",
    "log_loss",
)
GATES = (
    "roc_auc >= 0.8 at 95%",
    "roc_auc >= champion - 0.01 at 95%",
    "average_precision >= champion - 2% at 95%",
    "accuracy >= champion - 1% at 95%",
    "precision >= champion - 0.05 at 95%",
    "f1 >= champion - 0.05 at 95%",
    "recall[country=*] >= 0.6 at 80%",
    "log_loss <= champion + 0.01 at 95%",
    "brier <= 0.2 at 95%",
    "difference(recall, country) <= 0.1 at 95%",
    "ratio(selection_rate, channel) >= 0.8 at 95%",
    "churn <= 0.3 at 95%",
)
VALUES = tuple("abcdefghij")


class Run(NamedTuple):
    """Seconds of one evaluation, the process's peak of memory in MB, and what came out of it."""

    seconds: float
    memory: float
    intervals: int
    verdicts: int


def measure(rows: int) -> Run:
    """One evaluation of made-up predictions."""
    draws = np.random.default_rng(7)
    challenger, champion = draw(World(rows, 0.1, challenger=1.55), draws)
    slices = {
        name: groups(name, VALUES, draws.integers(0, len(VALUES), rows))
        for name in ("country", "channel")
    }
    spec = EvaluateSpec(
        metrics=METRICS,
        slices=tuple(SliceSpec(name) for name in slices),
        gates=tuple(GateSpec(gate) for gate in GATES),
    )
    evidence = Evidence("binary", challenger, champion, slices=slices, ever_live=True)
    subject = Subject("sha256:m", "test", "sha256:t", rows)
    began = time.perf_counter()
    found = evaluate(spec, evidence, subject)
    seconds = time.perf_counter() - began
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    intervals = sum(
        (each.interval is not None)
        + (each.champion_interval is not None)
        + (each.difference is not None)
        for each in found.metrics
    )
    return Run(seconds, memory, intervals, len(found.gates))


def main() -> int:
    """Measure and print; 1 where a million rows are over budget."""
    parser = argparse.ArgumentParser(description="How long a whole evaluation takes.")
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 100_000, MILLION])
    parser.add_argument("--times", type=int, default=3)
    options = parser.parse_args()
    context = multiprocessing.get_context("spawn")
    code = 0
    for rows in options.rows:
        with context.Pool(1, maxtasksperchild=1) as pool:
            runs = [pool.apply(measure, (rows,)) for _ in range(options.times)]
        seconds = statistics.median(run.seconds for run in runs)
        memory = statistics.median(run.memory for run in runs)
        over = rows == MILLION and (seconds > SECONDS or memory > MEMORY)
        print(
            f"{rows:>10,} rows  {seconds:6.2f} s  {memory:6,.0f} MB  "
            f"{runs[0].intervals} intervals, {runs[0].verdicts} verdicts"
            + ("  over budget" if over else ""),
            flush=True,
        )
        code = max(code, int(over))
    return code


if __name__ == "__main__":
    sys.exit(main())
