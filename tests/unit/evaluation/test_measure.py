# SPDX-License-Identifier: Apache-2.0
"""What holds for every metric: weights are repeated rows, influence is the derivative…"""

from dataclasses import replace

import numpy as np
import pytest

from shipway.evaluation.catalogue import cell_metric
from shipway.evaluation.measure import hits, influence, measure, resampled
from shipway.evaluation.measured import Measured
from shipway.evaluation.metrics import find
from shipway.evaluation.predictions import Predictions

from .made_up import CLASSES, COSTS, draw, kinds, names

TASKS = ("binary", "multiclass", "regression")
ALL = [(task, kind) for task in TASKS for kind in kinds(task)]
IDS = [f"{task}-{kind.name}" for task, kind in ALL]
each = pytest.mark.parametrize(("task", "kind"), ALL, ids=IDS)
NOT_KNOWN = {"median_absolute_error", "max_error"}
AT_A_CUT = {
    "recall@precision", "recall@fpr", "recall@specificity", "precision@recall",
    "specificity@recall", "precision@k", "recall@k", "lift@k",
}  # fmt: skip


def repeated(predictions, counts):
    """The predictions with row i repeated counts[i] times."""
    return predictions.take(np.repeat(np.arange(len(predictions)), counts))


def value(kind, predictions, task):
    found = measure(kind, predictions, task).value
    return np.nan if found is None else found


@each
@pytest.mark.parametrize("weighted", [False, True])
def test_drawing_rows_is_repeating_them(task, kind, weighted):
    if kind.family == "extreme":
        return
    found = draw(task, 1, weighted=weighted)
    counts = np.random.default_rng(2).multinomial(60, [1 / 60] * 60, 25)
    if "by" in kind.options:
        # Groups are drawn as often as their first row.
        _, first, group = np.unique(found.groups["query"], return_index=True, return_inverse=True)
        counts = counts[:, first][:, group]
        expected = [_of_drawn_groups(kind, found, row, task) for row in counts]
    else:
        expected = [value(kind, repeated(found, row), task) for row in counts]
    assert resampled(kind, found, task, counts) == pytest.approx(expected, nan_ok=True, rel=1e-9)


def _of_drawn_groups(kind, predictions, counts, task):
    """Each group as often as its rows were, under a name of its own each time."""
    parts = [predictions.take(counts > times) for times in range(counts.max())]
    joined = {
        field: np.concatenate([getattr(part, field) for part in parts])
        for field in ("target", "label", "score", "weight")
        if getattr(predictions, field) is not None
    }
    codes = [part.groups["query"] + 100 * number for number, part in enumerate(parts)]
    return value(
        kind, replace(predictions, **joined, groups={"query": np.concatenate(codes)}), task
    )


@each
def test_a_whole_weight_is_a_row_repeated(task, kind):
    counts = np.random.default_rng(4).integers(1, 4, 60)
    weighted = replace(draw(task, 3), weight=counts.astype(float))
    if kind.key in ("precision@k", "recall@k", "lift@k"):
        return  # k counts rows, whatever they weigh
    if "by" in kind.options:
        weighted = replace(weighted, weight=np.full(60, 2.0))
        expected = value(kind, draw(task, 3), task)
    else:
        expected = value(kind, repeated(draw(task, 3), counts), task)
    assert value(kind, weighted, task) == pytest.approx(expected, nan_ok=True)


@each
def test_weights_that_are_all_alike_change_nothing(task, kind):
    plain = draw(task, 5)
    heavy = replace(plain, weight=np.full(60, 3.0))
    one, other = measure(kind, plain, task), measure(kind, heavy, task)
    assert one.value == pytest.approx(other.value)
    assert (one.hits, one.trials) == pytest.approx((other.hits, other.trials))


@each
@pytest.mark.parametrize("weighted", [False, True])
def test_influence_is_the_derivative_by_the_weight_of_each_row(task, kind, weighted):
    found = draw(task, 6, weighted=weighted)
    psi = influence(kind, found, task)
    if kind.key in NOT_KNOWN | AT_A_CUT:
        assert psi is None
        return
    assert psi.mean() == pytest.approx(0, abs=1e-9 * max(1.0, np.abs(psi).max()))
    if "by" in kind.options:
        expected = _by_leaving_groups_out(kind, found, task)
        assert psi[psi != 0] == pytest.approx(expected[psi != 0], rel=0.6, abs=0.05 * np.ptp(psi))
        return
    if kind.options.get("strategy") == "quantile":
        return  # the edges of bins move in jumps
    step = 1e-5
    rows = np.eye(60) * step
    up, down = resampled(kind, found, task, 1 + rows), resampled(kind, found, task, 1 - rows)
    assert psi == pytest.approx(60 * (up - down) / (2 * step), rel=1e-4, abs=1e-5)


def _by_leaving_groups_out(kind, found, task):
    """(G - 1)(value - value without the group) n / G, on the first row of each group."""
    codes = found.groups["query"]
    expected, groups = np.zeros(60), np.unique(codes)
    for code in groups:
        without = value(kind, found.take(codes != code), task)
        expected[np.flatnonzero(codes == code)[0]] = (
            (len(groups) - 1) * (value(kind, found, task) - without) * 60 / len(groups)
        )
    return expected


@each
def test_influence_gives_about_the_variance_of_the_jackknife(task, kind):
    if kind.key in NOT_KNOWN | AT_A_CUT or {"by", "strategy"} & set(kind.options):
        return
    found = draw(task, 7, rows=300)
    psi = influence(kind, found, task)
    left_out = resampled(kind, found, task, 1 - np.eye(300, dtype=int))
    jackknife = 299 / 300 * ((left_out - left_out.mean()) ** 2).sum()
    assert (psi**2).sum() / 300**2 == pytest.approx(jackknife, rel=0.15)


