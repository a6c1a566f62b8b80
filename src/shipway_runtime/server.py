# SPDX-License-Identifier: Apache-2.0
"""Serve one bundle over HTTP, in the project's own Python environment.

    python -m shipway_runtime.server --bundle DIR --uds PATH --release r1-1a2b3c
    python -m shipway_runtime.server --bundle DIR --port 8080

Before its own third-party parts are imported, the folder in SHIPWAY_OVERLAY is put behind the
project's packages, so that the project's pins win. SIGTERM ends it after the requests under way
are answered, with exit code 0. It listens on the loopback interface unless told otherwise, and
writes no file.
"""

from __future__ import annotations

import argparse
import functools
import os
import signal
import socket
import sys
from pathlib import Path
from typing import Any, List, Optional

from shipway_runtime import lifeline
from shipway_runtime.app import ServingApp
from shipway_runtime.service import BundleError, Service, read_service

BACKLOG = 2048
ROUTER_KEEP_ALIVE, CLIENT_KEEP_ALIVE = 3600, 75


def main(arguments: Optional[List[str]] = None) -> int:
    """Serve until SIGTERM; 0 after a drained end, 1 when the model can't be loaded or served."""
    options = _parser().parse_args(arguments)
    if options.lifeline is not None:
        lifeline.follow(options.lifeline)
    try:
        service = read_service(options.bundle.resolve())
        listener = _listen(options)
    except (BundleError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    arrange_path(service)
    return _serve(service, options.release, listener)


def arrange_path(service: Service) -> None:
    """Stand in the bundle's code, and put the overlay behind everything else on `sys.path`.

    `-m` has put the starting folder first, where a file of the user could hide a standard module.
    """
    here = str(Path.cwd())
    sys.path[:] = [entry for entry in sys.path if entry not in ("", here)]
    overlay = os.environ.get("SHIPWAY_OVERLAY")
    if overlay and overlay not in sys.path:
        sys.path.append(overlay)
    code = service.folder / "code"
    if code.is_dir():
        os.chdir(code)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="shipway_runtime.server", description="Serve a bundle.")
    parser.add_argument("--bundle", type=Path, required=True, help="folder with service.json")
    parser.add_argument("--release", default="", help="name that answers carry")
    parser.add_argument("--uds", help="listen on this unix socket instead of a port")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--lifeline", type=int, help="end when this descriptor reaches its end")
    return parser


def _listen(options: argparse.Namespace) -> socket.socket:
    if options.uds:
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(options.uds)
        Path(options.uds).chmod(0o600)
    else:
        family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((options.host, options.port))
    listener.listen(BACKLOG)
    return listener


def _load(service: Service) -> Any:
    from shipway_runtime.predictor import load_predictor

    return load_predictor(
        service.folder / "model",
        trusted_types=list(service.trusted_types),
        sys_path=list(service.sys_path),
        allow_pickle=service.allow_pickle,
    )


def _serve(service: Service, release: str, listener: socket.socket) -> int:
    import uvicorn

    local = listener.family == socket.AF_UNIX
    keep_alive = ROUTER_KEEP_ALIVE if local else CLIENT_KEEP_ALIVE
    app = ServingApp(service, release, functools.partial(_load, service), lambda: stop(0, None))
    config = uvicorn.Config(
        app,
        lifespan="on",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        backlog=BACKLOG,
        timeout_keep_alive=keep_alive,
    )
    server = uvicorn.Server(config)

    def stop(_signal: int, _frame: Any) -> None:
        server.should_exit = True

    # uvicorn raises the signal once more after it has drained; the handlers make that harmless.
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    server.run(sockets=[listener])
    sys.stdout.flush()
    sys.stderr.flush()
    if not app.loaded and not app.failed:
        os._exit(0)
    return 1 if app.failed else 0


if __name__ == "__main__":
    sys.exit(main())
