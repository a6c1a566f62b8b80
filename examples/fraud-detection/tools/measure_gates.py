# SPDX-License-Identifier: Apache-2.0
"""How often do equally good models pass the gates of `shipway.yaml`? The README has the command.

Seed 0 is the champion; each other seed trains a challenger on other rows, and all gates judge it
on the test set. Then come a change that should pass, and some that should not.
"""

import sys
from collections import Counter
from itertools import chain
from pathlib import Path
from typing import Any

import pandas as pd

from shipway.evaluation.decide import Evidence, decide
from shipway.evaluation.gate_parser import parse_gate
from shipway.evaluation.predictions import Predictions
from shipway.evaluation.slices import masks
from shipway.spec.reader import read

PROJECT = Path(__file__).parents[1]
sys.path.insert(0, str(PROJECT))
SPEC = read(PROJECT / "shipway.yaml").spec
CHANGES = [{"max_iter": 61}, {"max_iter": 1}, {"learning_rate": 0.001}, {"sample": 0.002}]


def main(seeds: int) -> None:
    """Print how many of `seeds` challengers pass, and what stopped the others."""
    test = pd.read_parquet(PROJECT / SPEC.data.test)
    champion = predictions(test)
    stopped = [failures(test, champion, seed=seed) for seed in range(1, seeds + 1)]
    passed = sum(not gates for gates in stopped)
    print(f"{passed} of {seeds} seeds pass", dict(Counter(chain(*stopped))))
    for change in CHANGES:
        print(change, failures(test, champion, **change) or "passes")


def predictions(test: pd.DataFrame, **changed: Any) -> Predictions:
    """What a model that was trained with `changed` parameters says about the test set."""
    from fraud.train import train

    model = train(pd.read_parquet(PROJECT / SPEC.data.train), **SPEC.train.params | changed)
    score = model.predict_proba(test)[:, 1]
    label = (score >= SPEC.model.threshold).astype("int64")
    return Predictions(test[SPEC.model.target].to_numpy(), label, score, ("0", "1"))


def failures(test: pd.DataFrame, champion: Predictions, **changed: Any) -> list[str]:
    """The gates that a challenger does not pass."""
    channels = {"channel": masks("channel", test["channel"].tolist())}
    evidence = Evidence("binary", predictions(test, **changed), champion, channels, ever_live=True)
    results = [
        each for gate in SPEC.evaluate.gates for each in decide(parse_gate(gate.gate), evidence)
    ]
    return [each.gate for each in results if each.verdict != "passed"]


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
