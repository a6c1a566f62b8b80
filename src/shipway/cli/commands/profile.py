# SPDX-License-Identifier: Apache-2.0
"""`shipway profile`."""

import argparse
import shutil
from pathlib import Path

from shipway.base.errors import DONE
from shipway.cli.output import print_json, print_lines, write_text
from shipway.cli.profiles import profile_lines
from shipway.cli.tables import add_dialect, dialect
from shipway.operations.fetched import place
from shipway.operations.profile import profile_file

EXAMPLE = "  shipway profile data.parquet --target is_fraud --html profile.html"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `profile`."""
    parser.add_argument(
        "file", type=place, metavar="FILE", help="a table, a glob of its files, or a URL"
    )
    parser.add_argument(
        "--target",
        metavar="COLUMN",
        help="say how much each column tells of this one (default: the target in shipway.yaml)",
    )
    parser.add_argument(
        "--columns", metavar="A,B", default="", help="only these columns, separated by commas"
    )
    add_dialect(parser)
    parser.add_argument("--html", type=Path, metavar="FILE", help="write a page with pictures")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def execute(arguments: argparse.Namespace) -> int:
    """Carry out `profile`."""
    profile = profile_file(
        arguments.file,
        target=arguments.target,
        columns=[name.strip() for name in arguments.columns.split(",") if name.strip()],
        project=Path(arguments.project),
        dialect=dialect(arguments),
    )
    if arguments.html is not None:
        from shipway.reports.profile_page import render_profile

        write_text(arguments.html, render_profile(profile))
    if arguments.json:
        print_json(profile)
        return DONE
    print_lines(profile_lines(profile, shutil.get_terminal_size((120, 24)).columns))
    if arguments.html is not None:
        print(f"\nwritten: {arguments.html}")
    return DONE
