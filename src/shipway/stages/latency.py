# SPDX-License-Identifier: Apache-2.0
"""What is measured of the model besides its answers: `predict_ms` and `model_mb`.

Only where a metric or a gate asks for it. How long a prediction takes is a matter of the machine
and of what else runs there. So it is never answered from the cache, and a gate on it only warns,
unless `evaluate.machine` names the machine that measures: its host name, or what the variable
SHIPWAY_MACHINE says.
"""

import os
import platform
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from shipway.base import clock
from shipway.base.errors import StoppedError
from shipway.records.training import Evaluation, GateResult
from shipway.spec.evaluation import EvaluateSpec
from shipway.stages.context import StageContext
from shipway.stages.predictions import OpenModel
from shipway.stages.worker import call_worker
from shipway_runtime import formats, questions

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = Mapping[str, NDArray[np.float64]]

LATENCY = "predict_ms"
SIZE = "model_mb"
MACHINE_VARIABLE = "SHIPWAY_MACHINE"


def measure_model(
    ctx: StageContext, spec: EvaluateSpec, model: OpenModel, files: formats.TableFiles
) -> "Samples":
    """The samples that metrics and gates ask for: `predict_ms` (one a call), `model_mb` (one)."""
    import numpy as np

    wanted = _wanted(spec)
    found = {}
    if LATENCY in wanted:
        ctx.tell("timing single predictions")
        found[LATENCY] = np.array(_milliseconds(ctx, model, files), dtype=np.float64)
    if SIZE in wanted:
        size = sum(path.stat().st_size for path in model.model.rglob("*") if path.is_file())
        found[SIZE] = np.array([size / 1e6])
    return found


def _wanted(spec: EvaluateSpec) -> set[str]:
    from shipway.evaluation.gate_parser import parse_gate

    gated = (parse_gate(item.gate).metric for item in spec.gates)
    return {_base(name) for name in (*spec.metrics, *gated)}


def _base(metric: str) -> str:
    """`predict_ms` of `predict_ms.p99`."""
    return metric.partition("@")[0].partition(".")[0].strip()


def _milliseconds(
    ctx: StageContext, model: OpenModel, files: formats.TableFiles
) -> tuple[float, ...]:
    output = ctx.scratch / "latency.json"
    request = questions.LatencyRequest(
        model=str(model.model),
        output=str(output),
        result=str(ctx.scratch / "latency-result.json"),
        data=files,
        sys_path=model.sys_path,
        trusted_types=model.version.trusted_types,
        allow_pickle=model.version.allow_pickle,
    )
    _, ended = call_worker(ctx, model.environment, request, Path(model.sys_path[0]))
    if ended.cancelled:
        raise StoppedError("timing the model was cancelled")
    return tuple(formats.read(output)["milliseconds"])


def this_machine() -> str:
    """The name of the machine that measures."""
    return os.environ.get(MACHINE_VARIABLE) or platform.node()


def only_warning(spec: EvaluateSpec) -> EvaluateSpec:
    """`spec` with gates on latency that only warn, unless it names this machine."""
    from shipway.evaluation.gate_parser import parse_gate

    if spec.machine == this_machine():
        return spec
    gates = tuple(
        msgspec.structs.replace(item, on_fail="warn")
        if _base(parse_gate(item.gate).metric) == LATENCY
        else item
        for item in spec.gates
    )
    return msgspec.structs.replace(spec, gates=gates)


def with_machine(spec: EvaluateSpec, found: Evaluation) -> Evaluation:
    """`found` as a verdict of this machine and this moment, where it speaks of latency."""
    if LATENCY not in _wanted(spec):
        return found
    gates = tuple(
        _noted(spec, gate) if _base(gate.metric or gate.gate) == LATENCY else gate
        for gate in found.gates
    )
    return msgspec.structs.replace(found, gates=gates, valid_until=clock.stamp())


def _noted(spec: EvaluateSpec, gate: GateResult) -> GateResult:
    here = this_machine()
    note = f"measured on {here}"
    if spec.machine != here:
        named = f"{spec.machine}" if spec.machine else "no machine"
        note += f"; it only warns, since evaluate.machine names {named}"
    return msgspec.structs.replace(gate, reason=f"{gate.reason} ({note})")
