# SPDX-License-Identifier: Apache-2.0
"""`shipway budget`."""

import argparse
from pathlib import Path

from shipway.base.errors import DONE
from shipway.cli.output import print_json, print_table
from shipway.operations.budget import BudgetReport, BudgetRow, budget

EXAMPLE = "  shipway budget\n  shipway budget --json"
HEADER = (
    "TEST SET",
    "DATASET",
    "ROWS",
    "USED",
    "LEFT",
    "AT 95%",
    "LAST USE",
    "BY",
    "MODEL",
    "SAID",
)
NONE = "–"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `budget`."""
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def execute(arguments: argparse.Namespace) -> int:
    """Carry out `budget`; its exit code."""
    found = budget(Path(arguments.project))
    if arguments.json:
        print_json(found)
        return DONE
    if found.test_sets:
        print(_demand(found))
        print_table(HEADER, [_row(each) for each in found.test_sets])
    for each in found.test_sets:
        _print_notes(each)
    print(found.next)
    return DONE


def _demand(found: BudgetReport) -> str:
    if not found.uses:
        return "budget: none"
    return f"budget: {found.uses} use{'s' if found.uses > 1 else ''}, adaptivity {found.adaptivity}"


def _row(each: BudgetRow) -> tuple[str, ...]:
    level = NONE if each.confidence is None else f"{each.confidence * 100:.8g}%"
    last = each.last
    return (
        each.name[:12],
        each.dataset or NONE,
        f"{each.rows:,}" if each.rows else NONE,
        f"{each.used} of {each.uses}" if each.uses else str(each.used),
        NONE if each.left is None else str(each.left),
        level,
        last.at[:16].replace("T", " ") or NONE,
        last.by,
        f"{last.model} {last.model_digest.removeprefix('sha256:')[:12]}".strip(),
        last.verdict or NONE,
    )


def _print_notes(each: BudgetRow) -> None:
    name = each.name[:12]
    if each.spent:
        print(f"{name} is spent: {each.spent}")
    if each.related:
        others = ", ".join(other[:12] for other in each.related)
        print(f"{name} shares rows with {others}: uses of one count for the other")
    if each.advisory:
        print(f"{name} is advisory: more than verdicts was told, so the promise may not hold")
