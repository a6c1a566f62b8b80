# SPDX-License-Identifier: Apache-2.0
"""Where the truth lies exactly on the bound of a gate: the models, the rows, and that bound.

Every world draws the evidence of a run, champion included. What is true of it is measured once on
very many of its rows.
"""

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np
from benchmarks.gates.models import CLASSES, World, draw

from shipway.evaluation.decide import decide
from shipway.evaluation.evidence import Evidence
from shipway.evaluation.gate_parser import parse_gate
from shipway.evaluation.predictions import Predictions
from shipway.evaluation.slices import groups

if TYPE_CHECKING:
    from numpy.typing import NDArray

MANY = 400_000
TIMES = 5
GROUPS = ("a", "b")


class Source(Protocol):
    """What draws fresh rows: `rows` of them unless told otherwise."""

    @property
    def rows(self) -> int:
        """How many rows a sample has."""

    def __hash__(self) -> int: ...

    def named(self) -> str:
        """What it is, in a few words."""

    def evidence(self, draws: np.random.Generator, rows: int, seed: int = 0) -> Evidence:
        """A sample."""


class Scores(NamedTuple):
    """Two binary models, one as good as `challenger` says and one as `champion` (see `World`)."""

    rows: int
    base_rate: float
    challenger: float = 1.5
    champion: float = 1.5
    weighted: bool = False

    def named(self) -> str:
        """Base rate and weights."""
        return f"base rate {self.base_rate:g}" + (", weighted" if self.weighted else "")

    def evidence(self, draws: np.random.Generator, rows: int, seed: int = 0) -> Evidence:
        """Weights, where there are any, are exponential."""
        world = World(rows, self.base_rate, 0.8, self.champion, self.challenger)
        weight = draws.exponential(size=rows) if self.weighted else None
        first, second = (_weighted(each, weight) for each in draw(world, draws))
        return Evidence("binary", first, second, ever_live=True, seed=seed)


class Values(NamedTuple):
    """Two regression models; errors are normal, or (`heavy`) signed squares of normal numbers."""

    rows: int
    heavy: bool = False
    challenger: float = 1.0
    champion: float = 1.0

    def named(self) -> str:
        """The tails."""
        return "heavy-tailed errors" if self.heavy else "normal errors"

    def evidence(self, draws: np.random.Generator, rows: int, seed: int = 0) -> Evidence:
        """Errors of both models are correlated by 0.8 before they are squared."""
        target, shared = 2 * draws.standard_normal(rows), draws.standard_normal(rows)

        def model(size: float) -> Predictions:
            error = np.sqrt(0.8) * shared + np.sqrt(0.2) * draws.standard_normal(rows)
            error = error * np.abs(error) if self.heavy else error
            return Predictions(target, target + size * error)

        first, second = model(self.challenger), model(self.champion)
        return Evidence("regression", first, second, ever_live=True, seed=seed)


class Classes(NamedTuple):
    """Two models of three classes, one of which has a tenth of the rows; right on 70 % of them."""

    rows: int
    challenger: float = 0.7
    champion: float = 0.7

    def named(self) -> str:
        """The classes."""
        return "three classes, one rare"

    def evidence(self, draws: np.random.Generator, rows: int, seed: int = 0) -> Evidence:
        """Both models are right or wrong on four rows of five together."""
        target = draws.choice(3, rows, p=[0.5, 0.4, 0.1])
        shared, together = draws.random(rows), draws.random(rows) < 0.8

        def model(right: float) -> Predictions:
            chance = np.where(together, shared, draws.random(rows))
            wrong = (target + draws.integers(1, 3, rows)) % 3
            return Predictions(
                target, np.where(chance < right, target, wrong), None, ("x", "y", "z")
            )

        first, second = model(self.challenger), model(self.champion)
        return Evidence("multiclass", first, second, ever_live=True, seed=seed)


class Parted(NamedTuple):
    """Rows of two groups of equal size, the model better in one where `apart` says so."""

    rows: int
    base_rate: float
    apart: float = 1.2

    def named(self) -> str:
        """Base rate."""
        return f"two groups, base rate {self.base_rate:g}"

    def evidence(self, draws: np.random.Generator, rows: int, seed: int = 0) -> Evidence:
        """Challenger and champion are equally good in each group."""
        half = rows // 2
        parts = [
            draw(World(half, self.base_rate, 0.8, strength, strength), draws)
            for strength in (1.5 - self.apart / 2, 1.5 + self.apart / 2)
        ]
        first, second = (_joined(one, other) for one, other in zip(*parts, strict=True))
        codes = np.repeat([0, 1], half)
        slices = {"group": groups("group", GROUPS, codes)}
        return Evidence("binary", first, second, slices=slices, ever_live=True, seed=seed)


def _weighted(model: Predictions, weight: "NDArray[np.float64] | None") -> Predictions:
    return Predictions(model.target, model.label, model.score, CLASSES, weight)


def _joined(one: Predictions, other: Predictions) -> Predictions:
    def both(first: "NDArray[Any] | None", second: "NDArray[Any] | None") -> "NDArray[Any]":
        return np.concatenate([each for each in (first, second) if each is not None])

    return Predictions(
        both(one.target, other.target),
        both(one.label, other.label),
        both(one.score, other.score),
        CLASSES,
    )


@cache
def truth(source: Source, metric: str) -> tuple[float, float]:
    """What is true of challenger and champion of `source`: the mean of very large samples."""
    draws = np.random.default_rng(20_000_003)
    found = []
    for _ in range(TIMES):
        evidence = source.evidence(draws, MANY)
        both = [evidence.value(metric, champion=champion).value for champion in (False, True)]
        found.append([float("nan") if each is None else each for each in both])
    first, second = np.mean(found, axis=0)
    return float(first), float(second)


@cache
def measured(source: Source, subject: str) -> float:
    """What is true of `difference(recall, group)` and the like: the mean of very large samples."""
    draws, gate = np.random.default_rng(20_000_003), parse_gate(f"{subject} >= 0")
    found = [decide(gate, source.evidence(draws, MANY))[0].observed for _ in range(TIMES)]
    return float(np.mean([each for each in found if each is not None]))
