# SPDX-License-Identifier: Apache-2.0
"""One training: what function, command and notebook have in common.

job = Training(ctx, source, environment, spec, model, space, progress, tables)
job.call(request)       the runtime's worker, in the workspace
job.finish()            a model directory of the files that `train.model` names
job.check(ended)        what a process that ended badly means
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from shipway.base import clock
from shipway.base.errors import InputError, StoppedError
from shipway.base.processes import Completed
from shipway.records.data import Dataset
from shipway.records.source import PythonEnvironment, Source
from shipway.spec.types import ModelSpec, TrainSpec
from shipway.stages.commands import Deadline
from shipway.stages.complaints import explain_complaint
from shipway.stages.context import StageContext
from shipway.stages.progress import Progress
from shipway.stages.tables import table_files, table_paths
from shipway.stages.tails import readable
from shipway.stages.worker import call_worker
from shipway.stages.workspace import Workspace
from shipway_runtime import formats

NEVER_TRAINED_ON = frozenset({"test"})


@dataclass
class Training:
    """One training in an open workspace; `golden` is a file of rows, or None without data."""

    ctx: StageContext
    source: Source
    environment: PythonEnvironment
    spec: TrainSpec
    model: ModelSpec
    space: Workspace
    progress: Progress
    tables: Mapping[str, Dataset]
    golden: Path | None = None
    deadline: Deadline = field(init=False)
    began: int = field(init=False)
    tail: str = ""

    def __post_init__(self) -> None:
        self.deadline = Deadline(self.spec.timeout)
        self.began = int(clock.now().timestamp() * 1000)

    @property
    def output(self) -> Path:
        """Where the model directory is made."""
        return self.ctx.scratch / "model"

    @cached_property
    def paths(self) -> Mapping[str, Path]:
        """What `{data.train}` and its like stand for."""
        return table_paths(self.ctx, self.source, self.tables)

    @cached_property
    def files(self) -> Mapping[str, formats.TableFiles]:
        """The tables as the worker is given them."""
        return table_files(self.ctx, self.source, self.tables)

    def process(self, argv: Sequence[str], cwd: Path, env: Mapping[str, str]) -> None:
        """Run one process of the user's training to its good end."""
        ended = self.ctx.process(
            argv,
            cwd=cwd,
            env=env,
            timeout=self.deadline.left(),
            on_line=self.progress.line,
            cancelled=self.progress.stop,
        )
        self.tail = ended.tail
        self.check(ended)

    def written(self, outputs: Sequence[str], where: str) -> list[Path]:
        """The files or folders that the training wrote; StoppedError for one that is not there."""
        try:
            return self.space.written(outputs, where=where)
        except StoppedError as error:
            cure = [error.cure, self._written_elsewhere(outputs)]
            if self.tail.strip():
                last = readable(self.tail, self.space.folder)
                cure.append(f"The last lines of its output:\n{last}")
            text = "\n".join(filter(None, cure))
            what = error.what.replace("the declared", "training ended well, but its")
            raise StoppedError(what, where=error.where, cure=text) from None

    def _written_elsewhere(self, outputs: Sequence[str]) -> str:
        """Files of the same names that this training wrote to other places of its workspace."""
        found = [
            path.relative_to(self.space.folder).as_posix()
            for output in outputs
            for path in sorted(self.space.folder.rglob(PurePosixPath(output).name))
            if path.stat().st_mtime * 1000 >= self.began
        ]
        others = [path for path in found if path not in outputs]
        return f"It wrote {', '.join(others)}: write that in shipway.yaml." if others else ""

    def finish(self) -> formats.Result:
        """Make a model directory of the files that the user's own process wrote."""
        where = self.ctx.document.where("train", "model")
        if not self.spec.model:
            raise InputError(
                "a training command needs 'model', the file that it writes",
                where=where,
                cure="Add for instance 'model: model.pkl' under 'train'.",
            )
        files = self.written(self.spec.model, where)
        request = formats.FinishRequest(
            model_files=tuple(str(path) for path in files),
            application=self.ctx.spec.package.server is not None,
            **self.common(),
        )
        return self.call(request)

    def common(self) -> dict[str, Any]:
        """The fields that the worker's requests for a model share."""
        data = self.ctx.spec.data
        threshold = self.model.threshold
        return {
            "data": {n: table for n, table in self.files.items() if n not in NEVER_TRAINED_ON},
            "output": str(self.output),
            "result": str(self.ctx.scratch / "train-result.json"),
            "task": self.model.task,
            "target": self.model.target,
            "positive": self.model.positive,
            "sys_path": self.space.import_folders(self.spec.folder),
            "id": data.id if data else None,
            "ignore": data.ignore if data else (),
            "trusted_types": self.model.trusted_types,
            "allow_pickle": self.spec.allow_pickle,
            "threshold": threshold if isinstance(threshold, float) else None,
            "golden": str(self.golden) if self.golden else None,
            "predict": self.spec.predict,
        }

    def call(
        self,
        request: formats.TrainRequest | formats.FinishRequest,
        variables: Mapping[str, str] | None = None,
    ) -> formats.Result:
        """Carry out a request of the worker in the workspace, with some more variables."""
        result, ended = call_worker(
            self.ctx,
            self.environment,
            request,
            self.space.folder,
            env={**self.space.command_env(self.environment), **(variables or {})},
            on_event=lambda event: self.progress.metric(event.name, event.value, event.step),
            on_line=self.progress.line,
            timeout=self.deadline.left(),
            cancelled=self.progress.stop,
        )
        self.check(ended)
        return result

    def check(self, ended: Completed) -> None:
        """StoppedError for a process that was stopped, took too long, or failed."""
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
                cure=self._explain(ended.tail),
            )

    def _explain(self, tail: str) -> str:
        complaint = explain_complaint(tail, self.space.folder, self.tables)
        return "\n".join(filter(None, [self.space.explain(tail), complaint]))
