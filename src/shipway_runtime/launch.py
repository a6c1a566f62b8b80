# SPDX-License-Identifier: Apache-2.0
"""Run the project's own web application from a bundle.

    python -m shipway_runtime.launch --bundle DIR                      in an image
    python -m shipway_runtime.launch --bundle DIR --port 30123 --lifeline 5   behind the router

In an image this process becomes the application: signals reach it, and its end is the
container's. With `--lifeline` it stays in front of it: passes SIGTERM on, ends as it ends, and
takes everything along when the router dies.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, List, Mapping, Optional

from shipway_runtime import lifeline
from shipway_runtime.application import Address, environment_of, offer_files, words_of
from shipway_runtime.service import BundleError, read_service

CANT_START = 127


def main(arguments: Optional[List[str]] = None) -> int:
    """Run to the application's end; its exit code, or 127 when it can't be started."""
    options = _parser().parse_args(arguments)
    try:
        service = read_service(options.bundle.resolve())
        application = service.application
        if application is None:
            raise BundleError(f"{options.bundle} names no web application of its own")
        address = Address(options.host, options.port or _port(application.port))
        env = environment_of(application, service, address, os.environ)
        words = words_of(application, service, address, env)
        offer_files(service)
        os.chdir(application.folder)
        if options.lifeline is None:
            os.execvpe(words[0], words, env)  # noqa: S606 - the user's command, without a shell
        return _guard(words, env, options.lifeline)
    except (BundleError, OSError) as error:
        print(f"error: {error}", file=sys.stderr, flush=True)
        return CANT_START


def _port(declared: int) -> int:
    """Hosting platforms name the port in PORT; without one it is the declared port."""
    given = os.environ.get("PORT", "")
    return int(given) if given.isdigit() else declared


def _guard(words: List[str], env: Mapping[str, str], descriptor: int) -> int:
    """Start the application in this process's group and wait for its end."""
    ending = False
    process: Optional[subprocess.Popen[bytes]] = None

    def end(_number: int, _frame: Any) -> None:
        nonlocal ending
        ending = True
        if process is not None and process.poll() is None:
            process.terminate()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    process = subprocess.Popen(words, env=dict(env))
    lifeline.follow(descriptor)
    if ending:
        process.terminate()
    code = process.wait()
    if code < 0:
        # Whoever waits for this process sees what ended the application.
        if -code != signal.SIGKILL:
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="shipway_runtime.launch", description="Run a bundle.")
    parser.add_argument("--bundle", type=Path, required=True, help="folder with service.json")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0: $PORT, or the declared one")
    parser.add_argument("--lifeline", type=int, help="end when this descriptor reaches its end")
    parser.add_argument("ignored", nargs="*", help="words such as `serve` that platforms add")
    return parser


if __name__ == "__main__":
    sys.exit(main())
