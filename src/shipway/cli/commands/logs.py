# SPDX-License-Identifier: Apache-2.0
"""`shipway logs`."""

import argparse
from pathlib import Path

from shipway.base.errors import DONE
from shipway.cli.output import print_json
from shipway.operations.logs import log_files, notebook_file, read_lines

EXAMPLE = "  shipway logs last --stage train\n  shipway logs production"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `logs`."""
    parser.add_argument(
        "name", nargs="?", default="last", metavar="RUN|ENV", help="`last`, a run or an environment"
    )
    parser.add_argument("--stage", default="", help="only this stage")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def execute(arguments: argparse.Namespace) -> int:
    """Carry out `logs`; its exit code."""
    files = log_files(Path(arguments.project), arguments.name, arguments.stage)
    if arguments.json:
        logs = [{"name": f.stem, "lines": list(read_lines(f))} for f in files]
        print_json({"logs": logs, "notebook": _notebook(arguments)})
        return DONE
    for path in files:
        print(f"== {path.stem} ({path})")
        for line in read_lines(path):
            print(line)
    notebook = _notebook(arguments)
    if notebook is not None:
        print(f"== the executed notebook: {notebook}")
    elif not files:
        print(f"{arguments.name} wrote nothing")
    return DONE


def _notebook(arguments: argparse.Namespace) -> str | None:
    if arguments.stage not in ("", "train"):
        return None
    path = notebook_file(Path(arguments.project), arguments.name)
    return str(path) if path else None
