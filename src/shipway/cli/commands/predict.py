# SPDX-License-Identifier: Apache-2.0
"""`shipway predict`."""

import argparse
from pathlib import Path

from shipway.base.errors import DONE
from shipway.cli.output import print_json
from shipway.operations.predict import predict

EXAMPLE = "  shipway predict champion data/new.parquet predictions.parquet"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `predict`."""
    parser.add_argument("model", metavar="MODEL@N|champion", help="which model predicts")
    parser.add_argument("input", type=Path, metavar="IN", help="a Parquet or CSV file")
    parser.add_argument("output", type=Path, metavar="OUT", help="the file to write")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def execute(arguments: argparse.Namespace) -> int:
    """Carry out `predict`; its exit code."""
    done = predict(Path(arguments.project), arguments.model, arguments.input, arguments.output)
    if arguments.json:
        print_json(done)
    else:
        print(f"{done.model}@{done.version} predicted {done.rows:,} rows: {done.output}")
    return DONE
