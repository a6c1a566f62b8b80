# SPDX-License-Identifier: Apache-2.0
"""An evaluation of which nothing but the verdict is told."""

import msgspec
import pytest

from shipway.evaluation.silence import NOTHING, only_verdict
from shipway.records.results import reason_of
from shipway.records.training import Evaluation, Flips, GateResult, Interval, Metric
from shipway.spec.evaluation import GateSpec

SECRET = 0.123456


def result(gate, verdict="passed", **more):
    bounds = Interval(SECRET, SECRET, 0.99, "Wilson")
    return GateResult(
        gate, verdict, SECRET, f">= {SECRET}", f"it is {SECRET}", metric=gate.split()[0],
        bound=SECRET, interval=bounds, method="Wilson", rows=77, rows_needed=99, champion=SECRET,
        p_value=SECRET, effect=SECRET, confidence=0.95, level=0.99, line=12, **more,
    )  # fmt: skip


def found(verdict, *gates):
    return Evaluation(
        "sha256:m", "test", "sha256:t", 100, metrics=(Metric("recall", SECRET, 100),), gates=gates,
        verdict=verdict, flips=Flips(100, 3, 2, 1), predictions="sha256:p",
        champion_predictions="sha256:c", notes=(f"{SECRET}",),
    )  # fmt: skip


OTHER = Evaluation(
    "sha256:m", "validation", "sha256:v", 50, metrics=(Metric("recall", 0.5, 50),),
    predictions="sha256:q", notes=("of the others",),
)  # fmt: skip
RECALL, SLICES, WARNING, SIZE = (
    GateSpec("recall >= 0.5 at 95%"),
    GateSpec("recall[country=*] >= 0.5 at 95%"),
    GateSpec("roc_auc >= 0.5 at 95%", "warn"),
    GateSpec("model_mb <= 5"),
)


@pytest.mark.parametrize(
    ("verdict", "told"),
    [("passed", "passed"), ("failed", "failed"), ("inconclusive", "failed")],
)
def test_one_bit_is_told(verdict, told):
    gates = (
        result(RECALL.gate, verdict),
        result(SLICES.gate, slice="country=DE"),
        result(SLICES.gate, "inconclusive", slice="country=FR"),
        result(WARNING.gate, "failed", on_fail="warn"),
    )
    silent = only_verdict(found(verdict, *gates), OTHER, (RECALL, SLICES, WARNING))
    assert str(SECRET) not in msgspec.json.encode(silent).decode()
    assert [gate.verdict for gate in silent.gates] == [told, told, "inconclusive"]
    assert [gate.on_fail for gate in silent.gates] == ["stop", "stop", "warn"]
    assert {(gate.slice, gate.level, gate.line) for gate in silent.gates} == {("", 0.99, 12)}
    assert (silent.verdict, silent.dataset, silent.test_set) == (told, "test", "sha256:t")
    assert (silent.metrics, silent.details) == (OTHER.metrics, "validation")
    assert (silent.predictions, silent.champion_predictions) == ("sha256:q", None)
    assert (silent.flips, silent.notes) == (None, ("of the others",))


def test_no_gate_is_named_as_the_reason():
    silent = only_verdict(found("failed", result(RECALL.gate, "failed")), OTHER, (RECALL,))
    assert reason_of(silent).startswith("not all gates passed")


def test_what_is_not_about_rows_is_told():
    size = result(SIZE.gate, "failed")
    silent = only_verdict(found("failed", size, result(RECALL.gate)), OTHER, (SIZE, RECALL))
    assert silent.gates[0] == size
    assert silent.gates[1].observed is None


def test_without_other_rows_nothing_is_told():
    silent = only_verdict(found("passed", result(RECALL.gate)), None, (RECALL,))
    assert (silent.details, silent.metrics, silent.predictions) == (NOTHING, (), None)
