# SPDX-License-Identifier: Apache-2.0
"""How an error looks: what, where and the cure; for a bug, a file to send."""

import sys
from pathlib import Path

from shipway.base.errors import ShipwayError


def show(error: ShipwayError, *, as_json: bool) -> int:
    """Write an expected error; its exit code. With `as_json` one document on standard output."""
    if as_json:
        import msgspec

        document = {
            "error": {"what": error.what, "where": error.where, "cure": error.cure},
            "exit_code": error.exit_code,
        }
        sys.stdout.write(msgspec.json.encode(document).decode() + "\n")
    sys.stderr.write(f"error: {error}\n")
    return error.exit_code


def report_bug(error: Exception, argv: list[str]) -> None:
    """Write what a developer needs into a file, and say where it is."""
    import tempfile
    import traceback

    from shipway import __version__
    from shipway.base import clock

    lines = [
        f"shipway {__version__}, python {sys.version.split()[0]}, {sys.platform}",
        f"command: {argv[0] if argv else ''}",
        f"time: {clock.stamp()}",
        "",
        "".join(traceback.format_exception(error)),
    ]
    with tempfile.NamedTemporaryFile(
        "w", prefix="shipway-bug-", suffix=".txt", delete=False, encoding="utf-8"
    ) as stream:
        stream.write("\n".join(lines))
    sys.stderr.write(
        f"error: this is a bug in Shipway: {type(error).__name__}: {error}\n"
        f"The report {Path(stream.name)} says more; please attach it to an issue.\n"
    )
