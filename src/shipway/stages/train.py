# SPDX-License-Identifier: Apache-2.0
"""Trains the model, by the user's function or by the user's command, in an export of its code set.

What comes out is a model directory with golden predictions; what the training reported while it
went becomes curves, and may stop it.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from shipway.base.errors import InputError, StoppedError
from shipway.base.processes import Completed
from shipway.records.base import Skipped
from shipway.records.data import ValidatedData
from shipway.records.source import PythonEnvironment, Source
from shipway.records.training import TestReport, TrainedModel
from shipway.spec.types import ModelSpec, TrainSpec
from shipway.spec.variables import resolve
from shipway.stages.commands import Deadline, fill, split
from shipway.stages.context import StageContext
from shipway.stages.golden import write_golden_rows
from shipway.stages.progress import Progress
from shipway.stages.requirements import check_requirements
from shipway.stages.stage import Parts, Scope
from shipway.stages.tables import table_files, table_paths
from shipway.stages.worker import call_worker
from shipway.stages.workspace import Workspace, export_code, input_digests, open_workspace
from shipway.storage.trees import put_tree
from shipway_runtime import formats

NEVER_TRAINED_ON = frozenset({"test"})


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
    progress = Progress(spec, ctx.cancelled, ctx.tell)
    outputs = [*spec.model, *_metric_files(spec)]
    where = ctx.document.where("train")
    with open_workspace(
        ctx, source, spec.code, inputs=spec.inputs, outputs=outputs, where=where
    ) as space:
        job = _Job(ctx, environment, spec, model, space, progress)
        golden = write_golden_rows(ctx, source, data)
        output = ctx.scratch / "model"
        handed = table_files(ctx, source, tables)
        if spec.function is not None:
            result = job.by_function(handed, golden, output)
        else:
            job.by_command(table_paths(ctx, source, tables))
            result = job.finish(handed, golden, output)
        space.check_inputs()
        reported = {**result.metrics, **progress.last(), **job.metrics_file()}
        check_requirements(spec, reported, ctx.document)
        return TrainedModel(
            digest=put_tree(ctx.store.objects, output),
            flavour=result.flavour,
            params=spec.params,
            curves={name: tuple(points) for name, points in progress.curves.items()},
            reported={name: float(value) for name, value in reported.items()},
            golden_rows=result.golden_rows,
            features=result.features,
            code=_keep_code(ctx, source, spec),
        )


def _keep_code(ctx: StageContext, source: Source, spec: TrainSpec) -> str:
    """The code set as a tree of the store: what the model needs wherever it is used."""
    folder = ctx.scratch / "code"
    export_code(ctx, Path(source.folder), spec.code, folder)
    return put_tree(ctx.store.objects, folder)


class _Job:
    """One training."""

    def __init__(
        self,
        ctx: StageContext,
        environment: PythonEnvironment,
        spec: TrainSpec,
        model: ModelSpec,
        space: Workspace,
        progress: Progress,
    ) -> None:
        self.ctx = ctx
        self.environment = environment
        self.spec = spec
        self.model = model
        self.space = space
        self.progress = progress
        self.deadline = Deadline(spec.timeout)

    def by_function(
        self, data: Mapping[str, formats.TableFiles], golden: Path | None, output: Path
    ) -> formats.Result:
        """Call the user's function in the worker."""
        request = formats.TrainRequest(
            function=self.spec.function or "",
            params=self.spec.params,
            **self._common(data, golden, output),
        )
        return self._call(request)

    def by_command(self, paths: Mapping[str, Path]) -> None:
        """Carry out the user's commands, one after the other."""
        where = self.ctx.document.where("train", "command")
        folder = self.space.inside(self.spec.folder)
        env = self.space.command_env(self.environment)
        for name, value in self.spec.env.items():
            place = self.ctx.document.where("train", "env", name)
            env[name] = fill(resolve(value, os.environ, place), paths, where=place)
        for command in self.spec.command:
            words = [fill(word, paths, where=where) for word in split(command, where=where)]
            ended = self.ctx.process(
                words,
                cwd=folder,
                env=env,
                timeout=self.deadline.left(),
                on_line=self.progress.line,
                cancelled=self.progress.stop,
            )
            self._check(ended)

    def finish(
        self, data: Mapping[str, formats.TableFiles], golden: Path | None, output: Path
    ) -> formats.Result:
        """Make a model directory of the file that the command wrote."""
        where = self.ctx.document.where("train", "model")
        if not self.spec.model:
            raise InputError(
                "a training command needs 'model', the file that it writes",
                where=where,
                cure="Add for instance 'model: model.pkl' under 'train'.",
            )
        files = self.space.written(self.spec.model, where=where)
        common = self._common(data, golden, output)
        request = formats.FinishRequest(model_files=tuple(str(path) for path in files), **common)
        return self._call(request)

    def metrics_file(self) -> dict[str, float]:
        """Metrics from the JSON file that the command wrote, renamed by `map`."""
        source = self.spec.metrics
        if source is None or source.json is None:
            return {}
        where = self.ctx.document.where("train", "metrics", "json")
        path = self.space.written([source.json], where=where)[0]
        try:
            value = msgspec.json.decode(path.read_bytes())
        except msgspec.DecodeError as error:
            raise InputError(f"{source.json} is not JSON: {error}", where=where) from None
        numbers = _flat(value)
        if source.map:
            return {ours: _number(numbers, theirs, where) for ours, theirs in source.map.items()}
        return numbers

    def _common(
        self, data: Mapping[str, formats.TableFiles], golden: Path | None, output: Path
    ) -> dict[str, Any]:
        spec_data = self.ctx.spec.data
        threshold = self.model.threshold
        return {
            "data": {n: table for n, table in data.items() if n not in NEVER_TRAINED_ON},
            "output": str(output),
            "result": str(self.ctx.scratch / "train-result.json"),
            "task": self.model.task,
            "target": self.model.target,
            "positive": self.model.positive,
            "sys_path": self.space.import_folders(self.spec.folder),
            "id": spec_data.id if spec_data else None,
            "ignore": spec_data.ignore if spec_data else (),
            "trusted_types": self.model.trusted_types,
            "allow_pickle": self.spec.allow_pickle,
            "threshold": threshold if isinstance(threshold, float) else None,
            "golden": str(golden) if golden else None,
            "predict": self.spec.predict,
        }

    def _call(self, request: formats.TrainRequest | formats.FinishRequest) -> formats.Result:
        result, ended = call_worker(
            self.ctx,
            self.environment,
            request,
            self.space.folder,
            env=self.space.command_env(self.environment),
            on_event=lambda event: self.progress.metric(event.name, event.value, event.step),
            on_line=self.progress.line,
            timeout=self.deadline.left(),
            cancelled=self.progress.stop,
        )
        self._check(ended)
        return result

    def _check(self, ended: Completed) -> None:
        if self.progress.problem:
            raise StoppedError(
                f"training was stopped: {self.progress.problem}",
                where=self.ctx.document.where("train", "stop_if"),
            )
        if ended.timed_out:
            raise StoppedError(
                f"training took longer than {self.spec.timeout:g} seconds",
                where=self.ctx.document.where("train", "timeout"),
                cure="Raise 'timeout', or train less.",
            )
        if ended.cancelled:
            raise StoppedError("training was cancelled")
        if ended.returncode != 0:
            raise StoppedError(
                f"the training command ended with exit code {ended.returncode}",
                where=self.ctx.document.where("train", "command"),
                cure=self.space.explain(ended.tail),
            )


