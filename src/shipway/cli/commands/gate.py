# SPDX-License-Identifier: Apache-2.0
"""`shipway gate`."""

import argparse
from pathlib import Path

from shipway.base.errors import DONE, STOPPED
from shipway.cli.gates import gate_lines
from shipway.cli.output import print_json, print_lines
from shipway.operations.gate import GateRequest, gate_predictions

EXAMPLE = "  shipway gate predictions.parquet --target y --score p --gates gates.yaml"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `gate`."""
    parser.add_argument("file", type=Path, metavar="PREDICTIONS", help="a table of predictions")
    parser.add_argument("--gates", type=Path, required=True, help="a file with `gates:`")
    parser.add_argument("--target", required=True, help="the column of the truth")
    parser.add_argument("--score", help="the column of the positive class's probability")
    parser.add_argument("--prediction", help="the column of the predicted label or value")
    parser.add_argument("--champion", type=Path, help="the champion's predictions")
    parser.add_argument("--key", help="the column that pairs rows (default: by position)")
    parser.add_argument("--positive", help="the positive class")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def execute(arguments: argparse.Namespace) -> int:
    """Carry out `gate`; 1 when a gate does not pass."""
    report = gate_predictions(
        GateRequest(
            predictions=arguments.file,
            gates=arguments.gates,
            target=arguments.target,
            score=arguments.score,
            prediction=arguments.prediction,
            champion=arguments.champion,
            key=arguments.key,
            positive=arguments.positive,
        )
    )
    if arguments.json:
        print_json(report)
    else:
        for gate in report.gates:
            print_lines(gate_lines(gate))
        print(f"verdict: {report.verdict}")
    return DONE if report.verdict == "passed" else STOPPED
