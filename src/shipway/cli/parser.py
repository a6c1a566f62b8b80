# SPDX-License-Identifier: Apache-2.0
"""Finds the command and reads its arguments; only that command's module is imported."""

import argparse
import importlib
from typing import Any, NoReturn, Protocol

from shipway.base.errors import DONE, INPUT
from shipway.base.names import did_you_mean
from shipway.cli.commands import COMMANDS


class Command(Protocol):
    """What a command module offers."""

    EXAMPLE: str

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the command's arguments."""
        ...

    def execute(self, arguments: argparse.Namespace) -> int:
        """Carry the command out; its exit code."""
        ...


class UsageError(Exception):
    """The command line was answered already (help), or is wrong: end with `code`."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class _Parser(argparse.ArgumentParser):
    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
        if message:
            self._print_message(message)
        raise UsageError(status)

    def error(self, message: str) -> NoReturn:
        import sys

        sys.stderr.write(f"error: {message}\n{self.format_usage()}")
        raise UsageError(INPUT)


def parse(argv: list[str]) -> tuple[Any, argparse.Namespace]:
    """The command module and its arguments; UsageError when there is nothing left to do."""
    project, rest = _take_project(argv)
    if not rest or rest[0] in ("-h", "--help", "help"):
        print(overview(), end="")
        raise UsageError(DONE)
    name = rest[0]
    if name not in COMMANDS:
        import sys

        kind = "option" if name.startswith("-") else "command"
        cure = did_you_mean(name, COMMANDS)
        sys.stderr.write(f"error: there is no {kind} {name!r}\n{cure}\n")
        raise UsageError(INPUT)
    command = importlib.import_module(f"shipway.cli.commands.{name}")
    parser = parser_of(name, command)
    arguments = parser.parse_args(rest[1:])
    arguments.project = arguments.project or project or "."
    return command, arguments


def parser_of(name: str, command: Any) -> argparse.ArgumentParser:
    """The parser of one command; its help is as wide as its longest line needs."""
    parser = _Parser(
        prog=f"shipway {name}",
        description=COMMANDS[name][0].upper() + COMMANDS[name][1:] + ".",
        epilog=f"example:\n{command.EXAMPLE}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--project", metavar="DIR", help="the folder of shipway.yaml (default: .)")
    command.add_arguments(parser)
    return parser


def _take_project(argv: list[str]) -> tuple[str, list[str]]:
    """`--project DIR` may also stand before the command."""
    if len(argv) >= 2 and argv[0] == "--project":
        return argv[1], argv[2:]
    if argv and argv[0].startswith("--project="):
        return argv[0].partition("=")[2], argv[1:]
    return "", argv


def overview() -> str:
    """What `shipway --help` prints."""
    width = max(map(len, COMMANDS))
    lines = [f"  {name:<{width}}  {text}" for name, text in COMMANDS.items()]
    return (
        "usage: shipway [--project DIR] COMMAND …\n\n"
        "CI/CD for machine-learning models: from a commit to a model in production.\n\n"
        "commands:\n" + "\n".join(lines) + "\n\n"
        "example:\n  shipway run            take the present commit along the road\n\n"
        "shipway COMMAND --help says more; shipway --version prints the version.\n"
    )
