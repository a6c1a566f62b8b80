# SPDX-License-Identifier: Apache-2.0
"""How often a developer gets a model through that is no better, with a budget and without.

    python -m benchmarks.gates.budget [--uses 16] [--rows 1000] [--times 4000]

The truth of every row is a coin, so that the true accuracy of any model is 0.5, and the gate that
lets one through is `accuracy > 0.5 at 95%`: whatever passes is no better than demanded. Three
developers try, in as many rounds as the budget has uses:

`schedule`      brings a new model each time and never looks at an answer
`until passed`  brings a new model until one passes
`by answers`    asks of random models whether `accuracy >= t at 95%`, with t such that the answer is
                a coin's; takes those that did and the opposite of those that did not, and has the
                majority of all be the last model

The last is the attack of M. Hardt and J. Ullman, "Preventing false discovery in interactive data
analysis is hard" (2014), with one bit a round. Gates, account and levels are those of a run. A
budget promises at most 5 % to the developers that its adaptivity is meant for; the others stand
here to show why it says so. `±` is the standard error of the simulation.
"""

import argparse
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from math import sqrt
from typing import Any, NamedTuple

import numpy as np

from shipway.evaluation.budget import Spent, fold, level, price
from shipway.evaluation.decide import decide
from shipway.evaluation.evidence import Evidence
from shipway.evaluation.gate_parser import parse_gate
from shipway.evaluation.gates import Gate
from shipway.evaluation.predictions import Predictions
from shipway.records.budget import AnswerRecord, UseRecord
from shipway.spec.evaluation import BudgetSpec
from shipway.stats.proportions import wilson

DELTA = 0.05
CORES = 2
BETTER = parse_gate("accuracy > 0.5 at 95%")
Votes = np.ndarray[Any, np.dtype[np.int64]]


class Case(NamedTuple):
    """One line of the table; `promised` is None where this developer is promised nothing."""

    developer: str
    adaptivity: str
    promised: float | None


CASES = (
    Case("schedule", "no budget", None),
    Case("schedule", "none", DELTA),
    Case("until passed", "no budget", None),
    Case("until passed", "firstChange", DELTA),
    Case("by answers", "no budget", None),
    Case("by answers", "none", None),
    Case("by answers", "firstChange", DELTA),
    Case("by answers", "full", DELTA),
)


class TestBench:
    """One test set, its account, and whether a model got through that is no better."""

    __test__ = False

    def __init__(self, rows: int, budget: BudgetSpec | None, seed: list[int]) -> None:
        self.dice = np.random.default_rng(seed)
        self.truth = self.dice.integers(0, 2, rows)
        self.budget = budget
        self.entries: list[tuple[int, UseRecord | AnswerRecord]] = []
        self.fooled = False

    def new_votes(self) -> Votes:
        """What a new model says of the rows."""
        return self.dice.integers(0, 2, len(self.truth))

    def ask(self, votes: Votes, *, probe: bool = False) -> bool | None:
        """Whether the model passes; None when the test set gives no more answers.

        The gate is the one that lets a model through, or (`probe`) one to learn from.
        """
        cost = price([fold("bench", self.entries)], self.budget)
        if isinstance(cost, Spent):
            return None
        at = partial(level, divisor=cost.divisor)
        gate = self._probe(at(1 - DELTA)) if probe else BETTER
        said = Predictions(self.truth, label=votes, classes=("0", "1"))
        evidence = Evidence(task="binary", challenger=said)
        passed = decide(gate, evidence, level=at)[0].verdict == "passed"
        self.fooled = self.fooled or (passed and not probe)
        self._enter(cost.number, cost.divisor, cost.answers, passed=passed)
        return passed

    def _probe(self, confidence: float) -> Gate:
        """The gate that every other model passes: each is right on one half of the rows."""
        rows = len(self.truth)
        reached = wilson(rows // 2, rows, confidence, sides=1).low
        return parse_gate(f"accuracy >= {reached - 1e-9:.9f} at 95%")

    def _enter(self, number: int, divisor: int, answers: int, *, passed: bool) -> None:
        uses, adaptivity = (
            (self.budget.uses, self.budget.adaptivity) if self.budget else (0, "none")
        )
        place = len(self.entries) + 1
        said = UseRecord(
            f"model {number}", "gates", number=number, uses=uses, adaptivity=adaptivity,
            divisor=divisor, answers=answers, told=False,
        )  # fmt: skip
        answer = AnswerRecord(place, "passed" if passed else "failed")
        self.entries += [(place, said), (place + 1, answer)]


def schedule(bench: TestBench, rounds: int) -> None:
    """A new model each time."""
    for _ in range(rounds):
        bench.ask(bench.new_votes())


def until_passed(bench: TestBench, rounds: int) -> None:
    """A new model until one passes."""
    for _ in range(rounds):
        if bench.ask(bench.new_votes()):
            return


def by_answers(bench: TestBench, rounds: int) -> None:
    """Probes all rounds but the last, then the majority of what they told."""
    total = np.zeros(len(bench.truth))
    for _ in range(rounds - 1):
        votes = bench.new_votes()
        passed = bench.ask(votes, probe=True)
        if passed is not None:
            total += np.where(votes == 1, 1, -1) * (1 if passed else -1)
    tie = bench.new_votes()
    bench.ask(np.where(total == 0, tie, (total > 0).astype(np.int64)))


DEVELOPERS = {"schedule": schedule, "until passed": until_passed, "by answers": by_answers}


def fooled_share(case: Case, uses: int, rows: int, times: int) -> float:
    """How often the developer of `case` got a model through."""
    budget = None if case.adaptivity == "no budget" else BudgetSpec(uses, case.adaptivity)  # type: ignore[arg-type]
    found = 0
    for number in range(times):
        bench = TestBench(rows, budget, [number, uses, rows])
        DEVELOPERS[case.developer](bench, uses)
        found += bench.fooled
    return found / times


def lines(uses: int, rows: int, times: int) -> Iterator[tuple[Case, float, float]]:
    """Each case with what was measured, and the error of that."""
    with ProcessPoolExecutor(CORES) as pool:
        shares = pool.map(partial(fooled_share, uses=uses, rows=rows, times=times), CASES)
        for case, share in zip(CASES, shares, strict=True):
            yield case, share, sqrt(max(share * (1 - share), 1 / times) / times)


def main() -> int:
    """Print the table; 1 when a promise was broken by more than three errors."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--uses", type=int, default=16)
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--times", type=int, default=4000)
    given = parser.parse_args()
    print(f"{given.uses} rounds on {given.rows:,} rows, {given.times:,} times")
    print(f"{'developer':14}{'budget':14}{'promised':>10}{'measured':>10}{'±':>8}")
    broken = False
    for case, share, error in lines(given.uses, given.rows, given.times):
        promised = "–" if case.promised is None else f"{case.promised:.1%}"
        kept = case.promised is None or share <= case.promised + 3 * error
        broken = broken or not kept
        mark = "" if kept else "  broken"
        print(
            f"{case.developer:14}{case.adaptivity:14}{promised:>10}{share:>10.1%}{error:>8.1%}{mark}",
            flush=True,
        )
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
