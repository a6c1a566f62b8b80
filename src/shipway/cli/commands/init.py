# SPDX-License-Identifier: Apache-2.0
"""`shipway init`."""

import argparse
import sys
from pathlib import Path

from shipway.base.errors import DONE
from shipway.cli.output import command_line, print_json, print_lines
from shipway.operations.init import Initialised, Question, init

EXAMPLE = (
    "  shipway init --target churned\n"
    "  shipway init --yes --tests      never asks; writes a few unit tests as well"
)
TITLES = {
    "found": "Found:",
    "guessed": "Guessed, change it where it is wrong:",
    "unknown": "Could not know, or odd:",
}
MOST_OPTIONS = 12


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `init`."""
    parser.add_argument("--target", metavar="COLUMN", help="the column that the model predicts")
    parser.add_argument(
        "--yes", action="store_true", help="never ask: take the likeliest answer, and say so"
    )
    parser.add_argument(
        "--tests", action="store_true", help="write a few unit tests where there are none"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def execute(arguments: argparse.Namespace) -> int:
    """Carry out `init`; its exit code."""
    alone = arguments.yes or arguments.json or not sys.stdin.isatty()
    done = init(
        Path(arguments.project),
        target=arguments.target,
        ask=None if alone else ask,
        tests=arguments.tests,
    )
    if arguments.json:
        print_json(
            {
                "written": str(done.path),
                "tests": str(done.tests) if done.tests is not None else None,
                "target": done.target,
                "live": done.live,
                "asked": done.asked,
                "said": done.sayings,
            }
        )
    else:
        print_lines(_said(done))
    return DONE


def _said(done: Initialised) -> list[str]:
    lines: list[str] = []
    for kind, title in TITLES.items():
        said = [saying.text for saying in done.sayings if saying.kind == kind]
        if said:
            lines += [title, *(f"  - {text}" for text in said), ""]
    lines.append(f"wrote {done.path}")
    if done.tests is not None:
        lines.append(f"wrote {done.tests}")
    lines.append("Read it, commit it, and start the road:")
    return [*lines, f"  {command_line(done.path.parent.resolve(), 'run')}"]


def ask(question: Question) -> str:
    """One of the options, chosen by its number or its name; the first for an empty answer."""
    names = [name for name, _ in question.options]
    print_lines([question.text])
    for number, (name, why) in enumerate(question.options[:MOST_OPTIONS], 1):
        print_lines([f"  {number}  {name}" + (f"   ({why})" if why else "")])
    if len(names) > MOST_OPTIONS:
        print_lines([f"     or another of: {', '.join(names[MOST_OPTIONS:])}"])
    while True:
        sys.stdout.write(f"[{names[0]}] ")
        sys.stdout.flush()
        said = sys.stdin.readline()
        answer = said.strip()
        if not answer:
            return names[0]
        if answer in names:
            return answer
        if answer.isdigit() and 1 <= int(answer) <= len(names):
            return names[int(answer) - 1]
        print_lines([f"There is no {answer!r} here."])
