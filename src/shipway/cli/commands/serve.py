# SPDX-License-Identifier: Apache-2.0
"""`shipway serve`."""

import argparse
from functools import partial
from pathlib import Path

from shipway.operations.serve import serve

EXAMPLE = "  shipway serve fraud-detector@3 --port 9000"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `serve`."""
    parser.add_argument("model", metavar="MODEL@N|champion", help="what to serve")
    parser.add_argument("--host", default="127.0.0.1", help="address to bind (default: 127.0.0.1)")
    parser.add_argument(
        "--port", type=int, help="port (default: 8080, or package.server.port of your application)"
    )


def execute(arguments: argparse.Namespace) -> int:
    """Carry out `serve`; the server's exit code."""
    # Whoever reads this through a pipe waits for the address.
    tell = partial(print, flush=True)
    return serve(Path(arguments.project), arguments.model, arguments.host, arguments.port, tell)
