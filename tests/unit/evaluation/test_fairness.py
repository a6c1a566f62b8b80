# SPDX-License-Identifier: Apache-2.0
"""How a metric differs between groups of rows, with evidence."""

import numpy as np
import pytest

from shipway.evaluation.predictions import Predictions
from shipway.evaluation.slices import groups
from shipway.stats.independent import newcombe

from .two_models import CLASSES, pair, verdict


def grouped(shares, rows=400):
    """A model whose recall in each group is given, and the groups."""
    label, codes = [], []
    for number, share in enumerate(shares):
        hits = round(share * rows)
        label += [1] * hits + [0] * (rows - hits)
        codes += [number] * rows
    target = np.ones(len(label), dtype=int)
    names = tuple("abcdefgh"[: len(shares)])
    model = Predictions(target, np.array(label), None, CLASSES)
    return model, {"country": groups("country", names, codes)}


def test_a_difference_between_two_groups_is_newcombes():
    model, slices = grouped([0.8, 0.7])
    found = verdict("difference(recall, country) <= 0.2 at 95%", model, slices=slices)
    sure = newcombe(320, 400, 280, 400, 0.95, 1)
    assert found.interval.high == pytest.approx(sure.high)
    assert found.interval.low < sure.low, "the lower bound pays for having chosen the pair"
    assert (found.verdict, found.observed) == ("passed", pytest.approx(0.1))
    assert found.p_value < 0.05
    assert "0.7 of country=b, 0.8 of country=a" in found.reason


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("difference(recall, country) <= 0.05", "failed"),
        ("difference(recall, country) <= 0.12", "passed"),
        ("difference(recall, country) <= 0.3 at 95%", "passed"),
        ("difference(recall, country) <= 0.12 at 95%", "inconclusive"),
        ("difference(recall, country) <= 0.01 at 95%", "failed"),
        ("ratio(recall, country) >= 0.85", "passed"),
        ("ratio(recall, country) >= 0.7 at 95%", "passed"),
        ("ratio(recall, country) >= 0.85 at 95%", "inconclusive"),
        ("ratio(recall, country) >= 0.99 at 95%", "failed"),
    ],
)
def test_gaps_between_groups(text, expected):
    model, slices = grouped([0.9, 0.85, 0.8])
    found = verdict(text, model, slices=slices)
    assert found.verdict == expected
    assert (found.rows_needed is not None) == (expected == "inconclusive")


@pytest.mark.parametrize("metric", ["roc_auc", "f1", "log_loss", "average_precision"])
def test_any_metric_has_gaps(metric):
    model, _ = pair(rows=1800)
    codes = np.arange(1800) % 3
    slices = {"country": groups("country", ("a", "b", "c"), codes)}
    demand = "difference({}, country) <= {} at 95%"
    assert verdict(demand.format(metric, 0.25), model, slices=slices).verdict == "passed"
    assert verdict(demand.format(metric, 0.02), model, slices=slices).verdict == "inconclusive"


def test_a_gap_may_be_compared_with_the_champions():
    fair, slices = grouped([0.9, 0.88])
    unfair, _ = grouped([0.9, 0.6])
    demand = "difference(recall, country) <= champion - 5% at 95%"
    assert verdict(demand, fair, unfair, slices=slices).verdict == "passed"
    assert verdict(demand, unfair, fair, slices=slices).verdict == "failed"
    assert verdict(demand, fair, fair, slices=slices).verdict == "inconclusive"
    found = verdict("ratio(recall, country) >= champion", fair, unfair, slices=slices)
    assert (found.verdict, found.champion) == ("passed", pytest.approx(2 / 3))
    assert verdict(demand, fair, slices=slices).no_champion


def test_groups_that_cannot_be_judged_are_named():
    model, slices = grouped([0.9, 0.8], rows=20)
    found = verdict("difference(recall, country) <= 0.2", model, slices=slices, min_slice=30)
    assert (found.verdict, found.rows_needed) == ("inconclusive", 20)
    assert "country=a has 20 rows, and fewer than 30 are not judged" in found.reason
    found = verdict("difference(precision, country) <= 0.2", *blind(), slices=slices)
    assert found.verdict == "failed"
    assert "in country=b no row is predicted positive" in found.reason
    one = {"country": groups("country", ("a",), np.zeros(40, int))}
    found = verdict("ratio(recall, country) >= 0.2", model, slices=one)
    assert (found.verdict, "only one group" in found.reason) == ("failed", True)
    found = verdict("ratio(recall, city) >= 0.2", model, slices=one)
    assert (found.verdict, "no group of city" in found.reason) == ("failed", True)
    none = Predictions(np.ones(40, int), np.zeros(40, int), None, CLASSES)
    found = verdict("ratio(recall, country) >= 0.8", none, slices=slices)
    assert "is 0 in every group" in found.reason


def blind():
    """A model that predicts nothing positive in the second half."""
    label = np.array([1] * 20 + [0] * 20)
    return (Predictions(np.ones(40, int), label, None, CLASSES),)
