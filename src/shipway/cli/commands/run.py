# SPDX-License-Identifier: Apache-2.0
"""`shipway run`."""

import argparse
import sys
from pathlib import Path

from shipway.cli.ending import print_ending
from shipway.cli.output import print_json
from shipway.cli.progress import Progress
from shipway.operations.run import RunOptions, run
from shipway.operations.run_document import run_document

EXAMPLE = """  shipway run                            as far as this commit may go
  shipway run --until evaluate --explain   stop early; say why each stage runs
  shipway run --set train.params.max_iter=50"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `run`."""
    parser.add_argument("--until", metavar="STAGE", default="", help="go no further than STAGE")
    parser.add_argument("--commit", metavar="REF", default="", help="run this commit instead")
    parser.add_argument(
        "--set",
        dest="overrides",
        metavar="train.params.NAME=VALUE",
        action="append",
        default=[],
        help="another training parameter, for this run (which then deploys nothing)",
    )
    parser.add_argument(
        "--explain", action="store_true", help="say for each stage what changed, and its code set"
    )
    parser.add_argument(
        "--force", metavar="STAGE", action="append", default=[], help="ignore the cache for STAGE"
    )
    parser.add_argument("--upgrade", action="store_true", help="resolve the requirements anew")
    parser.add_argument(
        "--relax",
        action="store_true",
        help="when the requirements do not resolve: the fewest pins to loosen, as a patch",
    )
    parser.add_argument(
        "--no-wait", action="store_true", help="exit with 3 when another run is under way"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document at the end")


def execute(arguments: argparse.Namespace) -> int:
    """Carry out `run`; its exit code."""
    options = RunOptions(
        until=arguments.until,
        commit=arguments.commit,
        overrides=tuple(arguments.overrides),
        force=tuple(arguments.force),
        upgrade=arguments.upgrade,
        wait=not arguments.no_wait,
        explain=arguments.explain,
        relax=arguments.relax,
    )
    stream = sys.stderr if arguments.json else sys.stdout
    progress = Progress(stream, explain=arguments.explain)
    try:
        result = run(Path(arguments.project), options, progress)
    finally:
        progress.close()
    if arguments.json:
        print_json(run_document(result))
    else:
        print_ending(result)
    return result.record.exit_code
