# SPDX-License-Identifier: Apache-2.0
"""`shipway promote`."""

import argparse
from pathlib import Path

from shipway.base.errors import DONE
from shipway.cli.deployed import show_deployed
from shipway.cli.output import tell
from shipway.operations.deploy import promote

EXAMPLE = "  shipway promote fraud-detector@3"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `promote`."""
    parser.add_argument("model", metavar="MODEL@N", help="which version")
    parser.add_argument(
        "environment", nargs="?", default="", metavar="ENV", help="default: the final one"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def execute(arguments: argparse.Namespace) -> int:
    """Carry out `promote`; its exit code."""
    folder = Path(arguments.project)
    show_deployed(
        promote(folder, arguments.model, arguments.environment, tell), as_json=arguments.json
    )
    return DONE
