# SPDX-License-Identifier: Apache-2.0
"""How often gates promote what they should not, and what they should.

    python -m benchmarks.gates.operating [--draws 2000] [--rows 200 1000 5000 20000]

First table, wrong promotions: the challenger is in truth exactly as good as the champion, so each
promotion by `metric > champion at 95%` is wrong, and there may be at most 5 % of them. Beside it
stands the plain comparison of two measured values, as MLflow's MetricThreshold (min_absolute_change
of 0) and TFMA's change thresholds make it.

Second table, power: the challenger's area under the ROC curve is in truth better by 0.01 to 0.05.

`±` is twice the Monte Carlo error.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from math import sqrt
from typing import NamedTuple

import numpy as np
from benchmarks.gates.models import World, area_of, distance_of, draw

from shipway.evaluation.decide import Evidence, decide
from shipway.evaluation.gate_parser import parse_gate

ROWS = (200, 1_000, 5_000, 20_000)
BASE_RATES = (0.5, 0.1, 0.01)
GATES = (
    "roc_auc > champion",
    "accuracy > champion",
    "recall > champion",
    "precision > champion",
    "f1 > champion",
    "average_precision > champion",
    "brier < champion",
)
GAINS = (0.0, 0.01, 0.02, 0.05)
CORES = 2


class Rate(NamedTuple):
    """The share of `draws` in which something happened."""

    times: int
    draws: int

    @property
    def share(self) -> float:
        """Between 0 and 1."""
        return self.times / self.draws if self.draws else 0.0

    @property
    def error(self) -> float:
        """Twice the Monte Carlo error."""
        return 2 * sqrt(max(self.share * (1 - self.share), 1e-12) / max(self.draws, 1))

    def __str__(self) -> str:
        return f"{self.share:6.1%} ±{self.error:4.1%}"


class Found(NamedTuple):
    """What became of one gate in one world."""

    promoted: Rate
    inconclusive: Rate
    plain: Rate


def simulate(world: World, gate: str, draws: int, seed: int = 0) -> Found:
    """Decide `gate` with and without `at 95%` on `draws` fresh samples."""
    sure, plain = parse_gate(f"{gate} at 95%"), parse_gate(gate)
    source = np.random.default_rng([seed, world.rows, round(world.base_rate * 1000)])
    seen: Counter[str] = Counter()
    naive = 0
    for number in range(draws):
        challenger, champion = draw(world, source)
        evidence = Evidence("binary", challenger, champion, ever_live=True, seed=number)
        seen[decide(sure, evidence)[0].verdict] += 1
        naive += decide(plain, evidence)[0].verdict == "passed"
    return Found(Rate(seen["passed"], draws), Rate(seen["inconclusive"], draws), Rate(naive, draws))


def wrong_promotions(rows: Sequence[int], draws: int) -> Iterator[tuple[World, str, Found]]:
    """Worlds in which both models are equally good."""
    worlds = [World(n, rate) for n in rows for rate in BASE_RATES]
    yield from _all([(world, gate) for world in worlds for gate in GATES], draws)


def power(rows: Sequence[int], draws: int) -> Iterator[tuple[World, str, Found]]:
    """Worlds in which the challenger is better."""
    better = [distance_of(area_of(World(0, 0.5).champion) + gain) for gain in GAINS]
    worlds = [World(n, 0.1, challenger=distance) for n in rows for distance in better]
    yield from _all([(world, GATES[0]) for world in worlds], draws)


def _all(asked: list[tuple[World, str]], draws: int) -> Iterator[tuple[World, str, Found]]:
    fewer = [max(200, min(draws, draws * 1_000 // world.rows)) for world, _ in asked]
    worlds, gates = zip(*asked, strict=True)
    with ProcessPoolExecutor(CORES) as pool:
        results = pool.map(simulate, worlds, gates, fewer)
        yield from ((*one, found) for one, found in zip(asked, results, strict=True))


def main() -> int:
    """Simulate and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--draws", type=int, default=2000, help="samples of 1,000 rows and fewer")
    parser.add_argument("--rows", type=int, nargs="+", default=ROWS)
    arguments = parser.parse_args()
    print("Wrong promotions: both models are equally good")
    print(f"{'gate':30} {'rows':>7} {'base':>5}  {'at 95%':14} {'inconclusive':14} {'plain':14}")
    above = 0
    for world, gate, found in wrong_promotions(arguments.rows, arguments.draws):
        wrong = found.promoted.share - found.promoted.error > 0.05
        above += wrong
        rates = f"{found.promoted!s:14} {found.inconclusive!s:14} {found.plain!s:14}"
        mark = "  above 5%" if wrong else ""
        print(f"{gate:30} {world.rows:7,} {world.base_rate:5g}  {rates}{mark}", flush=True)
    print("\nPower: how often a better challenger is promoted, base rate 0.1")
    print(f"{'rows':>7} {'gain in roc_auc':>16}  {'at 95%':14} {'plain':14}")
    for world, _, found in power(arguments.rows, arguments.draws):
        gain = area_of(world.challenger) - area_of(world.champion)
        print(f"{world.rows:7,} {gain:16.2f}  {found.promoted!s:14} {found.plain!s:14}", flush=True)
    print(f"\n{above} of the gates promote wrongly more often than in 5 % of all samples")
    return 0


if __name__ == "__main__":
    sys.exit(main())
