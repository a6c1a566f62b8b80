# SPDX-License-Identifier: Apache-2.0
"""Talks to the local router, and starts it: one JSON line each way over its control socket."""

import os
import socket
import sys
import time
from pathlib import Path
from typing import Any

import msgspec

from shipway.base.errors import OutsideError

PASSED_ON = ("PATH", "HOME", "LANG", "TMPDIR", "XDG_RUNTIME_DIR")
START_SECONDS = 30.0


def ask(state_dir: Path, request: dict[str, Any], timeout: float) -> dict[str, Any] | None:
    """The router's reply; None when no router runs, or it ended before it replied.

    OutsideError when it is there and does not reply within `timeout` seconds.
    """
    address = _read(state_dir / "router.json")
    if address is None:
        return None
    line = b""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(timeout)
            connection.connect(address["control"])
            connection.sendall(msgspec.json.encode(request) + b"\n")
            while not line.endswith(b"\n"):
                part = connection.recv(65536)
                if not part:
                    return None
                line += part
    except TimeoutError as error:
        raise OutsideError(
            f"the local router (process {address['pid']}) does not reply within {timeout:g} s",
            where=str(state_dir / "logs" / "router.log"),
            cure=f"End it with `kill {address['pid']}` and run the command again.",
        ) from error
    except OSError:
        return None
    reply: dict[str, Any] = msgspec.json.decode(line)
    return reply


def last_port(state_dir: Path) -> int:
    """The port that the endpoint has or had; 0 when it never had one."""
    state = _read(state_dir / "state.json")
    return int(state.get("port", 0)) if state else 0


def forget(state_dir: Path, release: str | None = None) -> bool:
    """Take `release` (None: all of them) out of what the next router would start again.

    False when a router holds the folder at this moment: then it is the one to be asked.
    """
    import fcntl

    state = _read(state_dir / "state.json")
    if not state or not state.get("releases"):
        return True
    from shipway.base.files import disk_errors, write_atomic

    with disk_errors(state_dir), (state_dir / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        kept = [one for one in state["releases"] if release is not None and one["id"] != release]
        names = {one["id"] for one in kept}
        weights = {name: one for name, one in state["weights"].items() if name in names}
        document = {**state, "releases": kept, "weights": weights}
        write_atomic(state_dir / "state.json", msgspec.json.encode(document))
    return True


def start_router(state_dir: Path, port: int | None) -> dict[str, Any]:
    """Start the router, detached from this process and its session; its report about the start.

    One that somebody else is starting at this moment counts as started; one that is just ending
    is waited for.
    """
    deadline = time.monotonic() + START_SECONDS
    while True:
        report = _report_of(_launch(state_dir, port), state_dir)
        if report["ok"] or report["error"]["kind"] != "busy":
            return report
        reply = ask(state_dir, {"op": "ping"}, 10.0)
        if reply is not None:
            return reply
        if time.monotonic() > deadline:
            raise OutsideError(
                "a local router holds this endpoint and can't be reached",
                where=str(state_dir / "lock"),
                cure=f"`fuser {state_dir / 'lock'}` names its process: end it and try again.",
            )


def _launch(state_dir: Path, port: int | None) -> int:
    """Start the process; the descriptor on which it reports."""
    import subprocess

    from shipway.base.files import disk_errors

    log = state_dir / "logs" / "router.log"
    with disk_errors(state_dir):
        log.parent.mkdir(parents=True, exist_ok=True)
        output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    reading, writing = os.pipe()
    command = [sys.executable, "-P", "-m", "shipway_runtime.router", str(state_dir.absolute())]
    command += ["--detach", "--report", str(writing), "--port", str(port or 0)]
    try:
        subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd="/",
            env=_environment(),
            pass_fds=(writing,),
            start_new_session=True,
            check=False,
        )
    finally:
        os.close(writing)
        os.close(output)
    return reading


def _environment() -> dict[str, str]:
    """A clean environment that finds the runtime where this process would."""
    from importlib.util import find_spec

    env = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    found = find_spec("shipway_runtime")
    if found is not None and found.origin is not None:
        env["PYTHONPATH"] = str(Path(found.origin).parent.parent)
    env["PYTHONUNBUFFERED"] = "1"
    return env


def _report_of(reading: int, state_dir: Path) -> dict[str, Any]:
    import select

    line = b""
    deadline = time.monotonic() + START_SECONDS
    with os.fdopen(reading, "rb", buffering=0) as stream:
        while not line.endswith(b"\n"):
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([stream], [], [], left)[0]:
                break
            part = stream.read(65536)
            if not part:
                break
            line += part
    if not line.endswith(b"\n"):
        log = state_dir / "logs" / "router.log"
        last = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
        raise OutsideError(f"the local router did not start:\n{last}", where=str(log))
    report: dict[str, Any] = msgspec.json.decode(line)
    return report


def _read(path: Path) -> dict[str, Any] | None:
    try:
        document = msgspec.json.decode(path.read_bytes())
    except (OSError, msgspec.DecodeError):
        return None
    return document if isinstance(document, dict) else None