@each
def test_metrics_of_the_confusion_table_are_read_off_it(task, kind):
    found = draw(task, 8)
    metric = cell_metric(kind, task, CLASSES)
    if kind.family not in ("share", "cells") or kind.base == "top_k_accuracy":
        assert metric is None
        return
    size = 2 if task == "binary" else 3
    label = (found.score >= 0.4).astype(int) if "threshold" in kind.options else found.label
    table = np.zeros((size, size + 1))
    np.add.at(table, (found.target, label), 1)
    empty = np.zeros_like(table)
    assert metric.value(np.array([table, 2 * table, empty])) == pytest.approx(
        [value(kind, found, task)] * 2 + [np.nan], nan_ok=True
    )


@each
def test_a_share_is_of_hits_and_trials(task, kind):
    found = draw(task, 9, weighted=True)
    marked = hits(kind, found, task)
    assert (marked is not None) == (kind.family == "share")
    if marked is not None:
        hit, trial = marked
        assert value(kind, found, task) == pytest.approx(
            np.average(hit[trial], weights=found.weight[trial])
        )
        plain = measure(kind, replace(found, weight=None), task)
        assert (plain.hits, plain.trials) == ((hit & trial).sum(), trial.sum())


def test_trials_of_weighted_rows_are_the_effective_number():
    found = replace(draw("binary", 10), weight=np.r_[np.full(30, 1.0), np.full(30, 3.0)])
    share = measure(find("accuracy", "binary"), found, "binary")
    assert share.trials == pytest.approx(120**2 / (30 * 1 + 30 * 9))  # Kish, by hand
    assert share.hits / share.trials == pytest.approx(share.value)


@each
def test_no_rows_or_no_weight_leave_no_value_and_say_so(task, kind):
    found = draw(task, 11)
    for left in (found.take(np.zeros(60, dtype=bool)), replace(found, weight=np.zeros(60))):
        measured = measure(kind, left, task)
        assert measured.value is None
        assert measured.note in ("there are no rows", "the rows weigh nothing")
        assert influence(kind, left, task) is None


@each
def test_a_single_row_never_gives_nan(task, kind):
    found = draw(task, 12)
    for row in range(5):
        measured = measure(kind, found.take(np.arange(60) == row), task)
        assert isinstance(measured, Measured)
        assert (measured.value is None) == bool(measured.note)
        assert measured.value is None or np.isfinite(measured.value)


@each
def test_rows_of_weight_zero_count_for_nothing(task, kind):
    found = draw(task, 13)
    dropped = np.arange(60) % 3 == 0
    zero = replace(found, weight=np.where(dropped, 0.0, 1.0))
    if "k" in kind.options or "by" in kind.options:
        return  # places in a ranking are taken by rows, whatever they weigh
    assert value(kind, zero, task) == pytest.approx(value(kind, found.take(~dropped), task))


@pytest.mark.parametrize("name", ["predict_ms.p99", "model_mb", "churn"])
def test_what_is_no_metric_of_one_models_rows_is_refused(name):
    with pytest.raises(ValueError, match="not a metric of one model's rows"):
        measure(find(name, "binary"), draw("binary", 0), "binary")


def test_an_extreme_has_no_bootstrap():
    with pytest.raises(ValueError, match="no bootstrap"):
        resampled(
            find("max_error", "regression"), draw("regression", 0), "regression", np.ones((1, 60))
        )


@pytest.mark.parametrize(("task", "name"), [("regression", "mape"), ("regression", "mse")])
def test_what_is_too_large_for_a_number_has_no_value(task, name):
    found = Predictions(np.array([1e-308, 1.0, 2.0]), np.array([2e200, 1.0, 2.5]))
    kind = find(name, task)
    assert measure(kind, found, task).note.startswith("some values are too large")
    assert influence(kind, found, task) is None
    assert np.isnan(resampled(kind, found, task, np.ones((2, 3)))).all()


NEAR_A_CUT = {
    "binary": (
        "recall@precision=0.5", "recall@fpr=0.05", "recall@specificity=0.9", "precision@recall=0.6",
        "specificity@recall=0.8", "precision@k=300", "recall@k=300", "lift@k=300",
        "calibration_error@strategy=quantile",
    ),
    "regression": ("median_absolute_error",),
}  # fmt: skip


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("task", NEAR_A_CUT)
def test_influence_at_a_cut_gives_the_spread_of_many_samples(task, weighted):
    rng, rows = np.random.default_rng(11), 3000

    def sample():
        weight = rng.uniform(0.3, 3, rows) if weighted else None
        if task == "regression":
            target = rng.normal(size=rows)
            return Predictions(target, target + rng.gamma(2, 1, rows) - 1, weight=weight)
        target = (rng.random(rows) < 0.15).astype(int)
        score = 1 / (1 + np.exp(2.2 - 1.6 * target - rng.normal(size=rows)))
        return Predictions(target, None, score.round(3), ("no", "yes"), weight)

    kinds_here = [find(name, task) for name in NEAR_A_CUT[task]]
    samples = [sample() for _ in range(150)]
    for kind in kinds_here:
        spread = np.std([value(kind, each, task) for each in samples])
        errors = [np.sqrt((influence(kind, each, task) ** 2).sum()) / rows for each in samples[:20]]
        # 150 samples know a standard deviation to 6 %, so that three of those are let pass.
        assert np.mean(errors) == pytest.approx(spread, rel=0.2), kind.name


def test_every_form_is_tried():
    assert len(names("binary")) > 40
    assert {"ndcg@k=12,by=query", "cost", "f1@threshold=0.4"} <= set(names("binary"))
    assert find("cost", "multiclass", costs=COSTS["multiclass"]).family == "cells"
