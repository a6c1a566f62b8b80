# SPDX-License-Identifier: Apache-2.0
"""Calls the runtime's worker in the project's own Python: request file in, events and files out."""

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from shipway.adapters.environments.interface import worker_environment
from shipway.base.errors import InputError, OutsideError, ShipwayError, StoppedError
from shipway.base.processes import Completed
from shipway.records.source import PythonEnvironment
from shipway.stages.context import StageContext
from shipway_runtime import formats, questions


def call_worker(
    ctx: StageContext,
    environment: PythonEnvironment,
    request: questions.Request,
    cwd: Path,
    *,
    env: Mapping[str, str] | None = None,
    on_event: Callable[[formats.MetricEvent], None] | None = None,
    on_line: Callable[[str], None] | None = None,
    timeout: float | None = None,
    cancelled: threading.Event | None = None,
    pass_fds: Sequence[int] = (),
) -> tuple[formats.Result, Completed]:
    """Carry out `request` with `cwd` as current folder; the result, and how the process ended.

    `pass_fds` are open files that the request names by their numbers.
    Raises what the worker reports: StoppedError when the user's code raised or gave no good model,
    InputError for other mistakes of the user's, OutsideError when the worker was killed.
    """
    path = ctx.scratch / f"{request.verb}-request.json"
    formats.write(path, request)
    argv = [environment.interpreter, "-m", "shipway_runtime.worker", str(path)]
    variables = {**worker_environment(environment, os.environ), **(env or {})}
    with _Events(on_event) as events:
        variables[formats.EVENTS_VARIABLE] = str(events.writer)
        ended = ctx.process(
            argv,
            cwd=cwd,
            env=variables,
            timeout=timeout,
            on_line=on_line,
            pass_fds=[events.writer, *pass_fds],
            **({} if cancelled is None else {"cancelled": cancelled}),
        )
    return _result(ctx, Path(request.result), ended), ended


def _result(ctx: StageContext, path: Path, ended: Completed) -> formats.Result:
    if ended.timed_out or ended.cancelled:
        return formats.Result()
    try:
        result = formats.read_result(path)
    except formats.FormatError:
        raise _crash(ended) from None
    if result.error is not None:
        raise failure(result.error)
    return result


def _crash(ended: Completed) -> ShipwayError:
    signal = ended.returncode - 128 if ended.returncode > 128 else -ended.returncode
    how = f"signal {signal}" if signal > 0 else f"exit code {ended.returncode}"
    hint = " (out of memory?)" if signal == 9 else ""
    return StoppedError(
        f"the project's Python ended with {how}{hint} before it gave a result",
        cure=f"Its last lines:\n{ended.tail}" if ended.tail else "It wrote nothing.",
    )


def failure(error: formats.Failure) -> ShipwayError:
    """The worker's report as an error of ours."""
    text = error.message
    cure = "\n".join(part for part in (error.traceback.rstrip(), error.cure) if part)
    if error.kind in formats.STOPPED_KINDS:
        return StoppedError(text, cure=cure)
    return InputError(text, cure=cure)


class _Events:
    """A pipe whose lines a thread reads while the worker runs."""

    def __init__(self, on_event: Callable[[formats.MetricEvent], None] | None) -> None:
        self.on_event = on_event
        try:
            self.reader, self.writer = os.pipe()
        except OSError as error:
            raise OutsideError(f"no pipe can be made: {error}") from error
        self.thread = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> "_Events":
        self.thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        os.close(self.writer)
        self.thread.join(timeout=5)

    def _read(self) -> None:
        with os.fdopen(self.reader, "rb") as stream:
            for line in stream:
                event = formats.read_event(line)
                if event is not None and self.on_event is not None:
                    self.on_event(event)
