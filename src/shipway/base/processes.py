# SPDX-License-Identifier: Apache-2.0
"""Runs other programs: argument lists only, never a shell.

`run` streams what a program says line by line, keeps its last lines, masks secrets, and ends the
whole tree of processes at a time-out, at a cancellation and when this process itself dies (see
`shipway.base.supervisor`). `capture` is for short internal calls such as git's.
"""

import contextlib
import os
import re
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

import msgspec

from shipway.base.children import GRACE, Child
from shipway.base.errors import InputError, OutsideError
from shipway.base.files import disk_errors
from shipway.base.output import Output
from shipway.base.supervisor import LEFT_RUNNING

LOOK_AGAIN = 0.03
SHORTEST_SECRET = 6
SECRET_NAME = re.compile(
    r"(TOKEN|SECRETS?|PASSWORD|PASSWD|PASSPHRASE|KEY|CREDENTIALS?)(_|$)", re.IGNORECASE
)
PASSWORD_IN_ADDRESS = re.compile(r"://[^/\s:@]*:([^/\s@]+)@")


class Completed(msgspec.Struct, frozen=True):
    """How a process ended: exit code (negative: the signal), seconds, and the last lines it wrote.

    A supervised process follows the shell's convention: an exit code of 128 + n means signal n.
    `left_running` names processes that it left behind; they were ended.
    """

    returncode: int
    seconds: float
    tail: str
    timed_out: bool = False
    cancelled: bool = False
    left_running: str = ""


class CaptureError(OutsideError):
    """A quick call failed: `returncode`, and `said`, what it wrote to standard error."""

    def __init__(self, argv: Sequence[str], returncode: int, said: str) -> None:
        super().__init__(f"{' '.join(argv[:2])} ended with {returncode}: {said}")
        self.returncode = returncode
        self.said = said


