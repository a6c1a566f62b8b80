# SPDX-License-Identifier: Apache-2.0
"""Two models on the same rows, and the verdict on a gate about them."""

import numpy as np

from shipway.evaluation.decide import Evidence, decide
from shipway.evaluation.gate_parser import parse_gate
from shipway.evaluation.predictions import Predictions

CLASSES = ("0", "1")


def right(only_challenger, only_champion, both, neither=0):
    """Positive rows by who finds them: challenger and champion."""
    one = [1] * only_challenger + [0] * only_champion + [1] * both + [0] * neither
    other = [0] * only_challenger + [1] * only_champion + [1] * both + [0] * neither
    target = np.ones(len(one), dtype=int)
    return (Predictions(target, np.array(each), None, CLASSES) for each in (one, other))


def pair(rows=2000, better=0.0, noise=0.4, seed=5, classes=CLASSES):
    """Two binary models on the same rows; the challenger by `better` standard deviations."""
    draw = np.random.default_rng(seed)
    target = (draw.random(rows) < 0.3).astype(int)
    shared = draw.normal(size=rows)

    def model(strength):
        place = shared + noise * draw.normal(size=rows) + strength * target
        score = 1 / (1 + np.exp(1.5 - place))
        return Predictions(target, (place > 1).astype(int), score, classes)

    return model(1.8 + better), model(1.8)


def values(rows=600, better=0.0, seed=6):
    """Two regression models on the same rows."""
    draw = np.random.default_rng(seed)
    target = draw.normal(size=rows) * 3
    shared = draw.normal(size=rows)

    def model(size):
        return Predictions(target, target + size * (shared + 0.3 * draw.normal(size=rows)))

    return model(1 - better), model(1.0)


def verdict(text, challenger, champion=None, task="binary", **more):
    (found,) = decide(parse_gate(text), Evidence(task, challenger, champion, **more))
    return found
