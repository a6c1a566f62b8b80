# SPDX-License-Identifier: Apache-2.0
"""`shipway status`."""

import argparse
from pathlib import Path

from shipway.base.errors import DONE, STOPPED
from shipway.cli.output import print_json
from shipway.operations.delivery import describe
from shipway.operations.status import EndpointStatus, status

EXAMPLE = "  shipway status"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `status`."""
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def execute(arguments: argparse.Namespace) -> int:
    """Carry out `status`; 1 when what should be live does not answer."""
    found = status(Path(arguments.project))
    good = all(endpoint.healthy() for endpoint in found.endpoints)
    if arguments.json:
        print_json(found)
        return DONE if good else STOPPED
    print(f"project {found.project}")
    if found.running:
        print(f"under way: {found.running}")
    for endpoint in found.endpoints:
        print(_line(endpoint))
    if found.last_run:
        reason = found.last_error.partition("\n")[0]
        print(f"last run {found.last_run}: {found.last_verdict}" + (reason and f" ({reason})"))
    else:
        print("no run yet; start one with: shipway run")
    if found.only_copy:
        print(f"store {found.store} is the only copy of models, runs and history")
    return DONE if good else STOPPED


def _line(endpoint: EndpointStatus) -> str:
    name = endpoint.environment
    if endpoint.unfinished:
        return f"{name}: unfinished: {endpoint.unfinished}; `shipway run` ends it"
    if endpoint.stopped:
        return f"{name}: stopped; `shipway run` places the champion again"
    if endpoint.live is None:
        return f"{name}: nothing is live"
    if not endpoint.healthy():
        return f"{name}: {describe(endpoint.live)} should be live, but nothing answers; shipway run"
    return f"{name}: {describe(endpoint.live)} is live at {endpoint.endpoint}"
