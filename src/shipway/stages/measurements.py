# SPDX-License-Identifier: Apache-2.0
"""What is measured beside the answers of both models, as far as metrics and gates ask for it: the
project's own functions, latency and size.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from shipway.records.source import Source
from shipway.spec.evaluation import EvaluateSpec
from shipway.stages.answers import Asked
from shipway.stages.context import StageContext
from shipway.stages.latency import measure_model
from shipway.stages.own_metrics import Rows, ask_functions
from shipway.stages.predictions import OpenModel
from shipway_runtime.formats import TableFiles

if TYPE_CHECKING:
    import polars as pl

    from shipway.evaluation.decide import Evidence


@dataclass(frozen=True)
class Subjects:
    """Whom to ask about what: the challenger, the files of the table, and where the code lies."""

    source: Source
    model: OpenModel
    files: TableFiles


def with_measurements(
    ctx: StageContext,
    spec: EvaluateSpec,
    subjects: Subjects,
    evidence: "Evidence",
    target: "pl.Series",
    answers: tuple[Asked, Asked | None],
) -> "Evidence":
    """`evidence` with `own` and `samples`; `answers` are the challenger's and the champion's.

    StoppedError for a function that raises or returns no number.
    """
    rows = Rows(
        files=subjects.files,
        target=target.to_list(),
        challenger=answers[0],
        champion=answers[1],
        slices=evidence.slices,
        weight=None if evidence.challenger is None else evidence.challenger.weight,
    )
    return replace(
        evidence,
        own=ask_functions(ctx, subjects.source, subjects.model, rows),
        samples=measure_model(ctx, spec, subjects.model, subjects.files),
    )
