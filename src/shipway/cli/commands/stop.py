# SPDX-License-Identifier: Apache-2.0
"""`shipway stop`."""

import argparse
from pathlib import Path

from shipway.base.errors import DONE
from shipway.cli.output import print_json, tell
from shipway.operations.delivery import describe
from shipway.operations.stop import stop

EXAMPLE = "  shipway stop production"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `stop`."""
    parser.add_argument("environment", metavar="ENV", help="which environment")
    parser.add_argument("--reason", default="", help="why; kept in the history")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def execute(arguments: argparse.Namespace) -> int:
    """Carry out `stop`; its exit code."""
    event = stop(Path(arguments.project), arguments.environment, arguments.reason, tell)
    if arguments.json:
        print_json({"environment": arguments.environment, "stopped": event})
    elif event is None:
        print(f"{arguments.environment}: nothing was live")
    else:
        print(f"{arguments.environment}: {describe(event)} is stopped; `run` places it again")
    return DONE
