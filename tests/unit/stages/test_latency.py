# SPDX-License-Identifier: Apache-2.0
"""Latency and size: measured where they are asked for, and never believed of another machine."""

import pytest

from shipway.base import clock
from shipway.engine.cache import ResultCache
from shipway.spec.evaluation import EvaluateSpec, GateSpec
from shipway.stages import latency
from shipway.stages.latency import only_warning, this_machine
from shipway.storage.trees import fetch_tree

from .conftest import SPEC


def asked(metrics: str, gates: str, more: str = "") -> str:
    head, _, _ = SPEC.partition("evaluate:")
    return f"{head}evaluate:\n  metrics: {metrics}\n  gates: {gates}\n{more}"


def judged(make, once, road, *words: str):
    return make(asked(*words), kept=road.store).evaluated(once.model)


def test_a_slow_model_only_warns(make, once, trained_road):
    gates = '["predict_ms.p99 <= 0.000001", "accuracy >= 0.9"]'
    found = judged(make, once, trained_road, "[accuracy]", gates)
    slow, right = found.gates
    assert (slow.verdict, slow.on_fail) == ("failed", "warn")
    assert slow.reason.endswith(
        f"(measured on {this_machine()}; it only warns, since evaluate.machine names no machine)"
    )
    assert (right.verdict, right.on_fail, found.verdict) == ("passed", "stop", "passed")


def test_it_stops_on_the_machine_that_the_spec_names(make, once, trained_road, monkeypatch):
    monkeypatch.setenv("SHIPWAY_MACHINE", "bench-1")
    gates = '["predict_ms.mean <= 0.000001"]'
    there = judged(make, once, trained_road, "[accuracy]", gates, "  machine: bench-1\n")
    assert (there.gates[0].on_fail, there.verdict) == ("stop", "failed")
    assert there.gates[0].reason.endswith("(measured on bench-1)")
    other = judged(make, once, trained_road, "[accuracy]", gates, "  machine: bench-2\n")
    assert (other.gates[0].on_fail, other.verdict) == ("warn", "passed")
    assert other.gates[0].reason.endswith("since evaluate.machine names bench-2)")


def test_what_was_timed_is_not_kept(make, once, trained_road):
    found = judged(make, once, trained_road, "[predict_ms.p50, predict_ms.max]", "[]")
    values = {metric.name: metric.value for metric in found.metrics}
    assert 0 < values["predict_ms.p50"] <= values["predict_ms.max"]
    assert found.valid_until is not None
    assert found.valid_until <= clock.stamp()
    cache = ResultCache(trained_road.store)
    cache.keep("evaluate", f"sha256:{'a' * 64}", found)
    assert cache.find(f"sha256:{'a' * 64}") is None
    cache.keep("evaluate", f"sha256:{'b' * 64}", once.evaluation)
    assert cache.find(f"sha256:{'b' * 64}") == once.evaluation


def test_size_is_a_gate_like_others(make, once, trained_road, tmp_path):
    gates = '["model_mb <= 0.000001"]'
    found = judged(make, once, trained_road, "[model_mb]", gates)
    fetch_tree(trained_road.store.objects, once.model.digest, tmp_path / "model")
    size = sum(path.stat().st_size for path in (tmp_path / "model").rglob("*") if path.is_file())
    assert found.metrics[0].value == size / 1e6
    assert (found.gates[0].verdict, found.gates[0].on_fail) == ("failed", "stop")
    assert found.valid_until is None


def test_nothing_is_measured_unasked(make, once, trained_road, monkeypatch):
    monkeypatch.setattr(latency, "_milliseconds", None)
    found = judged(make, once, trained_road, "[accuracy]", '["accuracy >= 0.9"]')
    assert found.verdict == "passed"


@pytest.mark.parametrize("machine", [None, "nowhere"])
def test_other_gates_stay_as_they_are(machine):
    gates = (GateSpec("recall >= 0.5"), GateSpec("predict_ms.p99 <= 1"), GateSpec("model_mb <= 1"))
    spec = only_warning(EvaluateSpec(gates=gates, machine=machine))
    assert [gate.on_fail for gate in spec.gates] == ["stop", "warn", "stop"]
