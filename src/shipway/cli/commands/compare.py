# SPDX-License-Identifier: Apache-2.0
"""`shipway compare`."""

import argparse
from pathlib import Path

from shipway.base.errors import DONE
from shipway.cli.output import print_json, print_lines, print_table
from shipway.operations.compare import Comparison, MetricPair, compare
from shipway.records.delivery import ModelVersion

EXAMPLE = "  shipway compare champion fraud-detector@3"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `compare`."""
    parser.add_argument("first", metavar="A", help="MODEL@N or champion")
    parser.add_argument("second", metavar="B", help="MODEL@N or champion")
    parser.add_argument("--slices", action="store_true", help="show the metrics of slices too")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def execute(arguments: argparse.Namespace) -> int:
    """Carry out `compare`; its exit code."""
    found = compare(Path(arguments.project), arguments.first, arguments.second)
    if arguments.json:
        print_json(found)
    else:
        _show(found, slices=arguments.slices)
    return DONE


def _show(found: Comparison, *, slices: bool) -> None:
    names = [_name(found.first), _name(found.second)]
    pairs = [pair for pair in found.metrics if slices or not pair.slice]
    print_table(("METRIC", *names, "DIFFERENCE"), [_row(pair) for pair in pairs])
    print_lines(found.differs)
    if not found.same_rows:
        print("they were evaluated on different rows: the differences mean little")


def _name(version: ModelVersion) -> str:
    return f"{version.model}@{version.number}"


def _row(pair: MetricPair) -> tuple[str, ...]:
    name = f"{pair.name} of {pair.slice}" if pair.slice else pair.name
    delta = "" if pair.delta is None else f"{pair.delta:+.4f}"
    return name, _number(pair.first), _number(pair.second), delta


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:.4f}"
