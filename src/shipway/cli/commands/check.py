# SPDX-License-Identifier: Apache-2.0
"""`shipway check`."""

import argparse
from collections.abc import Callable
from pathlib import Path

from shipway.base.errors import DONE, STOPPED
from shipway.cli.checks import print_report
from shipway.cli.colours import on_terminal
from shipway.cli.inference import add_infer, execute_infer, refuse_alone
from shipway.cli.output import print_json, write_text
from shipway.cli.tables import add_dialect, dialect
from shipway.operations.check import check_files
from shipway.operations.fetched import place
from shipway.records.data import CheckReport

EXAMPLE = (
    "  shipway check data.csv --checks checks.yaml\n"
    "  shipway check new.parquet --against old.parquet --checks checks.yaml --html checks.html\n"
    "  shipway check data.csv --infer > checks.yaml      what is odd, and what could be demanded"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `check`."""
    parser.add_argument(
        "files", type=place, nargs="+", metavar="FILE", help="a table; several files are one table"
    )
    parser.add_argument(
        "--checks",
        type=Path,
        metavar="YAML",
        help="what must hold (default: `data` of shipway.yaml)",
    )
    parser.add_argument(
        "--against",
        type=place,
        metavar="FILE",
        help="the other table, for overlap, order and drift",
    )
    add_infer(parser)
    add_dialect(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    for form, what in (
        ("html", "a page to look at"),
        ("markdown", "a summary for a pull request"),
        ("junit", "JUnit XML for a CI system"),
    ):
        parser.add_argument(f"--{form}", type=Path, metavar="FILE", help=f"write {what}")


def execute(arguments: argparse.Namespace) -> int:
    """Carry out `check`; 1 when a check does not pass."""
    if arguments.infer:
        return execute_infer(arguments)
    refuse_alone(arguments)
    from shipway.data.examples import redacted

    report = check_files(
        arguments.files,
        arguments.checks,
        against=arguments.against,
        project=Path(arguments.project),
        dialect=dialect(arguments),
    )
    written = redacted(report)
    if arguments.json:
        print_json(written)
    else:
        print_report(report if on_terminal() else written)
    for form, render in _forms().items():
        _write(getattr(arguments, form), render, written)
    return DONE if report.verdict == "passed" else STOPPED


def _forms() -> dict[str, Callable[[CheckReport], str]]:
    """How each form is made; what makes a form is loaded when it is asked for."""

    def html(report: CheckReport) -> str:
        from shipway import __version__
        from shipway.reports.checks_page import render_checks

        return render_checks(report, __version__)

    def markdown(report: CheckReport) -> str:
        from shipway.reports.checks_markdown import checks_markdown

        return checks_markdown(report)

    def junit(report: CheckReport) -> str:
        from shipway.reports.checks_junit import checks_junit

        return checks_junit(report)

    return {"html": html, "markdown": markdown, "junit": junit}


def _write(path: Path | None, render: Callable[[CheckReport], str], report: CheckReport) -> None:
    if path is None:
        return
    write_text(path, render(report))
