# SPDX-License-Identifier: Apache-2.0
"""Which method answers which gate, held against the statistics that it stands for."""

from dataclasses import replace

import numpy as np
import pytest

from shipway.evaluation.decide import Evidence, decide
from shipway.evaluation.gate_parser import parse_gate
from shipway.evaluation.methods import estimate
from shipway.evaluation.metric_ranges import metric_range
from shipway.evaluation.own import OwnPart, OwnValues, rows_key
from shipway.evaluation.pairs import Pair
from shipway.evaluation.predictions import Predictions
from shipway.evaluation.slices import groups
from shipway.evaluation.verdicts import interval
from shipway.stats.auc import compare
from shipway.stats.influence import from_influence
from shipway.stats.paired import tango, tango_p_value
from shipway.stats.paired_ratio import tang
from shipway.stats.student import stretched, stretched_p_value

from .made_up import draw, kinds
from .two_models import CLASSES, pair, right, values, verdict


def test_shares_of_the_same_rows_are_compared_by_tango():
    challenger, champion = right(30, 20, 140, 10)
    found = verdict("recall >= champion - 0.02 at 95%", challenger, champion)
    sure = tango(30, 20, 200, 0.95, 1)
    assert (found.interval.low, found.interval.high) == (sure.low, sure.high)
    assert found.p_value == tango_p_value(30, 20, 200, -0.02)
    assert (found.verdict, found.method) == ("passed", "Tango")
    assert found.effect == pytest.approx(0.07)
    assert verdict("recall > champion at 95%", challenger, champion).verdict == "inconclusive"
    worse, better = right(20, 60, 110, 10)
    assert verdict("accuracy >= champion - 0.02 at 95%", worse, better).verdict == "failed"


def test_three_wins_and_no_loss_are_not_enough():
    challenger, champion = right(3, 0, 197)
    found = verdict("recall > champion at 95%", challenger, champion)
    assert (found.verdict, found.method) == ("inconclusive", "Tango, exact")
    assert found.p_value == pytest.approx(0.125), "tango_p_value(3, 0, 200, 0) is 0.0416"
    assert verdict("recall > champion at 95%", *right(5, 0, 195)).verdict == "passed"
    assert verdict("recall >= champion - 0.02 at 95%", challenger, champion).verdict == "passed"


def test_two_positives_say_nothing_of_a_mean():
    target = np.array([1] * 2 + [0] * 198)
    score = np.linspace(0.01, 0.2, 200)
    better, worse = (Predictions(target, None, each, CLASSES) for each in (score / 2, score))
    found = verdict("brier < champion at 95%", better, worse)
    assert (found.verdict, found.rows_needed) == ("inconclusive", 800)


def test_models_that_never_disagree_are_not_shown_to_be_equal():
    challenger, champion = right(0, 0, 100, 100)
    assert verdict("recall >= champion at 95%", challenger, champion).verdict == "inconclusive"
    found = verdict("recall >= champion - 0.05 at 95%", challenger, champion)
    assert found.verdict == "passed"


def test_a_relative_margin_counts_the_champions_uncertainty_too():
    challenger, champion = right(30, 40, 120, 10)
    found = verdict("recall >= champion - 20% at 95%", challenger, champion)
    ratio = tang(120, 30, 40, 0.95, 1)
    assert found.verdict == "passed" and ratio.low > 0.8
    assert found.demanded == ">= champion - 20% at 95% = 0.64"
    assert found.interval.low == pytest.approx(0.8 * (ratio.low - 1))
    close = verdict(f"recall >= champion - {100 * (1 - ratio.low) - 0.1:.3f}% at 95%", challenger,
                    champion)  # fmt: skip
    assert close.verdict == "inconclusive"


