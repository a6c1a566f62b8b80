# SPDX-License-Identifier: Apache-2.0
"""`shipway logs`."""

import argparse
from pathlib import Path

from shipway.base.errors import DONE
from shipway.cli.output import print_json
from shipway.operations.logs import log_files, read_lines

EXAMPLE = "  shipway logs last --stage train\n  shipway logs production"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `logs`."""
    parser.add_argument(
        "name", nargs="?", default="last", metavar="RUN|ENV", help="`last`, a run or an environment"
    )
    parser.add_argument("--stage", default="", help="only this stage")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def execute(arguments: argparse.Namespace) -> int:
    """Carry out `logs`; its exit code."""
    files = log_files(Path(arguments.project), arguments.name, arguments.stage)
    if arguments.json:
        print_json({"logs": [{"name": f.stem, "lines": list(read_lines(f))} for f in files]})
        return DONE
    for path in files:
        print(f"== {path.stem} ({path})")
        for line in read_lines(path):
            print(line)
    if not files:
        print(f"{arguments.name} wrote nothing")
    return DONE
