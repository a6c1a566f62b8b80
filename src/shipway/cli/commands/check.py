# SPDX-License-Identifier: Apache-2.0
"""`shipway check`."""

import argparse
from pathlib import Path

from shipway.base.errors import DONE, STOPPED
from shipway.cli.checks import check_lines
from shipway.cli.output import print_json, print_lines
from shipway.operations.check import check_file

EXAMPLE = "  shipway check data.csv --checks checks.yaml"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `check`."""
    parser.add_argument("file", type=Path, metavar="FILE", help="a Parquet or CSV file")
    parser.add_argument(
        "--checks", type=Path, help="what must hold (default: `data` of shipway.yaml)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def execute(arguments: argparse.Namespace) -> int:
    """Carry out `check`; 1 when a check does not pass."""
    report = check_file(arguments.file, arguments.checks, project=Path(arguments.project))
    if arguments.json:
        print_json(report.redacted())
    else:
        wrong = [check for check in report.checks if check.verdict != "passed"]
        for check in wrong:
            print_lines(check_lines(check, report.demands))
        print_lines(report.notes)
        passed = len(report.checks) - len(wrong)
        print(f"{report.verdict}: {passed} of {len(report.checks)} checks passed")
    return DONE if report.verdict == "passed" else STOPPED
