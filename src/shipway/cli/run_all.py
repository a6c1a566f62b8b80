# SPDX-License-Identifier: Apache-2.0
"""`shipway run --all`: all projects, one table, one document, one exit code."""

import argparse
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from shipway.base.errors import InputError, ShipwayError
from shipway.cli.many import Shown, default_stream, print_summary
from shipway.cli.markdown import error_markdown, run_markdown, write_markdown
from shipway.cli.output import print_json
from shipway.operations.run import RunOptions
from shipway.operations.run_all import ProjectRun, all_document, run_all, worst


def execute_all(arguments: argparse.Namespace, options: RunOptions) -> int:
    """Carry out `run --all`; the worst exit code."""
    if arguments.jobs < 1:
        raise InputError("--jobs needs a number from 1 on", cure="--jobs 2")
    shown = Shown(
        default_stream(arguments.json), explain=options.explain, beside=arguments.jobs > 1
    )
    try:
        runs = run_all(Path(arguments.project), options, shown, arguments.jobs)
    except ShipwayError as error:
        write_markdown(arguments.markdown, partial(error_markdown, error))
        raise
    write_markdown(arguments.markdown, partial(_markdown, runs))
    if arguments.json:
        print_json(all_document(runs))
    else:
        print_summary(runs)
    return worst([run.exit_code for run in runs])


def _markdown(runs: Sequence[ProjectRun]) -> str:
    """A line for all that is unchanged, a summary for each that is not."""
    from shipway.reports.markdown import code

    unchanged = [run for run in runs if run.exit_code == 0 and not run.ran]
    parts = [_one(run) for run in runs if run not in unchanged]
    if unchanged:
        parts.append(f"Unchanged: {', '.join(code(run.name) for run in unchanged)}\n")
    return "\n".join(parts)


def _one(run: ProjectRun) -> str:
    if run.error is not None:
        return error_markdown(run.error, run.name)
    return run_markdown(run.result) if run.result is not None else ""
