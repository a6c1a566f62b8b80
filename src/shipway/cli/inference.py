# SPDX-License-Identifier: Apache-2.0
"""`shipway check --infer`: what is odd about a table as comments, then checks as YAML.

Standard output is one file of checks, or with `--json` one document.
"""

import argparse
import sys
from pathlib import Path

from shipway.base.errors import DONE, InputError
from shipway.cli.output import print_json, print_lines, tell
from shipway.cli.tables import dialect
from shipway.operations.infer import infer, told, write_inference

UNFIT = ("checks", "against", "html", "markdown", "junit")
ONLY_HERE = ("yaml", "target")


def add_infer(parser: argparse.ArgumentParser) -> None:
    """Declare `--infer` and what belongs to it."""
    parser.add_argument(
        "--infer",
        action="store_true",
        help="check nothing: say what is odd about the table, and propose checks",
    )
    parser.add_argument(
        "--yaml", type=Path, metavar="FILE", help="with --infer: write the proposed checks there"
    )
    parser.add_argument(
        "--target", metavar="COLUMN", help="with --infer: the column that a model predicts"
    )


def refuse_alone(arguments: argparse.Namespace) -> None:
    """InputError for what belongs to `--infer`, which was not asked for."""
    for name in ONLY_HERE:
        if getattr(arguments, name) is not None:
            raise InputError(f"--{name} belongs to --infer", cure="Add --infer, or leave it out.")


def execute_infer(arguments: argparse.Namespace) -> int:
    """Carry out `check --infer`; what is odd is no failure."""
    for name in UNFIT:
        if getattr(arguments, name) is not None:
            raise InputError(
                f"--{name} checks a table, --infer proposes checks",
                cure="Infer first, then check with the result: --checks FILE.",
            )
    found = infer(arguments.files, target=arguments.target, dialect=dialect(arguments))
    if arguments.yaml is not None:
        write_inference(found, arguments.yaml)
    if arguments.json:
        print_json(found)
    elif arguments.yaml is None:
        sys.stdout.write(found.checks)
    else:
        for suspicion in found.suspicions:
            text, line = told(suspicion)
            print_lines([text, *([f"    {line}"] if line else [])])
    if found.sampled:
        tell(f"only the first {found.rows:,} rows were looked at")
    if arguments.yaml is not None and not arguments.json:
        print_lines([f"wrote {arguments.yaml}"])
    return DONE
