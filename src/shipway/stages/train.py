# SPDX-License-Identifier: Apache-2.0
"""Trains the model, by the user's function, command or notebook, in an export of its code set.

What comes out is a model directory with golden predictions, and with a decision threshold where one
is to be chosen; what the training reported while it went becomes curves, and may stop it.
"""

from pathlib import Path

import msgspec

from shipway.records.base import Skipped
from shipway.records.data import ValidatedData
from shipway.records.source import PythonEnvironment, Source
from shipway.records.training import TestReport, TrainedModel
from shipway.spec.types import TrainSpec
from shipway.stages.absolute_paths import absolute_files
from shipway.stages.context import StageContext
from shipway.stages.golden import write_golden_rows
from shipway.stages.metric_files import declared_files
from shipway.stages.notebook import by_notebook, notebook_key
from shipway.stages.progress import Progress
from shipway.stages.reported import printed_metrics, reported_metrics
from shipway.stages.requirements import check_finite, check_requirements
from shipway.stages.stage import Parts, Scope
from shipway.stages.thresholds import choose_threshold, threshold_depends
from shipway.stages.train_by_command import by_command
from shipway.stages.train_by_function import by_function
from shipway.stages.training import Training
from shipway.stages.variables import variable_digests
from shipway.stages.workspace import export_code, input_digests, open_workspace
from shipway.storage.trees import put_tree
from shipway_runtime import formats


def train(
    ctx: StageContext,
    source: Source,
    environment: PythonEnvironment,
    data: ValidatedData | Skipped,
    tests: TestReport | Skipped,
) -> TrainedModel | Skipped:
    """Train in a workspace of the code set. StoppedError when the training crashes, takes too
    long, reports NaN, makes no progress or misses what `require` demands.
    """
    spec, model = ctx.spec.train, ctx.spec.model
    assert spec is not None and model is not None  # noqa: S101 - the plan needs both keys
    tables = {} if isinstance(data, Skipped) else data.datasets
    progress = Progress(spec, ctx.cancelled, ctx.tell, printed_metrics(ctx.document))
    outputs = [*spec.model, *declared_files(spec)]
    where = ctx.document.where("train")
    with open_workspace(
        ctx, source, spec.code, inputs=spec.inputs, outputs=outputs, where=where
    ) as space:
        job = Training(ctx, source, environment, spec, model, space, progress, tables)
        from shipway.stages.imports import check_imports

        check_imports(ctx, environment, spec, space.folder)
        job.golden = write_golden_rows(ctx, source, data)
        for remark in absolute_files(space.folder, ctx.code(spec.code, False)):
            ctx.note(remark)
        result = _carry_out(job)
        space.check_inputs()
        found = reported_metrics(job)
        reported = {**result.metrics, **progress.last(), **found.metrics}
        check_finite(spec, found.metrics, ctx.document)
        check_requirements(spec, reported, ctx.document)
        threshold = choose_threshold(job, result.flavour)
        return TrainedModel(
            digest=put_tree(ctx.store.objects, job.output),
            flavour=result.flavour,
            params={**found.params, **spec.params},
            curves=dict(progress.curves),
            reported={name: float(value) for name, value in reported.items()},
            golden_rows=result.golden_rows,
            features=result.features,
            code=_keep_code(ctx, source, spec),
            notebook=notebook_key(ctx) if spec.notebook else "",
            threshold=threshold,
        )


def _carry_out(job: Training) -> formats.Result:
    """Train in the way that the spec names: the review saw to it that it names exactly one."""
    if job.spec.function is not None:
        return by_function(job)
    if job.spec.notebook is not None:
        return by_notebook(job)
    return by_command(job)


def _keep_code(ctx: StageContext, source: Source, spec: TrainSpec) -> str:
    """The code set as a tree of the store: what the model needs wherever it is used."""
    folder = ctx.scratch / "code"
    export_code(ctx, Path(source.folder), spec.code, folder)
    return put_tree(ctx.store.objects, folder)


def depends(scope: Scope) -> Parts:
    """What is trained, with which code, and which files besides the data."""
    spec = scope.spec
    train_spec = spec.train
    assert train_spec is not None  # noqa: S101 - the plan has this stage only with its key
    model = msgspec.to_builtins(spec.model)
    for text in ("description", "intended_use", "owner"):
        model.pop(text, None)
    data = spec.data
    known = variable_digests(train_spec.env)
    return {
        "train": msgspec.to_builtins(train_spec),
        "model": model,
        "data": {"id": data.id, "ignore": data.ignore, "nulls": data.nulls} if data else {},
        "sensitive": _sensitive(scope),
        "code": scope.code(train_spec.code, False),
        "files": input_digests(scope, train_spec.inputs),
        **threshold_depends(spec),
        **({"variables": known} if known else {}),
        # An application of the user's own reads the files as they were written.
        **({"files kept": True} if spec.package.server is not None else {}),
    }


def _sensitive(scope: Scope) -> dict[str, object]:
    """Columns whose golden rows are made up from what the spec declares."""
    data = scope.spec.data
    columns = {} if data is None else data.columns
    return {name: msgspec.to_builtins(c) for name, c in columns.items() if c.sensitive}
