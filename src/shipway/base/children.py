# SPDX-License-Identifier: Apache-2.0
"""One running process, read and ended from here.

A supervised one is ended by letting go of its supervisor's lifeline, which is what the kernel
does too when this process dies; any other by signals to its process group.
"""

import contextlib
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

SUPERVISOR = Path(__file__).with_name("supervisor.py")
GRACE = 2.0
PIECE = 1 << 16


class Child:
    """A process that is over when the `with` block is, whatever happens in it.

    Raises OSError or ValueError when it can't be started.
    """

    def __init__(
        self,
        program: Sequence[str],
        *,
        cwd: Path,
        env: Mapping[str, str] | None,
        supervised: bool,
        pass_fds: Sequence[int],
    ) -> None:
        lifeline, held = os.pipe()
        if supervised:
            options = [str(lifeline), str(GRACE), "--"]
            program = [sys.executable, "-I", "-S", str(SUPERVISOR), *options, *program]
        try:
            self._process = subprocess.Popen(
                program,
                cwd=cwd,
                env=env,
                pass_fds=(lifeline, *pass_fds) if supervised else pass_fds,
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                bufsize=0,
            )
        except BaseException:
            os.close(held)
            raise
        finally:
            os.close(lifeline)
        self._held: int | None = held
        self._supervised = supervised
        stdout = self._process.stdout
        assert stdout is not None  # noqa: S101 - asked for above
        self._stdout = stdout
        self._poll = select.poll()
        self._poll.register(stdout, select.POLLIN)
        self._open = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if self._process.poll() is None:
                self.end()
                self._process.wait()
        finally:
            self._let_go()
            self._stdout.close()

    def read(self, seconds: float) -> bytes | None:
        """The next bytes of its output; `b""` when none came in time, None when it is over.

        A process outside supervision that left a daemon behind is over with its own end.
        """
        if self._open and self._poll.poll(seconds * 1000):
            data = os.read(self._stdout.fileno(), PIECE)
            self._open = bool(data)
            return data
        if self._process.poll() is not None:
            return None
        if not self._open:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(seconds)
        return b""

    def end(self) -> None:
        """End it and all that belongs to it: politely, then by force."""
        if self._supervised:
            self._let_go()
            return
        for number in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(GRACE)

    def drain(self, seconds: float) -> bytes:
        """What it still says while it ends."""
        data = b""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0 and len(data) < 16 * PIECE:
            piece = self.read(left)
            if piece is None:
                break
            data += piece
        return data

    def wait(self) -> int:
        """Its exit code, negative for a signal (of a supervised one too)."""
        code = self._process.wait()
        if self._supervised and 128 < code <= 128 + signal.SIGSYS:
            return 128 - code
        return code

    def _let_go(self) -> None:
        if self._held is not None:
            os.close(self._held)
            self._held = None
