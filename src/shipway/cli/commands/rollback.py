# SPDX-License-Identifier: Apache-2.0
"""`shipway rollback`."""

import argparse
from pathlib import Path

from shipway.base.errors import DONE
from shipway.cli.output import print_json, tell
from shipway.operations.delivery import describe
from shipway.operations.rollback import rollback

EXAMPLE = '  shipway rollback production --reason "wrong scores for NO"'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `rollback`."""
    parser.add_argument("environment", metavar="ENV", help="which environment")
    parser.add_argument("--reason", default="", help="why; kept in the history")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def execute(arguments: argparse.Namespace) -> int:
    """Carry out `rollback`; its exit code."""
    done = rollback(Path(arguments.project), arguments.environment, arguments.reason, tell)
    if arguments.json:
        print_json(done)
        return DONE
    print(f"{arguments.environment}: {describe(done.live)} is live again at {done.endpoint}")
    print(f"{done.rejected} is rejected; it took {done.seconds:.2f} s")
    return DONE
