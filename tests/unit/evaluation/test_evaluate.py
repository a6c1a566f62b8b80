# SPDX-License-Identifier: Apache-2.0
"""The whole evaluation, and what a report draws."""

import msgspec
import numpy as np
import pytest
from sklearn.metrics import auc, confusion_matrix, roc_auc_score

from shipway.base.errors import InputError
from shipway.evaluation import columns
from shipway.evaluation.curves import confusion, precision_recall, roc
from shipway.evaluation.decide import Evidence
from shipway.evaluation.evaluate import Subject, evaluate
from shipway.evaluation.slices import masks
from shipway.records.training import Champion, Evaluation
from shipway.spec.evaluation import EvaluateSpec, GateSpec, SliceSpec
from shipway.stats.auc import compare

SUBJECT = Subject("sha256:m", "test", "sha256:t", 3000, champion=Champion(1, "sha256:c"))


def model(seed=1, strength=2.0, noise=0.0, rows=3000):
    draw = np.random.default_rng(seed)
    target = (np.arange(rows) % 5 == 0).astype(int)
    score = draw.normal(size=rows) + strength * target
    score += noise * np.random.default_rng(seed + 7).normal(size=rows)
    return columns.binary(target, score=score, label=(score > 1).astype(int))


def slices(rows=3000):
    return {
        "country": masks("country", np.array(["DE", "FR", "NO"])[np.arange(rows) % 3]),
        "amount >= 1000": {"amount >= 1000": np.arange(rows) % 2 == 0},
    }


def test_metrics_gates_and_curves_come_together():
    spec = EvaluateSpec(
        metrics=("roc_auc", "f1"),
        slices=(SliceSpec("country"), SliceSpec("amount>=1000")),
        gates=(
            GateSpec("roc_auc >= 0.8 at 95%"),
            GateSpec("recall[country=*] >= 0.5"),
            GateSpec("f1 >= 0.99", on_fail="warn"),
        ),
    )
    found = evaluate(spec, Evidence("binary", model(), slices=slices()), SUBJECT, lines=(5, 6, 7))
    assert found.verdict == "passed", "a gate that only warns does not stop"
    assert [(g.line, g.slice, g.verdict) for g in found.gates] == [
        (5, "", "passed"),
        (6, "country=DE", "passed"),
        (6, "country=FR", "passed"),
        (6, "country=NO", "passed"),
        (7, "", "failed"),
    ]
    names = [(m.name, m.slice) for m in found.metrics]
    assert names[:3] == [("roc_auc", ""), ("f1", ""), ("recall", "")]
    assert names[3:7] == [
        ("roc_auc", "country=DE"),
        ("roc_auc", "country=FR"),
        ("roc_auc", "country=NO"),
        ("roc_auc", "amount >= 1000"),
    ]
    assert found.metrics[0].interval.method == "DeLong, widened"
    sure = found.metrics[1].interval
    assert sure.low < found.metrics[1].value < sure.high
    assert sure.method == "percentile bootstrap"
    assert found.drawn.roc and found.drawn.precision_recall and found.drawn.confusion
    assert found.no_champion
    assert msgspec.json.decode(msgspec.json.encode(found), type=Evaluation) == found


def test_the_worst_stopping_gate_is_the_verdict():
    def verdict(*gates):
        spec = EvaluateSpec(gates=tuple(GateSpec(gate) for gate in gates))
        return evaluate(spec, Evidence("binary", model()), SUBJECT).verdict

    assert verdict("roc_auc >= 0.8", "recall >= 0.8 at 95%") == "inconclusive"
    assert verdict("recall >= 0.8 at 95%", "roc_auc >= 0.99") == "failed"
    assert verdict() == "passed"


def test_without_metrics_the_usual_ones_are_measured():
    found = evaluate(EvaluateSpec(), Evidence("binary", model()), SUBJECT)
    assert "roc_auc" in {metric.name for metric in found.metrics}


def test_a_champion_is_shown_beside_the_challenger_with_corrected_slices():
    spec = EvaluateSpec(
        metrics=("roc_auc", "recall", "f1", "accuracy"), slices=(SliceSpec("country"),)
    )
    evidence = Evidence("binary", model(noise=0.5), model(), slices=slices(), ever_live=True)
    found = evaluate(spec, evidence, SUBJECT)
    whole = {m.name: m for m in found.metrics if not m.slice}
    assert whole["roc_auc"].p_value < 0.05
    assert whole["recall"].p_value is not None
    assert whole["f1"].p_value < 0.05
    for metric in whole.values():
        assert metric.champion_interval.low < metric.champion < metric.champion_interval.high
        change = metric.value - metric.champion
        assert metric.difference.low < change < metric.difference.high
        assert metric.difference.confidence == 0.95
    assert whole["roc_auc"].champion > whole["roc_auc"].value
    parts = [m for m in found.metrics if m.slice and m.name == "roc_auc"]
    one, other = evidence.challenger, evidence.champion
    raw = [
        compare(one.target[m] == 1, one.score[m], other.score[m]).p_value()
        for m in slices()["country"].values()
    ]
    assert 3 * min(raw) < min(m.p_value for m in parts) < 20 * min(raw), "a little more careful"
    assert found.champion == Champion(1, "sha256:c")
    assert found.champion_drawn is not None
    assert found.flips.rows == 3000
    assert found.flips.mended - found.flips.broken == pytest.approx(
        3000 * (whole["accuracy"].value - whole["accuracy"].champion)
    )
    assert not found.no_champion


