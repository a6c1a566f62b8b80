# SPDX-License-Identifier: Apache-2.0
"""One process of a release: started in the release's own interpreter, on an address of its own.

Shipway's server listens on a unix socket. A web application of the project's own gets a port.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from pathlib import Path

from shipway_runtime.formats import read_variables
from shipway_runtime.router import logs
from shipway_runtime.router.listeners import ports_of_group
from shipway_runtime.router.messages import Request
from shipway_runtime.router.ports import HOST, WorkerPort
from shipway_runtime.router.state import ReleaseSpec
from shipway_runtime.router.streaming import BrokenError
from shipway_runtime.router.upstream import Pool, RefusedError

PASSED_ON = ("PATH", "HOME", "LANG", "TMPDIR")
PROBE_SECONDS = 10.0
STOP_SECONDS = 10.0
LOOK_SECONDS = 1.0


class Worker:
    """A process that answers on `socket`, or on a port of its own when it is an application.

    `in_flight` counts the requests that it is answering.
    """

    def __init__(self, spec: ReleaseSpec, socket: Path, log: Path, lifeline: int) -> None:
        self.spec = spec
        self.socket = socket
        self.log = log
        self.in_flight = 0
        self.ready = False
        self.late = False
        self.said = ""
        self.elsewhere = False
        self._port = WorkerPort(socket.parent.parent / "ports") if spec.application else None
        self.port = self._port.number if self._port else 0
        place = (HOST, self._port.number) if self._port else str(socket)
        self.pool = Pool(place, spec.application)
        self._lifeline = lifeline
        self._process: asyncio.subprocess.Process | None = None
        self._log_start = 0

    @property
    def reachable(self) -> bool:
        """Whether the place where it listens is still there."""
        return self.spec.application or self.socket.exists()

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
                env=activated(
                    self.spec.interpreter,
                    worker_environment(self.spec.overlay, self.spec.application),
                ),
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
        look = clock() + LOOK_SECONDS
        pause = 0.02
        try:
            while not ended.done():
                if await self.probe(min(PROBE_SECONDS, max(deadline - clock(), 0.1))):
                    self.ready = not ended.done()
                    return self.ready
                if self.spec.application and clock() > look:
                    look = clock() + LOOK_SECONDS
                    self.elsewhere = self._listens_elsewhere()
                if clock() > deadline or self.elsewhere:
                    self.late = True
                    await self.stop()
                await asyncio.wait([ended], timeout=pause)
                pause = min(pause * 1.3, 0.2)
        finally:
            ended.cancel()
        return False

    async def probe(self, seconds: float = PROBE_SECONDS) -> bool:
        """Ask for its health once; False when it is not well, or silent for `seconds`.

        `said` tells afterwards what it answered.
        """
        request = Request(b"GET", self.spec.health.encode(), [(b"host", b"localhost")])
        try:
            response = await self.pool.exchange(request, seconds)
        except RefusedError:
            self.said = "nobody listens there"
        except BrokenError as error:
            self.said = str(error)
        except asyncio.TimeoutError:
            self.said = "no answer in time"
        else:
            if response.stream is not None:
                response.stream.close()
            self.said = f"answered {response.status}"
            return response.status == 200
        return False

    def _listens_elsewhere(self) -> bool:
        """Whether it has opened the port that it declares instead of the one that it was given."""
        ports = ports_of_group(self.pid)
        return self.spec.declared in ports and self.port not in ports

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
        self.release_port()

    def release_port(self) -> None:
        """Let another worker have the port."""
        if self._port is not None:
            self._port.close()
            self._port = None

    def let_go(self) -> None:
        """One answer that was passed on while it came has come to its end."""
        self.in_flight -= 1

    def sweep(self) -> None:
        """Kill what is left of the process group."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def last_words(self) -> str:
        """The last lines that this process wrote to its log."""
        return logs.tail(self.log, since=self._log_start)

    def why_late(self) -> str:
        """Why it is not healthy, for its user."""
        if self.elsewhere:
            return (
                f"listens on port {self.spec.declared} and not on the port that it was given "
                f"(PORT={self.port}): write {{port}} where package.server.command names the "
                "port, or let the application take it from the variable PORT"
            )
        text = f"was not healthy within {self.spec.start_timeout:g} s"
        if self.spec.application:
            text += f": GET {self.spec.health} on port {self.port}: {self.said}"
        return text

    def _command(self) -> list[str]:
        if self.spec.application:
            return [
                self.spec.interpreter, "-m", "shipway_runtime.launch",
                "--bundle", self.spec.bundle,
                "--port", str(self.port),
                "--lifeline", str(self._lifeline),
            ]  # fmt: skip
        return [
            self.spec.interpreter, "-m", "shipway_runtime.server",
            "--bundle", self.spec.bundle,
            "--uds", str(self.socket),
            "--release", self.spec.id,
            "--lifeline", str(self._lifeline),
        ]  # fmt: skip


def worker_environment(overlay: str, application: bool = False) -> dict[str, str]:
    """A clean environment: what every program needs, and the overlay's paths."""
    env = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    env.update(PYTHONUNBUFFERED="1", PYTHONDONTWRITEBYTECODE="1")
    if not application:
        # A request is a few rows: threads of a numeric library only wait for each other, for
        # seconds when the machine is busy. More workers are the way to use more cores.
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
