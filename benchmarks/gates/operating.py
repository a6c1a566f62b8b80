# SPDX-License-Identifier: Apache-2.0
"""How often gates promote what they should not, and what they should.

    python -m benchmarks.gates.operating [--draws 250] [--rows 200 1000 5000 20000]

no better       the challenger is in truth exactly as good as the champion, so each promotion by
                `metric > champion at 95%` is wrong. `plain` is the comparison of two measured
                values, as MLflow's MetricThreshold (min_absolute_change of 0) and TFMA's change
                thresholds make it
on the bound    the truth is exactly the bound of the gate: one model, a margin below the champion
                (absolute and relative), a slice, a gap between groups. `other side` is how often a
                bound on the other side of the estimate excludes the truth (the gate turned round):
                one less both is the coverage of the two-sided 90 % interval
power           the challenger's area under the ROC curve is in truth better by 0.01 to 0.05

At most 5 % of the first two may pass. `±` is twice the Monte Carlo error, and a line that is above
5 % by more than that is marked. `--draws` is for samples of up to 1,000 rows, larger ones have
fewer; `--only` chooses one table.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from math import sqrt
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np
from benchmarks.gates.models import World, area_of, distance_of, draw
from benchmarks.gates.worlds import (
    Classes,
    Parted,
    Scores,
    Source,
    Values,
    measured,
    truth,
)

from shipway.evaluation.decide import Evidence, decide
from shipway.evaluation.gate_parser import parse_gate

ROWS = (200, 1_000, 5_000, 20_000)
ALIKE = ((0.5, 0.9), (0.1, 0.5), (0.1, 0.9), (0.1, 0.99), (0.01, 0.9))
"""Base rate and correlation of the scores."""

GATES = (
    "roc_auc > champion",
    "accuracy > champion",
    "recall > champion",
    "precision > champion",
    "f1 > champion",
    "average_precision > champion",
    "brier < champion",
)
SCORED = (
    "roc_auc",
    "accuracy",
    "recall",
    "precision",
    "f1",
    "average_precision",
    "brier",
    "log_loss",
)
SMALLER = ("brier", "log_loss", "rmse", "mae")
GAINS = (0.0, 0.01, 0.02, 0.05)
PROMISED = 0.05
CORES = 2
TABLES = ("better", "bound", "power")


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

    @property
    def above(self) -> bool:
        """Whether it is above what is promised by more than the error."""
        return self.share - self.error > PROMISED

    def __str__(self) -> str:
        return f"{self.share:6.1%} ±{self.error:4.1%}"


class Found(NamedTuple):
    """What became of one gate in one world."""

    world: str
    gate: str
    passed: Rate
    inconclusive: Rate
    other: Rate


def no_better(world: World, gates: Sequence[str], draws: int) -> list[Found]:
    """Each of `gates` at 95 % on fresh samples; `other` counts the plain comparison."""
    source = np.random.default_rng([world.rows, crc32(repr(world).encode())])
    asked = [parse_gate(f"{gate} at 95%") for gate in gates]
    seen: Counter[tuple[str, str]] = Counter()
    for number in range(draws):
        challenger, champion = draw(world, source)
        evidence = Evidence("binary", challenger, champion, ever_live=True, seed=number)
        for gate in asked:
            found = decide(gate, evidence)[0]
            seen[gate.text, found.verdict] += 1
            if found.effect is not None:
                seen[gate.text, "plain"] += found.effect > 0
    return [
        Found(
            world.named(),
            gate.text,
            Rate(seen[gate.text, "passed"], draws),
            Rate(seen[gate.text, "inconclusive"], draws),
            Rate(seen[gate.text, "plain"], draws),
        )
        for gate in asked
    ]


def on_the_bound(source: Source, gates: Sequence[str], draws: int) -> list[Found]:
    """Each of `gates` (`{}` stands for its bound) where the truth is that bound."""
    dice = np.random.default_rng([source.rows, crc32(repr(source).encode())])
    texts = [_bounded(source, gate) for gate in gates]
    asked = [(parse_gate(f"{text} at 95%"), gate) for text, gate in zip(texts, gates, strict=True)]
    seen: Counter[tuple[str, str]] = Counter()
    for number in range(draws):
        evidence = source.evidence(dice, source.rows, number)
        for gate, name in asked:
            found = decide(gate, evidence)[0]
            seen[name, found.verdict] += 1
    return [
        Found(
            f"n {source.rows:,}, {source.named()}",
            name.format("truth"),
            Rate(seen[name, "passed"], draws),
            Rate(seen[name, "inconclusive"], draws),
            Rate(seen[name, "failed"], draws),
        )
        for _, name in asked
    ]


def _bounded(source: Source, gate: str) -> str:
    """The gate with the truth in place of its `{}`."""
    subject = gate.split(" ", 1)[0] if "(" not in gate else gate[: gate.index(")") + 1]
    if "(" in subject:
        return gate.format(f"{measured(source, subject):.7f}")
    first, second = truth(source, subject.split("[")[0])
    if "champion" not in gate:
        return gate.format(f"{first:.7f}")
    share = abs(first / second - 1) * 100
    return gate.format(f"{share:.6f}%" if "{}%" in gate else f"{abs(first - second):.7f}").replace(
        "%%", "%"
    )


def one_model(metrics: Iterable[str]) -> list[str]:
    """`metric >= truth`, or `<=` where less is better."""
    return [f"{name} {'<=' if name in SMALLER else '>='} {{}}" for name in metrics]


def margins(metrics: Iterable[str], unit: str = "") -> list[str]:
    """`metric >= champion - truth`, or the other way round where less is better."""
    found = []
    for name in metrics:
        sign = "<= champion +" if name in SMALLER else ">= champion -"
        found.append(f"{name} {sign} {{}}{unit}")
    return found


def bounds(rows: Sequence[int]) -> Iterator[tuple[Source, list[str]]]:
    """The worlds on the bound, and their gates."""
    relative = margins(("accuracy", "recall", "roc_auc", "average_precision"), "%")
    for n in rows:
        for rate in (0.5, 0.1):
            yield Scores(n, rate), one_model(SCORED)
            yield Scores(n, rate, challenger=1.3), margins(SCORED) + relative
            yield (
                Parted(n, rate),
                ["difference(recall, group) <= {}", "ratio(recall, group) >= {}",
                 "recall[group=a] >= champion - {}", "f1[group=a] >= champion - {}"],
            )  # fmt: skip
        yield (
            Scores(n, 0.1, weighted=True),
            one_model(("recall", "f1", "average_precision", "brier")),
        )
        yield Classes(n), one_model(("accuracy", "f1_macro"))
        yield Classes(n, challenger=0.65), margins(("accuracy", "f1_macro"))
        for heavy in (False, True):
            yield Values(n, heavy), one_model(("rmse", "mae", "r2"))
            yield Values(n, heavy, challenger=1.1), margins(("rmse", "mae", "r2"))


def _each(
    work: Callable[[Any, Sequence[str], int], list[Found]],
    asked: Sequence[tuple[Any, Sequence[str]]],
    rows: list[int],
    draws: int,
) -> Iterator[Found]:
    fewer = [max(100, min(draws, draws * 1_000 // n)) for n in rows]
    worlds, gates = zip(*asked, strict=True)
    with ProcessPoolExecutor(CORES) as pool:
        for found in pool.map(work, worlds, gates, fewer):
            yield from found


def _shown(found: Iterable[Found], title: str, other: str) -> int:
    print(f"\n{title}\n{'gate':43}{'world':41}{'passed':15}{'inconclusive':15}{other}")
    above = 0
    for each in found:
        above += each.passed.above
        rates = f"{each.passed!s:15}{each.inconclusive!s:15}{each.other!s:13}"
        mark = "  above 5%" if each.passed.above else ""
        print(f"{each.gate:43}{each.world:41}{rates}{mark}", flush=True)
    return above


def _better(rows: Sequence[int], draws: int) -> int:
    worlds = [World(n, rate, alike) for n in rows for rate, alike in ALIKE]
    asked: list[tuple[World, Sequence[str]]] = [(world, GATES) for world in worlds]
    found = _each(no_better, asked, [world.rows for world in worlds], draws)
    return _shown(found, "No better: both models are equally good", "plain")


def _bound(rows: Sequence[int], draws: int) -> int:
    asked: list[tuple[Source, Sequence[str]]] = list(bounds([n for n in rows if n <= 1_000]))
    found = _each(on_the_bound, asked, [source.rows for source, _ in asked], draws)
    return _shown(found, "On the bound: the truth is what the gate demands", "other side")


def _power(rows: Sequence[int], draws: int) -> int:
    better = [distance_of(area_of(World(0, 0.5).champion) + gain) for gain in GAINS]
    worlds = [World(n, 0.1, challenger=distance) for n in rows for distance in better]
    asked: list[tuple[World, Sequence[str]]] = [(world, GATES[:1] + GATES[-2:]) for world in worlds]
    print("\nPower: how often a better challenger is promoted, base rate 0.1, correlation 0.8")
    print(f"{'gate':36}{'rows':>7}{'gain in roc_auc':>17}  {'passed':15}{'plain'}")
    found = list(_each(no_better, asked, [world.rows for world in worlds], draws))
    for number, each in enumerate(found):
        world = worlds[number // 3]
        gain = area_of(world.challenger) - area_of(world.champion)
        print(f"{each.gate:36}{world.rows:7,}{gain:17.2f}  {each.passed!s:15}{each.other}")
    return 0


def main() -> int:
    """Simulate and print; 1 where a gate passes more often than promised."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--draws", type=int, default=250)
    parser.add_argument("--rows", type=int, nargs="+", default=ROWS)
    parser.add_argument("--only", choices=TABLES)
    given = parser.parse_args()
    tables = {"better": _better, "bound": _bound, "power": _power}
    chosen = [given.only] if given.only else TABLES
    above = sum(tables[name](given.rows, given.draws) for name in chosen)
    print(f"\n{above} gates let through wrongly more than 5 % of all samples")
    return 1 if above else 0


if __name__ == "__main__":
    sys.exit(main())