def secrets_in(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Values whose variable's name looks secret, and passwords in addresses; the longest first."""
    found = set()
    for name, value in environ.items():
        if SECRET_NAME.search(name):
            found.add(value)
        found.update(PASSWORD_IN_ADDRESS.findall(value))
    kept = (value for value in found if len(value) >= SHORTEST_SECRET)
    return tuple(sorted(kept, key=lambda value: (-len(value), value)))


def looks_secret(name: str, value: str) -> bool:
    """Whether a variable of this name looks secret, or its value has a password in it."""
    return bool(SECRET_NAME.search(name) or PASSWORD_IN_ADDRESS.search(value))


def which(name: str, env: Mapping[str, str] | None = None, cwd: Path | None = None) -> str | None:
    """The absolute path of the program that `name` means with `env`'s PATH in `cwd`; else None."""
    base = Path.cwd() if cwd is None else cwd.absolute()
    if os.sep in name:
        places = [base / name]
    else:
        path = (os.environ if env is None else env).get("PATH", os.defpath)
        places = [base / folder / name for folder in path.split(os.pathsep)] if name else []
    for place in places:
        if place.is_file() and os.access(place, os.X_OK):
            return str(place)
    return None


def run(
    argv: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    timeout: float | None = None,
    on_line: Callable[[str], None] | None = None,
    log: Path | BinaryIO | None = None,
    secrets: Sequence[str] = (),
    cancelled: threading.Event | None = None,
    supervised: bool = True,
    pass_fds: Sequence[int] = (),
) -> Completed:
    """Run `argv` in `cwd` to its end, with `env` as its full environment (None: this process's).

    Standard output and error come merged: to `on_line` without their line ends, to `log` as they
    are, the last 50 lines to `tail`; `secrets` are masked in all three. After `timeout` seconds,
    or when `cancelled` is set, the process and all its descendants are ended (its process group
    when it is not supervised). Raises InputError when the program or the folder does not exist.
    """
    program = [_find(argv, cwd, env), *argv[1:]]
    begun = time.monotonic()
    with _log(log) as stream, _start(program, cwd, env, supervised, pass_fds) as child:
        left = _LeftRunning(on_line)
        output = Output(left.line, stream, secrets)
        reason = _follow(child, output, begun, timeout, cancelled)
        if reason:
            child.end()
            output.feed(child.drain(2 * GRACE))
        output.close()
        return Completed(
            returncode=child.wait(),
            seconds=time.monotonic() - begun,
            tail=output.tail,
            timed_out=reason == "timed out",
            cancelled=reason == "cancelled",
            left_running=left.names,
        )


class _LeftRunning:
    """Takes the supervisor's own line out of what a program says."""

    def __init__(self, on_line: Callable[[str], None] | None) -> None:
        self.on_line = on_line
        self.names = ""

    def line(self, text: str) -> None:
        """The next line."""
        if text.startswith(LEFT_RUNNING):
            self.names = text.removeprefix(LEFT_RUNNING)
        elif self.on_line is not None:
            self.on_line(text)


def capture(
    argv: Sequence[str],
    cwd: Path,
    env: Mapping[str, str] | None = None,
    timeout: float | None = 60.0,
) -> bytes:
    """What a quick program writes to standard output; unsupervised.

    Raises InputError when it does not exist, CaptureError when it fails, OutsideError when it
    takes longer than `timeout` seconds.
    """
    program = [_find(argv, cwd, env), *argv[1:]]
    try:
        done = subprocess.run(
            program,
            cwd=cwd,
            env=env,
            timeout=timeout,
            capture_output=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired:
        raise OutsideError(f"{argv[0]} took longer than {timeout:g} seconds") from None
    except (OSError, ValueError) as error:
        raise _cant_start(argv[0], error) from error
    if done.returncode:
        raise CaptureError(argv, done.returncode, done.stderr.decode(errors="replace").strip())
    return done.stdout


def _follow(
    child: Child,
    output: Output,
    begun: float,
    timeout: float | None,
    cancelled: threading.Event | None,
) -> str:
    """Read until the process is over (`""`), or say why it has to be ended."""
    while True:
        left = LOOK_AGAIN if timeout is None else begun + timeout - time.monotonic()
        if left <= 0:
            return "timed out"
        if cancelled is not None and cancelled.is_set():
            return "cancelled"
        data = child.read(min(left, LOOK_AGAIN))
        if data is None:
            return ""
        output.feed(data)


def _find(argv: Sequence[str], cwd: Path, env: Mapping[str, str] | None) -> str:
    if isinstance(argv, str) or not argv:
        raise TypeError("argv is a list of arguments, the program first")
    if not cwd.is_dir():
        raise InputError("the folder to run in does not exist", where=str(cwd))
    name = argv[0]
    found = which(name, env, cwd)
    if found is None and os.sep in name and (cwd / name).is_file():
        raise InputError(f"{name} is not executable", cure=f"Make it so: chmod +x {name}")
    if found is None:
        raise InputError(
            f"the command {name!r} was not found",
            cure="Correct its name, install it, or add the package that brings it"
            " to the project's requirements.",
        )
    return found


def _start(
    program: Sequence[str],
    cwd: Path,
    env: Mapping[str, str] | None,
    supervised: bool,
    pass_fds: Sequence[int],
) -> Child:
    try:
        return Child(program, cwd=cwd, env=env, supervised=supervised, pass_fds=pass_fds)
    except (OSError, ValueError) as error:
        raise _cant_start(program[0], error) from error


def _cant_start(name: str, error: Exception) -> InputError:
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return InputError(f"{name} can't be started: {reason}")


@contextlib.contextmanager
def _log(log: Path | BinaryIO | None) -> Iterator[BinaryIO | None]:
    if not isinstance(log, Path):
        yield log
        return
    with disk_errors(log):
        log.parent.mkdir(parents=True, exist_ok=True)
        stream = log.open("ab")
    with stream:
        yield stream
