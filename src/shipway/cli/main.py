# SPDX-License-Identifier: Apache-2.0
"""The one door of the terminal: parse, call an operation, show; and the one place that catches.

Expected errors become a message and their exit code, Ctrl-C becomes 130, anything else is a bug
and leaves a report that can be sent to the developers.
"""

import gc
import io
import sys
from typing import NoReturn

from shipway.base.errors import BUG, DONE, INPUT, INTERRUPTED, ShipwayError


def main(argv: list[str] | None = None) -> NoReturn:
    """Run the command line; ends the process with the exit code."""
    # Importing makes many objects and no garbage; looking for some takes a tenth of a short run.
    gc.set_threshold(50_000)
    arguments = sys.argv[1:] if argv is None else argv
    _speak_unicode()
    code = run(arguments)
    _leave(code)


def _speak_unicode() -> None:
    """Output that goes to a file on Windows has no encoding for `✓` unless it is told one."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            encoding = "utf-8" if sys.platform == "win32" else None
            stream.reconfigure(encoding=encoding, errors="backslashreplace")


def run(argv: list[str]) -> int:
    """Carry out one command line; its exit code."""
    if argv in (["--version"], ["-V"]):
        from shipway import __version__

        sys.stdout.write(f"shipway {__version__}\n")
        return DONE
    from shipway.cli import errors, parser

    try:
        command, arguments = parser.parse(argv)
    except parser.UsageError as error:
        return error.code
    try:
        code: int = command.execute(arguments)
    except ShipwayError as error:
        return errors.show(error, as_json=getattr(arguments, "json", False))
    except KeyboardInterrupt:
        sys.stderr.write("interrupted; run the same command again to go on\n")
        return INTERRUPTED
    except BrokenPipeError:
        return INPUT
    except Exception as error:
        errors.report_bug(error, argv)
        return BUG
    return code


def _leave(code: int) -> NoReturn:
    """End at once: a cancelled stage may still hold a thread that nobody waits for any more."""
    import os

    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:
        pass
    os._exit(code)
