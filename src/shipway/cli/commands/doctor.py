# SPDX-License-Identifier: Apache-2.0
"""`shipway doctor`."""

import argparse
from pathlib import Path

from shipway.base.errors import DONE, STOPPED
from shipway.cli.output import print_json
from shipway.operations.doctor import examine

EXAMPLE = "  shipway doctor"
MARKS = {"good": "✓", "warning": "!", "trouble": "✗"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `doctor`."""
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def execute(arguments: argparse.Namespace) -> int:
    """Carry out `doctor`; 1 when something needs a cure."""
    findings = examine(Path(arguments.project))
    if arguments.json:
        print_json({"findings": findings})
    else:
        for finding in findings:
            place = f"{finding.where}: " if finding.where else ""
            print(f"{MARKS[finding.state]} {finding.what}: {place}{finding.found}")
            if finding.cure:
                print(f"    {finding.cure}")
    return STOPPED if any(finding.state == "trouble" for finding in findings) else DONE