@pytest.mark.parametrize("metric", ["precision", "f1", "mcc", "balanced_accuracy", "npv"])
def test_other_metrics_of_the_table_are_resampled_together(metric):
    challenger, champion = pair(better=0.3)
    found = verdict(f"{metric} > champion at 95%", challenger, champion)
    assert (found.verdict, found.method) == ("passed", "percentile bootstrap")
    assert found.p_value < 0.05
    alone = verdict(f"{metric} > {found.champion} at 95%", challenger)
    paired = found.interval.high - found.interval.low
    assert paired < alone.interval.high - alone.interval.low, "pairing takes away what is shared"
    same = verdict(f"{metric} >= champion at 95%", champion, champion)
    assert (same.verdict, same.method, same.p_value) == ("passed", "same predictions", None)
    assert verdict(f"{metric} > champion at 95%", champion, challenger).verdict == "failed"


def test_a_model_without_mistakes_is_not_certain():
    target = np.array([0, 1] * 10)
    perfect = Predictions(target, target, target.astype(float), CLASSES)
    for metric in ("f1", "precision", "mcc", "roc_auc", "accuracy", "brier"):
        operator, bound = ("<=", 0.01) if metric == "brier" else (">=", 0.99)
        found = verdict(f"{metric} {operator} {bound} at 95%", perfect)
        assert found.verdict == "inconclusive", metric
        assert found.rows_needed > 0


def test_areas_are_compared_by_delong_and_relative_margins_by_a_factor():
    challenger, champion = pair(better=0.1)
    found = verdict("roc_auc >= champion - 1% at 95%", challenger, champion)
    apart = compare(champion.target == 1, challenger.score, champion.score, factor=0.99)
    assert found.p_value == stretched_p_value(apart.p_value(0.0, "greater"), apart.freedom)
    shift = -0.01 * found.champion
    sure = stretched(0.95, 1, apart.freedom)
    assert found.interval.low == pytest.approx(apart.bounds(sure, 1).low + shift)


@pytest.mark.parametrize("metric", ["log_loss", "brier"])
def test_means_are_compared_by_their_differences_row_by_row(metric):
    challenger, champion = pair(better=0.4, rows=3000)
    found = verdict(f"{metric} < champion at 95%", challenger, champion)
    assert (found.verdict, found.method) == ("passed", "normal, skewness removed")
    if metric == "brier":
        apart = [(each.score - each.target) ** 2 for each in (challenger, champion)]
        change = apart[0] - apart[1]
        sure = from_influence(change.mean(), change - change.mean(), 0.95, 1, of_mean=True)
        assert sure.high < found.interval.high < 0.99 * sure.high, "stretched a little"
    few = verdict(f"{metric} < champion at 95%", *pair(better=0.4, rows=300))
    assert few.method == "BCa bootstrap"
    alone = verdict(f"{metric} < 1 at 95%", pair(rows=300)[0])
    assert (alone.verdict, alone.method) == ("passed", "BCa bootstrap")


@pytest.mark.parametrize(
    ("metric", "few", "many"),
    [
        ("mae", "BCa bootstrap", "normal, skewness removed"),
        ("rmse", "BCa bootstrap", "normal, infinitesimal jackknife"),
        ("r2", "BCa bootstrap", "normal, infinitesimal jackknife"),
        ("median_absolute_error", "percentile bootstrap", "normal, infinitesimal jackknife"),
    ],
)
def test_errors_of_values(metric, few, many):
    demand = ">= champion + 0.001" if metric == "r2" else "<= champion - 0.001"
    for rows, method in ((600, few), (2500, many)):
        challenger, champion = values(rows, better=0.3)
        found = verdict(f"{metric} {demand} at 95%", challenger, champion, "regression")
        assert (found.verdict, found.method) == ("passed", method)
        back = verdict(f"{metric} {demand} at 95%", champion, challenger, "regression")
        assert back.verdict == "failed"
    close = values(600, better=0.001)
    assert verdict(f"{metric} {demand} at 95%", *close, "regression").verdict != "passed"


def test_the_largest_error_has_no_bound():
    challenger, champion = values()
    found = verdict("max_error <= 100 at 95%", challenger, champion, "regression")
    assert found.verdict == "failed"
    assert "no method says how sure max_error is" in found.reason
    assert verdict("max_error <= 100", challenger, task="regression").verdict == "passed"


