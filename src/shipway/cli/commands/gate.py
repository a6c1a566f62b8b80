# SPDX-License-Identifier: Apache-2.0
"""`shipway gate`."""

import argparse
from pathlib import Path

from shipway.base.errors import DONE, STOPPED
from shipway.cli.colours import PLAIN, YELLOW, print_coloured
from shipway.cli.gates import COLOURS, coloured_lines
from shipway.cli.output import print_json, write_text
from shipway.cli.tables import add_dialect, dialect
from shipway.operations.fetched import place
from shipway.operations.gate import GateReport, GateRequest, gate_predictions

EXAMPLE = """\
  shipway gate predictions.parquet --target y --score p --gates gates.yaml
  shipway gate new.csv --target y --score p --threshold 0.5 --gates gates.yaml \\
      --champion old.csv --key id --markdown gates.md

gates.yaml:
  gates:
    - roc_auc >= 0.85 at 95%
    - roc_auc >= champion - 0.02 at 95%
    - recall[country=*] >= 0.6

exit codes: 0 all gates passed, 1 one failed or is inconclusive, 2 the input is wrong"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `gate`."""
    parser.add_argument(
        "file", type=place, metavar="PREDICTIONS", help="a table of predictions: path, glob or URL"
    )
    parser.add_argument(
        "--gates", type=Path, required=True, metavar="YAML", help="a file with `gates:`"
    )
    _add_columns(parser)
    parser.add_argument(
        "--champion", type=place, metavar="FILE", help="the champion's predictions of the same rows"
    )
    parser.add_argument(
        "--task",
        choices=("binary", "multiclass", "regression"),
        help="what is predicted (default: found from the metrics and the target)",
    )
    add_dialect(parser)
    parser.add_argument(
        "--markdown", type=Path, metavar="FILE", help="write tables for a pull request"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def _add_columns(parser: argparse.ArgumentParser) -> None:
    """What the files' columns are; the champion's file has them under the same names."""
    parser.add_argument("--target", required=True, metavar="COLUMN", help="the truth")
    parser.add_argument(
        "--score",
        metavar="COLUMN",
        help="the probability of the positive class; of several classes p or 'p_{class}' for "
        "p_cat, p_dog…",
    )
    parser.add_argument("--prediction", metavar="COLUMN", help="the predicted label or value")
    parser.add_argument(
        "--threshold", type=float, metavar="N", help="predict positive from this score on"
    )
    parser.add_argument("--positive", metavar="CLASS", help="the positive class (default: 1)")
    parser.add_argument("--weights", metavar="COLUMN", help="how much each row counts")
    parser.add_argument(
        "--key", metavar="COLUMN", help="what pairs the champion's rows (default: their position)"
    )


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
            dialect=dialect(arguments),
        )
    )
    if arguments.markdown is not None:
        from shipway.reports.markdown import gate_report

        text = gate_report(report.gates, report.verdict, report.rows, report.notes)
        write_text(arguments.markdown, text)
    if arguments.json:
        print_json(report)
    else:
        _show(report, arguments.gates, arguments.markdown)
    return DONE if report.verdict == "passed" else STOPPED


def _show(report: GateReport, gates: Path, markdown: Path | None) -> None:
    lines = [line for gate in report.gates for line in coloured_lines(gate, gates.name)]
    lines += [(f"note: {note}", YELLOW) for note in report.notes]
    if markdown is not None:
        lines.append((f"written: {markdown}", PLAIN))
    print_coloured([*lines, (_ending(report, gates.name), COLOURS[report.verdict])])


def _ending(report: GateReport, file: str) -> str:
    """The verdict, how many gates stand behind it, and what to do next."""
    stopping = [gate for gate in report.gates if gate.on_fail == "stop"]
    good = sum(gate.verdict == "passed" for gate in stopping)
    said = f"{report.verdict}: {good:,} of {len(stopping):,} gates passed"
    warned = sum(gate.verdict != "passed" for gate in report.gates) - (len(stopping) - good)
    said += f", {warned:,} warning{'s' if warned > 1 else ''}" if warned else ""
    if report.verdict == "passed":
        return said
    if report.verdict == "failed":
        first = next(gate for gate in stopping if gate.verdict == "failed")
        part = f" for {first.slice}" if first.slice else ""
        return f"{said}; do not release this model. Look first at {file}:{first.line}{part}"
    needed = [gate.rows_needed for gate in stopping if gate.verdict == "inconclusive"]
    if None in needed:
        return f"{said}; it takes more rows, or a gate that asks for less"
    return f"{said}; about {max(filter(None, needed)):,} more rows would settle it"
