# SPDX-License-Identifier: Apache-2.0
"""`shipway compare`."""

import argparse
from pathlib import Path

from shipway.base.errors import DONE
from shipway.cli.output import print_json, print_lines, print_table, write_text
from shipway.operations.compare import compare
from shipway.records.compared import Comparison, MetricPair
from shipway.reports.evidence import ends, kinds_of_flips
from shipway.reports.text import NONE, p_value, signed

EXAMPLE = """\
  shipway compare champion fraud-detector@3
  shipway compare fraud-detector@2 fraud-detector@3 --slices --html compare.html"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `compare`."""
    parser.add_argument("first", metavar="A", help="MODEL@N or champion")
    parser.add_argument("second", metavar="B", help="MODEL@N or champion")
    parser.add_argument("--slices", action="store_true", help="show the metrics of slices too")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write a page with pictures")
    parser.add_argument(
        "--markdown", type=Path, metavar="FILE", help="write tables for a pull request"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def execute(arguments: argparse.Namespace) -> int:
    """Carry out `compare`; its exit code."""
    found = compare(Path(arguments.project), arguments.first, arguments.second)
    written = _write(found, arguments)
    if arguments.json:
        print_json(found)
    else:
        _show(found, slices=arguments.slices)
        print_lines(f"written: {path}" for path in written)
    return DONE


def _write(found: Comparison, arguments: argparse.Namespace) -> list[Path]:
    from shipway.reports.comparison import comparison_markdown, render_comparison

    pages = ((arguments.html, render_comparison), (arguments.markdown, comparison_markdown))
    for path, page in pages:
        if path is not None:
            write_text(path, page(found))
    return [path for path, _ in pages if path is not None]


def _show(found: Comparison, *, slices: bool) -> None:
    from shipway.reports.comparison import headline, version_name

    names = [version_name(found.first), version_name(found.second)]
    pairs = [pair for pair in found.metrics if slices or not pair.slice]
    head = ("METRIC", *names, "DIFFERENCE", "95% INTERVAL", "P")
    print_table(head, [_row(pair) for pair in pairs])
    if found.flips is not None:
        kinds = ", ".join(f"{rows:,} {name}" for name, rows in kinds_of_flips(found.flips) if rows)
        changed = f"{found.flips.changed:,} of {found.flips.rows:,} predictions changed"
        print_lines([f"{changed}: {kinds}" if kinds else changed])
    print_lines(found.differs)
    print_lines([headline(found)])


def _row(pair: MetricPair) -> tuple[str, ...]:
    name = f"{pair.name} of {pair.slice}" if pair.slice else pair.name
    delta = NONE if pair.delta is None else signed(pair.delta)
    sure = ends(pair.delta_interval) if pair.delta_interval else NONE
    return name, _number(pair.first), _number(pair.second), delta, sure, p_value(pair.p_value)


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:.4f}"
