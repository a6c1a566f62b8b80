# SPDX-License-Identifier: Apache-2.0
"""`shipway deploy`."""

import argparse
from pathlib import Path

from shipway.base.errors import DONE
from shipway.cli.deployed import show_deployed
from shipway.cli.output import tell
from shipway.operations.deploy import deploy

EXAMPLE = "  shipway deploy production\n  shipway deploy production --version fraud-detector@3"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `deploy`."""
    parser.add_argument("environment", metavar="ENV", help="which environment")
    parser.add_argument(
        "--version", default="", metavar="MODEL@N", help="default: the newest that passed its gates"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def execute(arguments: argparse.Namespace) -> int:
    """Carry out `deploy`; its exit code."""
    folder = Path(arguments.project)
    show_deployed(
        deploy(folder, arguments.environment, arguments.version, tell), as_json=arguments.json
    )
    return DONE
