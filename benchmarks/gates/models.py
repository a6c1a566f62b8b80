# SPDX-License-Identifier: Apache-2.0
"""Pairs of made-up models whose true quality is known, on rows drawn at random.

Each row has a class and two scores. Given the class a score is normal, with `distance` standard
deviations between the classes' means; the two models' scores are correlated by `correlation`. Then
a model's area under the ROC curve is Phi(distance / sqrt(2)), its recall and specificity at the
middle threshold are both Phi(distance / 2), and its scores are turned into true probabilities.
"""

from statistics import NormalDist
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from shipway.evaluation.predictions import Predictions

if TYPE_CHECKING:
    from numpy.typing import NDArray

CLASSES = ("0", "1")


class World(NamedTuple):
    """How rows are drawn: their number, the share of positives, and how alike the models are."""

    rows: int
    base_rate: float
    correlation: float = 0.8
    champion: float = 1.5
    challenger: float = 1.5

    def named(self) -> str:
        """`n 1,000, base rate 0.1, correlation 0.8`."""
        return f"n {self.rows:,}, base rate {self.base_rate:g}, correlation {self.correlation:g}"


def draw(world: World, draws: np.random.Generator) -> tuple[Predictions, Predictions]:
    """Challenger and champion on the same fresh rows."""
    positive = draws.random(world.rows) < world.base_rate
    shared = draws.standard_normal(world.rows)
    return (
        _model(positive, shared, world, world.challenger, draws),
        _model(positive, shared, world, world.champion, draws),
    )


def _model(
    positive: "NDArray[np.bool_]",
    shared: "NDArray[np.float64]",
    world: World,
    distance: float,
    draws: np.random.Generator,
) -> Predictions:
    own = draws.standard_normal(world.rows)
    noise = np.sqrt(world.correlation) * shared + np.sqrt(1 - world.correlation) * own
    place = noise + distance * (positive - 0.5)
    odds = np.log(world.base_rate / (1 - world.base_rate)) + distance * place
    label = (place >= 0).astype(np.int64)
    return Predictions(positive.astype(np.int64), label, 1 / (1 + np.exp(-odds)), CLASSES)


def distance_of(area: float) -> float:
    """The distance that gives a model this area under the ROC curve."""
    return NormalDist().inv_cdf(area) * float(np.sqrt(2))


def area_of(distance: float) -> float:
    """The area under the ROC curve of a model of this distance."""
    return NormalDist().cdf(distance / float(np.sqrt(2)))