def test_classes_are_compared_over_their_joint_table():
    draw = np.random.default_rng(8)
    target = draw.integers(0, 4, 1500)
    names = ("a", "b", "c", "d")

    def model(share):
        keep = draw.random(1500) < share
        return Predictions(target, np.where(keep, target, draw.integers(0, 4, 1500)), None, names)

    better, worse = model(0.8), model(0.7)
    for metric in ("f1_macro", "accuracy", "recall@class=b", "f1_weighted", "mcc"):
        assert verdict(f"{metric} > champion at 95%", better, worse, "multiclass").verdict in (
            "passed", "inconclusive",
        )  # fmt: skip
        assert verdict(f"{metric} > 0.6 at 95%", better, None, "multiclass").verdict == "passed"
    assert verdict("accuracy > champion at 95%", better, worse, "multiclass").method == "Tango"


def test_weights_make_the_sample_smaller():
    challenger, champion = pair(rows=2000, better=0.1)
    weight = np.where(np.arange(2000) % 10 == 0, 100.0, 1.0)
    heavy = [replace(each, weight=weight) for each in (challenger, champion)]
    for metric in ("accuracy", "f1", "roc_auc", "log_loss", "average_precision", "precision"):
        plain = verdict(f"{metric} > champion at 95%", challenger, champion).interval
        found = verdict(f"{metric} > champion at 95%", *heavy).interval
        assert found.high - found.low > 1.5 * (plain.high - plain.low), metric
        alone = verdict(f"{metric} > 0.01 at 95%", challenger).interval
        weighed = verdict(f"{metric} > 0.01 at 95%", heavy[0]).interval
        assert weighed.high - weighed.low > 1.5 * (alone.high - alone.low), metric


def test_equal_weights_change_little():
    challenger, champion = pair(better=0.1)
    heavy = [replace(each, weight=np.full(2000, 3.0)) for each in (challenger, champion)]
    for metric in ("accuracy", "f1", "roc_auc", "log_loss", "precision"):
        plain = verdict(f"{metric} > champion at 95%", challenger, champion)
        found = verdict(f"{metric} > champion at 95%", *heavy)
        assert found.observed == pytest.approx(plain.observed)
        assert found.interval.low == pytest.approx(plain.interval.low, abs=2e-3)


def test_churn_is_a_share_of_changed_rows():
    challenger, champion = right(5, 5, 90)
    found = verdict("churn <= 0.2 at 95%", challenger, champion)
    assert (found.verdict, found.observed, found.method) == ("passed", 0.1, "Clopper-Pearson")
    assert verdict("churn <= 0.05", challenger, champion).verdict == "failed"
    assert verdict("churn <= 0.08 at 95%", challenger, champion).verdict == "inconclusive"
    first = verdict("churn <= 0.05", challenger)
    assert (first.verdict, first.no_champion, first.observed) == ("passed", True, None)
    later = verdict("churn <= 0.05", challenger, ever_live=True)
    assert (later.verdict, later.no_champion) == ("failed", False)
    one, other = values()
    moved = verdict("churn@more_than=1000 <= 0.01 at 95%", one, other, "regression")
    assert moved.verdict == "passed"


def test_why_the_champion_could_not_be_asked_is_the_reason():
    challenger, _ = right(5, 5, 90)
    for text in ("recall >= champion", "churn <= 0.1 at 95%", "recall > champion at 95%"):
        found = verdict(text, challenger, no_champion_because="its environment can't be built")
        assert (found.verdict, found.no_champion) == ("failed", False)
        assert found.reason.endswith("its environment can't be built")


