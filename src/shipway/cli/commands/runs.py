# SPDX-License-Identifier: Apache-2.0
"""`shipway runs`."""

import argparse
import textwrap
from pathlib import Path

from shipway.base.errors import DONE
from shipway.cli.output import print_json, print_table
from shipway.operations.runs import list_runs

EXAMPLE = "  shipway runs --limit 5"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `runs`."""
    parser.add_argument("--limit", type=int, default=20, metavar="N", help="how many (default: 20)")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def execute(arguments: argparse.Namespace) -> int:
    """Carry out `runs`; its exit code."""
    records = list_runs(Path(arguments.project), arguments.limit)
    if arguments.json:
        keys = ("run", "verdict", "exit_code", "started", "finished", "note", "error")
        print_json({"runs": [{key: getattr(r, key) for key in keys} for r in records]})
        return DONE
    if not records:
        print("no run yet; start one with: shipway run")
        return DONE
    rows = [(r.run, r.verdict, r.started[:19] + "Z", _first(r.error or r.note)) for r in records]
    print_table(("RUN", "VERDICT", "STARTED", ""), rows)
    return DONE


def _first(text: str) -> str:
    """The first line, cut at a word."""
    return textwrap.shorten(text.partition("\n")[0], 72, placeholder=" …")
