# SPDX-License-Identifier: Apache-2.0
"""What is shown of a model while only the verdict of its test set may be told.

The validation split is evaluated with the same code, by a spec that demands nothing: without gates
nothing is decided on rows that nobody promised anything about.
"""

from dataclasses import replace

import msgspec

from shipway.records.base import Skipped
from shipway.records.data import Dataset, ValidatedData
from shipway.spec.evaluation import EvaluateSpec
from shipway.spec.types import Spec
from shipway.stages.context import StageContext

OTHER = "validation"


def other_rows(spec: EvaluateSpec, data: ValidatedData | Skipped) -> Dataset | None:
    """The validation split; None where there is none, or where it is what is judged."""
    if isinstance(data, Skipped) or spec.dataset == OTHER:
        return None
    return data.datasets.get(OTHER)


def of_details(ctx: StageContext, dataset: str) -> StageContext:
    """A context in which `dataset` is measured in the way of the test set, and nothing demanded."""
    scratch = ctx.scratch / "details"
    scratch.mkdir()
    spec = msgspec.structs.replace(ctx.spec, evaluate=_measuring(ctx.spec, dataset))
    document = msgspec.structs.replace(ctx.document, spec=spec)
    return replace(ctx, scratch=scratch, document=document)


def _measuring(spec: Spec, dataset: str) -> EvaluateSpec:
    from shipway.evaluation.gate_parser import parse_gate
    from shipway.evaluation.metrics import DEFAULTS

    evaluate, model = spec.evaluate, spec.model
    assert evaluate is not None and model is not None  # noqa: S101 - something is judged
    shown = evaluate.metrics or (*DEFAULTS[model.task], *evaluate.functions)
    gated = filter(None, (parse_gate(gate.gate).metric for gate in evaluate.gates))
    return msgspec.structs.replace(
        evaluate,
        dataset=dataset,
        metrics=tuple(dict.fromkeys((*shown, *gated))),
        gates=(),
        champion=None,
        test_set_budget=None,
    )