def test_a_champion_on_other_rows_is_refused():
    with pytest.raises(ValueError, match="same rows"):
        evaluate(EvaluateSpec(), Evidence("binary", model(), model(rows=2999)), SUBJECT)
    other = columns.binary(1 - model().target, score=model().score)
    with pytest.raises(ValueError, match="same rows"):
        evaluate(EvaluateSpec(), Evidence("binary", model(), other), SUBJECT)


def test_slices_that_nobody_made_are_an_error():
    with pytest.raises(InputError, match="'city' to slice by"):
        evaluate(EvaluateSpec(slices=(SliceSpec("city"),)), Evidence("binary", model()), SUBJECT)


def test_reported_metrics_are_shown_as_reported():
    spec = EvaluateSpec(metrics=("own",), gates=(GateSpec("own >= 3"),))
    evidence = Evidence("binary", None, reported={"own": 3.0, "loss": 0.1})
    found = evaluate(spec, evidence, SUBJECT)
    assert [(m.name, m.value, m.source, m.interval) for m in found.metrics] == [
        ("own", 3.0, "reported", None),
        ("loss", 0.1, "reported", None),
    ]
    assert found.verdict == "passed"
    assert found.drawn.roc is None


def test_a_measured_metric_is_not_taken_from_the_report():
    evidence = Evidence("binary", model(), reported={"roc_auc": 1.0})
    found = evaluate(EvaluateSpec(metrics=("roc_auc",)), evidence, SUBJECT)
    assert found.metrics[0].source == "measured"
    assert found.metrics[0].value < 0.99


def test_regression_and_multiclass_go_the_same_way():
    draw = np.random.default_rng(2)
    target = draw.normal(size=100)
    spec = EvaluateSpec(gates=(GateSpec("mae <= champion + 5%"), GateSpec("r2 >= 0.5")))
    evidence = Evidence(
        "regression",
        columns.regression(target, target + 0.10),
        columns.regression(target, target + 0.099),
    )
    found = evaluate(spec, evidence, SUBJECT)
    assert found.verdict == "passed"
    assert found.drawn.confusion is None
    labels = np.array(["a", "b", "c"])[np.arange(99) % 3]
    many = columns.multiclass(labels, label=np.roll(labels, 1))
    found = evaluate(
        EvaluateSpec(gates=(GateSpec("accuracy >= 0.5 at 95%"),)),
        Evidence("multiclass", many),
        SUBJECT,
    )
    assert found.verdict == "failed"
    assert found.drawn.confusion.labels == ("a", "b", "c")


def test_curves_are_thinned_and_keep_their_area():
    found = model(rows=20_000)
    curve = roc(found)
    assert len(curve.x) <= 200
    assert (curve.x[0], curve.y[0], curve.x[-1], curve.y[-1]) == (0, 0, 1, 1)
    assert auc(curve.x, curve.y) == pytest.approx(
        roc_auc_score(found.target, found.score), abs=1e-3
    )
    assert len(precision_recall(found).x) <= 200
    assert precision_recall(found).x[-1] == 1


@pytest.mark.parametrize("target", [[0, 0], [1, 1]])
def test_one_class_has_no_roc_curve(target):
    assert roc(columns.binary(target, score=[0.1, 0.2], positive="1")) is None


def test_the_confusion_matrix_is_scikit_learns():
    found = model()
    shown = confusion(found, "binary")
    assert shown.labels == ("0", "1")
    assert shown.counts == tuple(map(tuple, confusion_matrix(found.target, found.label)))
    other = confusion(columns.multiclass(["a", "b"], label=["a", "z"]), "multiclass")
    assert other.labels == ("a", "b", "other")
    assert other.counts == ((1, 0, 0), (0, 0, 1), (0, 0, 0))


def test_masks_of_a_column():
    found = masks("x", [True, None, False, True, float("nan")])
    assert {name: mask.tolist() for name, mask in found.items()} == {
        "(missing)": [False, True, False, False, True],
        "false": [False, False, True, False, False],
        "true": [True, False, False, True, False],
    }
    assert list(masks("n", [1.0, 2.0])) == ["1", "2"]
    assert masks("n", []) == {}
    with pytest.raises(InputError, match="101 different values"):
        masks("n", list(range(101)))