def test_metrics_of_the_projects_own():
    challenger, champion = pair(rows=400)
    draw = np.random.default_rng(1)
    gain = draw.exponential(size=400)
    places = np.arange(400)
    rows = OwnValues("higher", places, gain + draw.normal(0.5, 0.1, 400), gain)
    part = OwnPart(
        5.0, champion=4.0, replicates=5 + draw.normal(size=999) / 5,
        champion_replicates=4 + draw.normal(size=999) / 5,
    )  # fmt: skip
    number = OwnValues("higher", places, parts={rows_key(places): part})
    few = OwnValues(
        "higher", places, parts={rows_key(places): OwnPart(5.0, few="only 7 were made")}
    )
    own = {"profit": rows, "gini": number, "slow": few}
    found = verdict("profit > champion + 0.4 at 95%", challenger, champion, own=own)
    assert (found.verdict, found.observed) == ("passed", pytest.approx(gain.mean() + 0.5, abs=0.02))
    assert verdict("profit > 1.6 at 95%", challenger, own=own).verdict != "passed"
    assert verdict("gini > champion at 95%", challenger, champion, own=own).verdict == "passed"
    assert verdict("gini > 4.9 at 95%", challenger, own=own).verdict == "inconclusive"
    found = verdict("slow > 1 at 95%", challenger, own=own)
    assert (found.verdict, found.reason) == ("failed", "only 7 were made")
    assert verdict("slow > 1", challenger, own=own).verdict == "passed"


def test_a_slice_that_is_too_small_is_not_judged():
    challenger, _ = right(10, 0, 25)
    slices = {"n": groups("n", ("few", "many"), np.array([0] * 5 + [1] * 30))}
    found = decide(
        parse_gate("recall[n=*] >= 0.5"),
        Evidence("binary", challenger, slices=slices, min_slice=30),
    )
    assert [each.verdict for each in found] == ["inconclusive", "passed"]
    assert found[0].rows_needed == 25
    assert "25 more are needed" in found[0].reason


def test_latency_and_size():
    calls = np.sort(np.random.default_rng(2).gamma(3, size=1000))
    samples = {"predict_ms": calls, "model_mb": np.array([12.5])}

    def found(text):
        return verdict(text, None, samples=samples)

    p99 = float(np.quantile(calls, 0.99))
    judged = found("predict_ms.p99 <= 20 at 95%")
    assert (judged.verdict, judged.rows) == ("passed", 1000)
    assert judged.observed == pytest.approx(p99)
    assert judged.method == "order statistics"
    # R: qbinom(0.95, 1000, 0.99) + 1 = 996, qbinom(0.05, 1000, 0.99) = 985
    assert (judged.interval.low, judged.interval.high) == (calls[984], calls[995])
    assert judged.p_value < 1e-4
    assert found(f"predict_ms.p99 <= {p99 + 0.01} at 95%").verdict == "inconclusive"
    assert found("predict_ms.p50 <= 1 at 95%").verdict == "failed"
    assert found("predict_ms.mean <= 3.3 at 95%").verdict == "passed"
    assert found("predict_ms.max <= 100").verdict == "passed"
    assert "no confidence bound" in found("predict_ms.max <= 100 at 95%").reason
    assert found("predict_ms <= 20").observed == pytest.approx(p99), "p99 unless another is named"
    assert found("model_mb <= 12.5").verdict == "passed"
    assert found("model_mb <= 12.5 at 95%").verdict == "passed"
    assert "was not measured" in verdict("model_mb <= 1", None).reason


def test_few_calls_say_nothing_of_the_slowest_hundredth():
    found = verdict(
        "predict_ms.p99 <= 5 at 95%", None, samples={"predict_ms": np.linspace(1, 2, 50)}
    )
    assert (found.verdict, found.interval) == ("inconclusive", None)
    # 0.99^299 < 0.05 < 0.99^298
    assert found.rows_needed == 249
    assert "249 more calls" in found.reason


