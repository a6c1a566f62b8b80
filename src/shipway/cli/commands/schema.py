# SPDX-License-Identifier: Apache-2.0
"""`shipway schema`."""

import argparse

from shipway.base.errors import DONE
from shipway.cli.output import print_json
from shipway.operations.schema import schema

EXAMPLE = "  shipway schema > shipway.schema.json"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `schema`."""
    parser.add_argument("--json", action="store_true", help="(the schema is always JSON)")


def execute(arguments: argparse.Namespace) -> int:
    """Carry out `schema`; its exit code."""
    print_json(schema())
    return DONE
