# SPDX-License-Identifier: Apache-2.0
"""`shipway explain`."""

import argparse
from pathlib import Path

from shipway.base.errors import DONE
from shipway.cli.explanations import explanation_lines
from shipway.cli.output import print_json, print_lines
from shipway.operations.explain import ExplainRequest, explain

EXAMPLE = "  shipway explain 'roc_auc >= champion - 0.02 at 95%'"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `explain`."""
    parser.add_argument("text", metavar="GATE|RULE", help="a gate or a rule, as in shipway.yaml")
    parser.add_argument(
        "--task",
        choices=("binary", "multiclass", "regression"),
        help="what the model does (default: the task in shipway.yaml)",
    )
    parser.add_argument(
        "--base-rate",
        type=_share,
        metavar="SHARE",
        help="the share of positives, to count all rows: 5%% or 0.05",
    )
    parser.add_argument("--rows", type=int, metavar="N", help="say what this many rows can show")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def execute(arguments: argparse.Namespace) -> int:
    """Carry out `explain`; its exit code."""
    found = explain(
        ExplainRequest(
            arguments.text,
            task=arguments.task,
            base_rate=arguments.base_rate,
            rows=arguments.rows,
            project=Path(arguments.project),
        )
    )
    if arguments.json:
        print_json(found)
    else:
        print_lines(explanation_lines(found))
    return DONE


def _share(text: str) -> float:
    """`5%` or `0.05`; ValueError for anything else."""
    return float(text[:-1]) / 100 if text.endswith("%") else float(text)