def test_behaviours():
    shifts = np.array([0.0, 0.02, np.nan, 0.005] + [0.0] * 297)
    asked = {"invariance(gender)": shifts, "increasing(amount)": (shifts < 0.01).astype(float)}
    model = Predictions(np.ones(301, int), np.ones(301, int), None, CLASSES)

    def found(text, **more):
        return verdict(text, model, behaviours=asked, **more)

    bad = found("invariance(gender) <= 0.01")
    assert (bad.verdict, bad.observed, bad.rows) == ("failed", 0.02, 300)
    assert "1 of 300 rows do not comply" in bad.reason
    good = found("invariance(gender) <= 0.03 at 95%")
    assert (good.verdict, good.level) == ("passed", 0.95)
    # 1 - 0.05^(1/300) = 0.993608 %
    assert "at most 0.993608% of all rows can be, with 95%" in good.reason
    assert found("increasing(amount) >= 99%").verdict == "passed"
    assert found("increasing(amount) >= 95% at 95%").method == "Clopper-Pearson"
    assert found("increasing(amount) >= 99.3% at 95%").verdict == "inconclusive"
    why = found("decreasing(amount) >= 99%", unanswered={"decreasing(amount)": "it is no number"})
    assert (why.verdict, why.reason.endswith("it is no number")) == ("failed", True)
    assert "the model was not asked" in found("decreasing(age) >= 99%").reason


def test_a_budget_raises_the_confidence_and_says_so():
    challenger, _ = right(90, 0, 0, 10)
    gate = parse_gate("recall >= 0.83 at 95%")
    (plain,) = decide(gate, Evidence("binary", challenger))
    (paid,) = decide(gate, Evidence("binary", challenger), level=lambda asked: 1 - (1 - asked) / 8)
    assert (plain.verdict, plain.confidence, plain.level) == ("passed", 0.95, 0.95)
    assert (paid.verdict, paid.confidence, paid.level) == ("inconclusive", 0.95, 0.99375)
    assert paid.demanded == ">= 0.83 at 95% (99.375% under the test-set budget)"
    assert "with 99.375%" in paid.reason
    assert paid.interval.confidence == 0.99375
    (point,) = decide(parse_gate("recall >= 0.83"), Evidence("binary", challenger), level=max)
    assert (point.confidence, point.level) == (None, None)


def test_a_thousand_classes_are_no_trouble():
    draw = np.random.default_rng(4)
    target = draw.integers(0, 1000, 5000)
    label = np.where(draw.random(5000) < 0.7, target, draw.integers(0, 1000, 5000))
    model = Predictions(target, label, None, tuple(map(str, range(1000))))
    other = Predictions(target, np.roll(label, 1), None, model.classes)
    found = verdict("f1_macro > champion at 95%", model, other, "multiclass")
    assert (found.verdict, found.method) == ("passed", "normal, infinitesimal jackknife")
    assert verdict("accuracy > champion at 95%", model, other, "multiclass").method == "Tango"


@pytest.mark.parametrize("metric", ["accuracy", "roc_auc", "f1", "log_loss"])
def test_equal_models_are_seldom_taken_for_better(metric):
    better = sum(
        verdict(f"{metric} {'<' if metric == 'log_loss' else '>'} champion at 80%",
                *pair(rows=150, seed=seed)).verdict == "passed"
        for seed in range(60)
    )  # fmt: skip
    # Of 60 at an error of 20 % at most 12 on average, and more than 21 once in 400 times.
    assert better <= 21


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_every_metric_with_a_method_has_an_interval(task):
    one = Pair(task, draw(task, 0, 200))
    for kind in kinds(task):
        found = estimate(kind, one)
        if kind.family == "extreme":
            assert found is None
            continue
        sure = interval(found.bounds(0.95, 2))
        if "by" in kind.options:
            assert sure is None, "nine groups are too few"
            continue
        low, high = metric_range(kind, task)
        assert low <= sure.low <= found.value <= sure.high <= high, kind.name
        usual = {"share": ("Wilson", "Clopper-Pearson"), "area": ("DeLong, widened",)}
        assert sure.method in usual.get(kind.family, (sure.method,))
        assert interval(found.bounds(0.95, 1)).method.endswith(", one-sided")
