# SPDX-License-Identifier: Apache-2.0
"""`shipway run`."""

import argparse
import sys
from functools import partial
from pathlib import Path

from shipway.base.errors import ShipwayError
from shipway.cli.ending import print_ending
from shipway.cli.markdown import error_markdown, run_markdown, write_markdown
from shipway.cli.output import print_json
from shipway.cli.progress import Progress
from shipway.operations.run import RunOptions, run
from shipway.operations.run_document import run_document

EXAMPLE = """  shipway run                            as far as this commit may go
  shipway run --until evaluate --explain   stop early; say why each stage runs
  shipway run --set train.params.max_iter=50
  shipway run --all --jobs 2             every model of the repository"""


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
    parser.add_argument(
        "--all", action="store_true", help="every project at or below the folder, one summary"
    )
    parser.add_argument(
        "--jobs", metavar="N", type=int, default=1, help="with --all: so many at a time (default 1)"
    )
    parser.add_argument(
        "--markdown",
        metavar="FILE",
        type=Path,
        help="write a summary for a pull request to FILE, whatever comes out",
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
    if arguments.all:
        from shipway.cli.run_all import execute_all

        return execute_all(arguments, options)
    stream = sys.stderr if arguments.json else sys.stdout
    progress = Progress(stream, explain=arguments.explain)
    try:
        result = run(Path(arguments.project), options, progress)
    except ShipwayError as error:
        write_markdown(arguments.markdown, partial(error_markdown, error))
        raise
    finally:
        progress.close()
    write_markdown(arguments.markdown, partial(run_markdown, result))
    if arguments.json:
        print_json(run_document(result))
    else:
        print_ending(result)
    return result.record.exit_code
