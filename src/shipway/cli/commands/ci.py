# SPDX-License-Identifier: Apache-2.0
"""`shipway ci`."""

import argparse
from pathlib import Path

from shipway.base.errors import DONE
from shipway.cli.output import print_json, print_lines
from shipway.operations.ci import INSTALL, CiFile, ci_init

EXAMPLE = """  shipway ci init github
  shipway ci init github --print
  shipway ci init github --install 'pip install -r requirements/ci.txt'"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `ci`."""
    parser.add_argument("action", choices=["init"], help="write the provider's file")
    parser.add_argument("provider", metavar="PROVIDER", help="github")
    parser.add_argument(
        "--install",
        metavar="CMD",
        default="",
        help=f"the command that installs Shipway there (default: {INSTALL})",
    )
    parser.add_argument("--print", action="store_true", help="show the file, and write nothing")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def execute(arguments: argparse.Namespace) -> int:
    """Carry out `ci init`; its exit code."""
    made = ci_init(
        Path(arguments.project),
        arguments.provider,
        install=arguments.install,
        write=not arguments.print,
    )
    if arguments.json:
        print_json(made)
    elif arguments.print:
        print(made.text, end="")
    else:
        print_lines(_lines(made))
    return DONE


def _lines(made: CiFile) -> list[str]:
    lines = [f"{'wrote' if made.written else 'unchanged:'} {made.path}"]
    if made.to_do:
        lines += [
            "",
            "A store in the checkout is lost with each job. Put it where the jobs keep it:",
            *(f"  {line}" for line in made.to_do),
        ]
    return [*lines, "", *(f"- {note}" for note in made.to_know), "", "next: commit and push it"]
