# SPDX-License-Identifier: Apache-2.0
"""`shipway show`."""

import argparse
from pathlib import Path

from shipway.base.errors import DONE
from shipway.cli.output import print_json, print_lines, print_table
from shipway.operations.logs import notebook_file
from shipway.operations.show import show
from shipway.records.delivery import ModelVersion, ReleaseEvent
from shipway.records.run import RunRecord

EXAMPLE = "  shipway show last\n  shipway show fraud-detector@3"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `show`."""
    parser.add_argument(
        "name", metavar="RUN|MODEL@N|RELEASE", help="`last`, a run, a model version or a release"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def execute(arguments: argparse.Namespace) -> int:
    """Carry out `show`; its exit code."""
    record = show(Path(arguments.project), arguments.name)
    if arguments.json:
        print_json(record)
        return DONE
    match record:
        case RunRecord():
            _run(record)
            notebook = notebook_file(Path(arguments.project), record.run)
            if notebook is not None:
                print(f"the executed notebook: {notebook}")
        case ModelVersion():
            print_lines([record.card.rstrip()])
        case ReleaseEvent():
            _release(record)
    return DONE


def _run(record: RunRecord) -> None:
    print(f"run {record.run}: {record.verdict}, {record.started} to {record.finished or '…'}")
    rows = [
        (
            s.stage,
            s.status,
            f"{s.seconds:.2f} s",
            "cached" if s.cached else "",
            _first(s.found or s.reason),
        )
        for s in record.stages
    ]
    print_table(("STAGE", "STATUS", "TIME", "", "FOUND"), rows)
    if record.note:
        print(f"not deployed: {record.note}")
    if record.error:
        print(record.error)


def _first(text: str) -> str:
    return text.partition("\n")[0]


def _release(event: ReleaseEvent) -> None:
    print_lines(
        [
            f"{event.release}: {event.action} at {event.at} by {event.by}",
            f"  model    {event.model}@{event.version} {event.model_digest}",
            f"  package  {event.package}",
            f"  commit   {event.commit}",
            f"  run      {event.run}",
            f"  why      {event.reason}",
        ]
    )
