# SPDX-License-Identifier: Apache-2.0
"""Start the router of a state folder: `python -m shipway_runtime.router STATE_DIR`.

With `--detach` the router leaves the process that started it, so that it outlives the command; its
start is reported as one JSON line on the descriptor `--report`: `{"ok": true}` or the error.
"""

from __future__ import annotations

import argparse
import asyncio
import fcntl
import json
import logging
import os
import resource
import sys
from pathlib import Path
from typing import Any, List, Optional

from shipway_runtime.router.daemon import Daemon
from shipway_runtime.router.state import RouterError

MOST_FILES = 65536


def main(arguments: Optional[List[str]] = None) -> int:
    """Run until the end; 0 after an orderly end, 3 when it can't start."""
    options = _parser().parse_args(arguments)
    if options.detach and os.fork() > 0:
        os._exit(0)
    folder = options.state_dir.resolve()
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.INFO)
    report = _Report(options.report)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = take_lock(folder)
        _run(folder, options.port, report)
        os.close(lock)
    except RouterError as error:
        report.send({"ok": False, "error": vars(error)})
        print(f"error: {error}", file=sys.stderr)
        return 3
    except OSError as error:
        report.send({"ok": False, "error": {"kind": "outside", "what": str(error)}})
        print(f"error: {error}", file=sys.stderr)
        return 3
    return 0


def take_lock(folder: Path) -> int:
    """The descriptor that holds the lock of `folder`; RouterError of kind busy when it is held."""
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise RouterError("busy", "a router runs here already", where=str(folder)) from None
    return descriptor


class _Report:
    """Tells the starter once how the start went."""

    def __init__(self, descriptor: Optional[int]) -> None:
        self._descriptor = descriptor

    def send(self, document: Any) -> None:
        """Send and close; nothing when there is nobody to tell, or was told before."""
        if self._descriptor is None:
            return
        try:
            os.write(self._descriptor, json.dumps(document).encode() + b"\n")
        except BrokenPipeError:
            pass
        os.close(self._descriptor)
        self._descriptor = None


def _run(folder: Path, port: int, report: _Report) -> None:
    try:
        import uvloop

        loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
    except ImportError:
        loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    _allow_many_connections()
    try:
        loop.run_until_complete(_serve(folder, port, report))
    finally:
        loop.close()


def _allow_many_connections() -> None:
    soft, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if most == resource.RLIM_INFINITY else min(MOST_FILES, most)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


async def _serve(folder: Path, port: int, report: _Report) -> None:
    daemon = Daemon(folder, port)
    await daemon.run(lambda: report.send({"ok": True, "pid": os.getpid()}))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="shipway_runtime.router")
    parser.add_argument("state_dir", type=Path)
    parser.add_argument("--port", type=int, default=0, help="0: the one it had, or a free one")
    parser.add_argument("--detach", action="store_true")
    parser.add_argument("--report", type=int, help="descriptor for one line about the start")
    return parser


if __name__ == "__main__":
    sys.exit(main())
