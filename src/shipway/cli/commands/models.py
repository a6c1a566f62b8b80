# SPDX-License-Identifier: Apache-2.0
"""`shipway models`."""

import argparse
from pathlib import Path

from shipway.base.digests import short
from shipway.base.errors import DONE
from shipway.cli.output import print_json, print_table
from shipway.operations.models import ModelRow, list_models

EXAMPLE = "  shipway models fraud-detector"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `models`."""
    parser.add_argument("model", nargs="?", default="", metavar="MODEL", help="only this model")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def execute(arguments: argparse.Namespace) -> int:
    """Carry out `models`; its exit code."""
    rows = list_models(Path(arguments.project), arguments.model)
    if arguments.json:
        print_json({"models": rows})
    elif not rows:
        print("no model is registered yet; a run registers one: shipway run")
    else:
        header = ("MODEL", "DIGEST", "COMMIT", "GATES", "CREATED", "METRICS", "")
        print_table(header, [_row(row) for row in rows])
    return DONE


def _row(row: ModelRow) -> tuple[str, ...]:
    version = row.version
    metrics = ", ".join(f"{name} {value:.4g}" for name, value in version.metrics.items())
    marks = ["champion"] if row.champion else []
    marks += [alias for alias in row.aliases if alias not in marks]
    return (
        f"{version.model}@{version.number}",
        short(version.digest),
        version.commit[:10],
        version.verdict,
        version.created[:19] + "Z",
        metrics,
        ", ".join(marks),
    )
