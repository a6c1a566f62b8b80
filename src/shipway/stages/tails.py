# SPDX-License-Identifier: Apache-2.0
"""The last lines of a process as a person wants to read them.

Of a traceback the frames in libraries go: what matters is the user's own line and the error. The
log of the stage keeps everything.
"""

import re
from pathlib import Path

COLOURS = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
FRAME = re.compile(r'  File "([^"\n]+)", line \d+')
LIBRARY = re.compile(r"/site-packages/|/lib/python\d|^<frozen ")


def readable(tail: str, workspace: Path) -> str:
    """`tail` without colours, without frames of libraries, with paths as the user knows them."""
    kept: list[str] = []
    dropping = False
    for line in COLOURS.sub("", tail).splitlines():
        frame = FRAME.match(line)
        if frame:
            dropping = bool(LIBRARY.search(frame[1])) and not _is_own(frame[1], workspace)
            if dropping and kept[-1:] != ["    …"]:
                kept.append("    …")
        elif not line.startswith("    "):
            dropping = False
        if not dropping:
            kept.append(line)
    text = "\n".join(kept).rstrip()
    for root in (workspace, workspace.resolve()):
        text = text.replace(f"{root}/", "")
    return text


def _is_own(path: str, workspace: Path) -> bool:
    return Path(path).is_relative_to(workspace) or Path(path).is_relative_to(workspace.resolve())
