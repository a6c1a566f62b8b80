# SPDX-License-Identifier: Apache-2.0
"""`shipway explain`."""

import argparse

from shipway.base.errors import DONE
from shipway.cli.output import print_json
from shipway.operations.explain import explain

EXAMPLE = "  shipway explain 'roc_auc >= champion - 0.02 at 95%'"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `explain`."""
    parser.add_argument("text", metavar="GATE|RULE", help="a gate or a rule, as in shipway.yaml")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def execute(arguments: argparse.Namespace) -> int:
    """Carry out `explain`; its exit code."""
    words = explain(arguments.text)
    if arguments.json:
        print_json({"text": arguments.text, "words": words})
    else:
        print(words)
    return DONE
