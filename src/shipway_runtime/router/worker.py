# SPDX-License-Identifier: Apache-2.0
"""One process of a release: started in the release's own interpreter, on a socket of its own."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from pathlib import Path

from shipway_runtime.formats import read_variables
from shipway_runtime.router import logs
from shipway_runtime.router.messages import Request
from shipway_runtime.router.state import ReleaseSpec
from shipway_runtime.router.upstream import BrokenError, Pool, RefusedError

PASSED_ON = ("PATH", "HOME", "LANG", "TMPDIR")
PROBE_SECONDS = 10.0
STOP_SECONDS = 10.0


class Worker:
    """A process that answers on `socket`. `in_flight` counts the requests that it is answering."""

    def __init__(self, spec: ReleaseSpec, socket: Path, log: Path, lifeline: int) -> None:
        self.spec = spec
        self.socket = socket
        self.log = log
        self.in_flight = 0
        self.ready = False
        self.late = False
        self.pool = Pool(str(socket))
        self._lifeline = lifeline
        self._process: asyncio.subprocess.Process | None = None
        self._log_start = 0

    @property
    def pid(self) -> int:
        """The process id; 0 before the start."""
        return self._process.pid if self._process else 0

    async def start(self) -> None:
        """Start the process; OSError when the interpreter can't be run."""
        self._log_start = logs.size(self.log)
        output = logs.open_log(self.log)
        try:
            self._process = await asyncio.create_subprocess_exec(
                *self._command(),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self.spec.bundle,
                env=activated(self.spec.interpreter, worker_environment(self.spec.overlay)),
                pass_fds=(self._lifeline,),
                start_new_session=True,
            )
        finally:
            os.close(output)

    async def become_ready(self) -> bool:
        """Wait until it is healthy; False when it ended or took too long (then it is ended)."""
        ended = asyncio.ensure_future(self.wait())
        clock = asyncio.get_running_loop().time
        deadline = clock() + self.spec.start_timeout
        pause = 0.02
        try:
            while not ended.done():
                if await self.probe(min(PROBE_SECONDS, max(deadline - clock(), 0.1))):
                    self.ready = not ended.done()
                    return self.ready
                if clock() > deadline:
                    self.late = True
                    await self.stop()
                await asyncio.wait([ended], timeout=pause)
                pause = min(pause * 1.3, 0.2)
        finally:
            ended.cancel()
        return False

    async def probe(self, seconds: float = PROBE_SECONDS) -> bool:
        """Ask for `/health` once; False when it is not well, or silent for `seconds`."""
        request = Request(b"GET", b"/health", [(b"host", b"localhost")])
        try:
            response = await self.pool.exchange(request, seconds)
        except (RefusedError, BrokenError, asyncio.TimeoutError):
            return False
        return response.status == 200

    async def wait(self) -> int:
        """Wait for the end of the process; its exit code (negative: the signal)."""
        if self._process is None:
            return 0
        code = await self._process.wait()
        self.ready = False
        return code

    async def stop(self) -> None:
        """End the process and what it started: asked first, forced after some seconds."""
        self.ready = False
        self.pool.close()
        if self._process is not None:
            if self._process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    self._process.terminate()
            try:
                await asyncio.wait_for(self._process.wait(), STOP_SECONDS)
            except asyncio.TimeoutError:
                pass
            self.sweep()
            await self._process.wait()
        self.socket.unlink(missing_ok=True)

    def sweep(self) -> None:
        """Kill what is left of the process group."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def last_words(self) -> str:
        """The last lines that this process wrote to its log."""
        return logs.tail(self.log, since=self._log_start)

    def _command(self) -> list[str]:
        return [
            self.spec.interpreter, "-m", "shipway_runtime.server",
            "--bundle", self.spec.bundle,
            "--uds", str(self.socket),
            "--release", self.spec.id,
            "--lifeline", str(self._lifeline),
        ]  # fmt: skip


def worker_environment(overlay: str) -> dict[str, str]:
    """A clean environment: what every program needs, and the overlay's paths."""
    env = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    env.update(PYTHONUNBUFFERED="1", PYTHONDONTWRITEBYTECODE="1")
    # A request is a few rows: threads of a numeric library only wait for each other, for seconds
    # when the machine is busy. More workers are the way to use more cores.
    env.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")
    if overlay:
        env["PYTHONPATH"] = str(Path(overlay) / "runtime")
        env["SHIPWAY_OVERLAY"] = str(Path(overlay) / "site")
    return env


def activated(interpreter: str, env: dict[str, str]) -> dict[str, str]:
    """`env` with what a conda prefix sets besides when it is activated, and with its programs."""
    variables = read_variables(interpreter)
    if not variables:
        return env
    path = os.pathsep.join(filter(None, [str(Path(interpreter).parent), env.get("PATH", "")]))
    return {**variables, **env, "PATH": path}
