# SPDX-License-Identifier: Apache-2.0
"""`shipway gate`."""

import argparse
from pathlib import Path

from shipway.base.errors import DONE, STOPPED
from shipway.cli.gates import gate_lines
from shipway.cli.output import print_json, print_lines, write_text
from shipway.operations.gate import GateReport, GateRequest, gate_predictions

EXAMPLE = """\
  shipway gate predictions.parquet --target y --score p --gates gates.yaml
  shipway gate new.csv --target y --score p --threshold 0.5 --gates gates.yaml \\
      --champion old.csv --key id --markdown gates.md"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `gate`."""
    parser.add_argument("file", type=Path, metavar="PREDICTIONS", help="a table of predictions")
    parser.add_argument("--gates", type=Path, required=True, help="a file with `gates:`")
    parser.add_argument("--target", required=True, help="the column of the truth")
    parser.add_argument("--score", help="the column of the positive class's probability")
    parser.add_argument("--prediction", help="the column of the predicted label or value")
    parser.add_argument(
        "--threshold", type=float, metavar="N", help="predict positive from this score on"
    )
    parser.add_argument("--champion", type=Path, help="the champion's predictions")
    parser.add_argument("--key", help="the column that pairs rows (default: by position)")
    parser.add_argument("--positive", help="the positive class")
    parser.add_argument("--weights", metavar="COLUMN", help="the column of each row's weight")
    parser.add_argument(
        "--task",
        choices=("binary", "multiclass", "regression"),
        help="what is predicted (default: found from the metrics and the target)",
    )
    parser.add_argument(
        "--markdown", type=Path, metavar="FILE", help="write tables for a pull request"
    )
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
            threshold=arguments.threshold,
            weights=arguments.weights,
            task=arguments.task,
        )
    )
    if arguments.markdown is not None:
        from shipway.reports.markdown import gate_report

        write_text(arguments.markdown, gate_report(report.gates, report.verdict, report.rows))
    if arguments.json:
        print_json(report)
    else:
        _show(report, arguments.gates, arguments.markdown)
    return DONE if report.verdict == "passed" else STOPPED


def _show(report: GateReport, gates: Path, markdown: Path | None) -> None:
    for gate in report.gates:
        print_lines(gate_lines(gate, gates.name))
    if markdown is not None:
        print_lines([f"written: {markdown}"])
    print_lines([_ending(report)])


def _ending(report: GateReport) -> str:
    """The verdict, how many gates stand behind it, and what to do next."""
    stopping = [gate for gate in report.gates if gate.on_fail == "stop"]
    good = sum(gate.verdict == "passed" for gate in stopping)
    said = f"verdict: {report.verdict} ({good} of {len(stopping)} gates passed)"
    if report.verdict != "inconclusive":
        return said
    needed = [gate.rows_needed for gate in stopping if gate.verdict == "inconclusive"]
    if None in needed:
        return f"{said}; more rows, or a gate that asks for less"
    return f"{said}; about {max(filter(None, needed)):,} more rows would settle it"