def _metric_files(spec: TrainSpec) -> list[str]:
    return [spec.metrics.json] if spec.metrics is not None and spec.metrics.json else []


def _flat(value: object, prefix: str = "") -> dict[str, float]:
    """Numbers in nested mappings, by their dotted path."""
    if isinstance(value, dict):
        found: dict[str, float] = {}
        for name, item in value.items():
            found |= _flat(item, f"{prefix}.{name}" if prefix else str(name))
        return found
    if isinstance(value, int | float) and not isinstance(value, bool):
        return {prefix: float(value)}
    return {}


def _number(numbers: Mapping[str, float], name: str, where: str) -> float:
    if name not in numbers:
        known = ", ".join(sorted(numbers)) or "none"
        raise InputError(
            f"the metrics file has no number {name!r}", where=where, cure=f"It has: {known}."
        )
    return numbers[name]


def depends(scope: Scope) -> Parts:
    """What is trained, with which code, and which files besides the data."""
    spec = scope.spec
    train_spec = spec.train
    assert train_spec is not None  # noqa: S101 - the plan has this stage only with its key
    model = msgspec.to_builtins(spec.model)
    for text in ("description", "intended_use", "owner"):
        model.pop(text, None)
    data = spec.data
    return {
        "train": msgspec.to_builtins(train_spec),
        "model": model,
        "data": {"id": data.id, "ignore": data.ignore, "nulls": data.nulls} if data else {},
        "sensitive": _sensitive(scope),
        "code": scope.code(train_spec.code, False),
        "files": input_digests(scope, train_spec.inputs),
    }


def _sensitive(scope: Scope) -> dict[str, object]:
    """Columns whose golden rows are made up from what the spec declares."""
    data = scope.spec.data
    columns = {} if data is None else data.columns
    return {name: msgspec.to_builtins(c) for name, c in columns.items() if c.sensitive}
