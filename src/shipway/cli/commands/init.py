# SPDX-License-Identifier: Apache-2.0
"""`shipway init`."""

import argparse
from pathlib import Path

from shipway.base.errors import DONE
from shipway.cli.output import command_line, print_json
from shipway.operations.init import init

EXAMPLE = "  shipway init"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `init`."""
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def execute(arguments: argparse.Namespace) -> int:
    """Carry out `init`; its exit code."""
    path = init(Path(arguments.project))
    if arguments.json:
        print_json({"written": path})
    else:
        print(f"wrote {path}")
        print("Fill in what it could not know, commit it, and start the road:")
        print(f"  {command_line(path.parent.resolve(), 'run')}")
    return DONE
