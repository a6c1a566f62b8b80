# SPDX-License-Identifier: Apache-2.0
"""`shipway history`."""

import argparse
from pathlib import Path

from shipway.base.errors import DONE
from shipway.cli.output import print_json, print_table
from shipway.operations.delivery import describe
from shipway.operations.history import history
from shipway.records.delivery import ReleaseEvent

EXAMPLE = "  shipway history production --at 2026-10-01T12:00"
STEPS = frozenset({"placing", "placed", "routing", "rolling-back"})


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `history`."""
    parser.add_argument("environment", metavar="ENV", help="which environment")
    parser.add_argument("--at", default="", metavar="TIME", help="what was live then")
    parser.add_argument("--steps", action="store_true", help="show each step of each change")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def execute(arguments: argparse.Namespace) -> int:
    """Carry out `history`; its exit code."""
    found = history(Path(arguments.project), arguments.environment, arguments.at)
    if arguments.json:
        print_json(found)
        return DONE
    events = [e for e in found.events if arguments.steps or e.action not in STEPS]
    if events:
        header = ("WHEN", "WHAT", "RELEASE", "MODEL", "COMMIT", "WHO", "WHY")
        print_table(header, [_row(event) for event in events])
    when = f"at {arguments.at}" if arguments.at else "now"
    live = describe(found.live) if found.live else "nothing"
    print(f"live {when}: {live}")
    return DONE


def _row(event: ReleaseEvent) -> tuple[str, ...]:
    model = f"{event.model}@{event.version}" if event.model else ""
    when = event.at[:19].replace("T", " ")
    return (when, event.action, event.release, model, event.commit[:10], event.by, event.reason)
