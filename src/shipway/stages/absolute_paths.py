# SPDX-License-Identifier: Apache-2.0
"""Files that code names by absolute paths and that are there: on this machine, today.

No fingerprint covers them, and nobody else has them. A script that reads one works here, so all
that can be done is to say it.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

LITERAL = re.compile(r"""(?<![\w/])[rf]?["']((?:/|~/)[\w.\-+ @/]{2,200})["']""")
SYSTEM = ("/dev/", "/proc/", "/sys/", "/usr/", "/bin/", "/etc/", "/lib/", "/opt/")
LARGEST = 1 << 20


def absolute_files(folder: Path, paths: Iterable[str]) -> Iterator[str]:
    """For each such file a sentence: where it is named, and what to do."""
    for path in paths:
        place = folder / path
        if place.suffix != ".py" or not place.is_file() or place.stat().st_size > LARGEST:
            continue
        text = place.read_text(encoding="utf-8", errors="replace")
        for number, line in enumerate(text.splitlines(), 1):
            for name in LITERAL.findall(line):
                if _is_there(name):
                    yield (
                        f"{path}:{number} names {name}, a file of this machine alone: a change of "
                        "it is not noticed. Put it into the project and declare it under `data` or "
                        "`inputs`."
                    )


def _is_there(name: str) -> bool:
    if name.startswith(SYSTEM):
        return False
    try:
        return Path(name).expanduser().is_file()
    except (OSError, RuntimeError):
        return False
