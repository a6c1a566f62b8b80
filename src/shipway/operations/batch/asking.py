# SPDX-License-Identifier: Apache-2.0
"""A model version in a process of its own environment, asked for one piece after the other.

with asked(project, version, scratch) as model:
    model.ask(rows, columns)       # returns at once; the next piece can be read meanwhile
    answers = model.answer()       # of the oldest piece that is not answered yet
"""

import contextlib
import os
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from shipway.adapters.environments.interface import worker_environment
from shipway.base.errors import StoppedError
from shipway.base.processes import Completed, run
from shipway.engine.wiring import Project
from shipway.operations.versions import environment_of, unpack
from shipway.records.delivery import ModelVersion
from shipway.stages.package import service_of
from shipway.stages.worker import failure
from shipway_runtime import columns, formats


class BadRow(Exception):  # noqa: N818 - found in the user's table, for the caller to place
    """The worker found a row of the oldest piece that does not fit: its number there, from 0."""

    def __init__(self, row: int, message: str) -> None:
        super().__init__(message)
        self.row = row
        self.message = message


class AskedModel:
    """The process: it reads orders from one pipe and writes answers to another."""

    def __init__(self, scratch: Path) -> None:
        self.scratch = scratch
        self.orders, self._orders_in = os.pipe()
        self._answers_out, self.answers = os.pipe()
        self._reader = os.fdopen(self._answers_out, "rb")
        self._cancelled = threading.Event()
        self._thread: threading.Thread | None = None
        self._ended: Completed | BaseException | None = None
        self._result = scratch / "result.json"
        self._waiting: deque[tuple[Path, Path]] = deque()
        self._number = 0

    def start(self, project: Project, version: ModelVersion) -> formats.ModelInfo:
        """Unpack the version and start its process; what `model.json` says."""
        environment = environment_of(project, version)
        bundle = unpack(project, version, self.scratch)
        request = formats.BatchRequest(
            model=str(bundle / "model"),
            result=str(self._result),
            orders=self.orders,
            answers=self.answers,
            sys_path=tuple(str(bundle / place) for place in service_of(version)["sys_path"]),
            trusted_types=version.trusted_types,
            allow_pickle=version.allow_pickle,
        )
        path = self.scratch / "request.json"
        formats.write(path, request)
        argv = [environment.interpreter, "-m", "shipway_runtime.worker", str(path)]
        # The user's own predict function finds its files where it found them in training.
        arguments = (argv, bundle / "code", worker_environment(environment, os.environ))
        self._thread = threading.Thread(target=self._run, args=arguments, daemon=True)
        self._thread.start()
        return formats.read_model(bundle / "model")

    def _run(self, argv: Sequence[str], cwd: Path, env: dict[str, str]) -> None:
        try:
            self._ended = run(
                argv,
                cwd=cwd,
                env=env,
                cancelled=self._cancelled,
                pass_fds=[self.orders, self.answers],
            )
        except BaseException as error:  # raised again where the answer is waited for
            self._ended = error
        finally:
            # With our own copy gone, the end of the process is the end of its answers.
            os.close(self.answers)

    def ask(self, rows: int, table: Sequence[columns.Column]) -> None:
        """Order the predictions of one piece."""
        self._number += 1
        given = self.scratch / f"{self._number}.columns"
        output = self.scratch / f"{self._number}.answers"
        columns.write(given, rows, table)
        order = msgspec.json.encode({"input": str(given), "output": str(output)})
        os.write(self._orders_in, order + b"\n")
        self._waiting.append((given, output))

    def answer(self) -> columns.Columns:
        """The answers for the oldest piece: `prediction`, and `score` or one column for each class.

        BadRow for a row that does not fit; the worker's own error when the model can't predict.
        """
        line = self._reader.readline()
        found = msgspec.json.decode(line) if line else {}
        if "rows" not in found:
            error = self._failure()
            if "row" in found:
                raise BadRow(found["row"], error.message)
            raise failure(error)
        given, output = self._waiting.popleft()
        answers = columns.read(output)
        given.unlink()
        output.unlink()
        return answers

    def _failure(self) -> formats.Failure:
        """Why there is no answer, once the process is over."""
        if self._thread is not None:
            self._thread.join()
        if isinstance(self._ended, BaseException):
            raise self._ended
        try:
            result = formats.read_result(self._result)
        except formats.FormatError:
            result = formats.Result()
        if result.error is None:
            assert self._ended is not None  # noqa: S101 - its thread is over
            raise _crashed(self._ended)
        return result.error

    def close(self, *, cancel: bool) -> None:
        """End the process: with the pieces that it has, or at once."""
        if cancel:
            self._cancelled.set()
        os.close(self._orders_in)
        if self._thread is not None:
            self._thread.join()
        else:
            os.close(self.answers)
        os.close(self.orders)
        self._reader.close()


def _crashed(ended: Completed) -> StoppedError:
    code = ended.returncode
    how = f"signal {-code}" if code < 0 else f"exit code {code}"
    hint = " (out of memory?)" if code == -9 else ""
    return StoppedError(
        f"the model's process ended with {how}{hint}",
        cure=f"Its last lines:\n{ended.tail}" if ended.tail else "Try a smaller --chunk-rows.",
    )


@contextlib.contextmanager
def asked(
    project: Project, version: ModelVersion, scratch: Path
) -> Iterator[tuple[AskedModel, formats.ModelInfo]]:
    """The process of a model version, up for as long as the block lasts, and its `model.json`."""
    model = AskedModel(scratch)
    ended_well = False
    try:
        yield model, model.start(project, version)
        ended_well = True
    finally:
        model.close(cancel=not ended_well)
