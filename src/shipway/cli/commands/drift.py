# SPDX-License-Identifier: Apache-2.0
"""`shipway drift`."""

import argparse
from pathlib import Path

from shipway.base.errors import DONE, STOPPED
from shipway.cli.drift import drift_lines
from shipway.cli.output import print_json, print_lines, write_text
from shipway.cli.tables import add_dialect, dialect
from shipway.operations.drift import compare_files
from shipway.operations.fetched import place

EXAMPLE = """\
  shipway drift last_year.parquet today.csv
  shipway drift profile.json today.csv --method auto --at-most 0.1 --html drift.html"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `drift`."""
    parser.add_argument(
        "reference", type=place, metavar="REFERENCE", help="a table, or a profile in JSON"
    )
    parser.add_argument("current", type=place, metavar="CURRENT", help="the table to compare")
    parser.add_argument(
        "--method",
        choices=("psi", "js", "ks", "chi2", "auto"),
        default="psi",
        help="how to measure (default: psi; auto: ks for numbers, chi2 for the rest)",
    )
    parser.add_argument(
        "--at-most", type=float, default=0.2, metavar="N", help="the largest effect (default: 0.2)"
    )
    parser.add_argument(
        "--significance",
        type=float,
        default=0.05,
        metavar="N",
        help="the share of false alarms among columns (default: 0.05)",
    )
    parser.add_argument(
        "--columns", metavar="A,B", default="", help="only these columns, separated by commas"
    )
    add_dialect(parser)
    parser.add_argument("--html", type=Path, metavar="FILE", help="write a page with pictures")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def execute(arguments: argparse.Namespace) -> int:
    """Carry out `drift`; 1 when a column has drifted."""
    report = compare_files(
        arguments.reference,
        arguments.current,
        method=arguments.method,
        at_most=arguments.at_most,
        significance=arguments.significance,
        columns=[name.strip() for name in arguments.columns.split(",") if name.strip()],
        project=Path(arguments.project),
        dialect=dialect(arguments),
    )
    if arguments.html is not None:
        from shipway.reports.drift_page import render_drift

        write_text(arguments.html, render_drift(report))
    if arguments.json:
        print_json(report)
    else:
        print_lines(drift_lines(report))
        if arguments.html is not None:
            print(f"written: {arguments.html}")
    return DONE if report.verdict == "passed" else STOPPED
