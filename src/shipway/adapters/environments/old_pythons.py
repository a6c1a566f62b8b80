# SPDX-License-Identifier: Apache-2.0
"""A project for a Python older than Shipway's runtime can be: said before one is looked for.

What this machine has, or could download, makes no difference to it.
"""

import re
from collections.abc import Iterable
from pathlib import Path

from shipway.adapters.environments.statements import FOREIGN_FILES, PROJECT_FILES
from shipway.adapters.environments.textfiles import read_text
from shipway.adapters.environments.versions import numbers, satisfies
from shipway.base.errors import InputError
from shipway.spec.types import EnvironmentSpec

OLDEST = "3.9"
MINORS, PATCHES = range(40), range(30)
LINE = re.compile(r"""^\s*["']?(requires[-_]python|python_(full_)?version|python(_requires)?)\b""")


def refuse_old(folder: Path, spec: EnvironmentSpec, wanted: str) -> None:
    """InputError when each Python that `wanted` allows is too old; it names who asks for it."""
    first = numbers(OLDEST)[1]
    if not wanted or _allows(wanted, MINORS[first:]) or not _allows(wanted, MINORS[:first]):
        return
    where = "" if spec.python else _place(folder, spec)
    widen = "Widen it there, or set" if where else "Set"
    raise InputError(
        f"asks for Python {wanted}, older than {OLDEST}, which Shipway's runtime needs",
        where=where or "environment.python",
        cure=f"{widen} `environment.python` in shipway.yaml, for instance to 3.11; "
        "`shipway run --relax` then shows which pins have to be loosened for it.",
    )


def _allows(wanted: str, minors: Iterable[int]) -> bool:
    return any(satisfies(f"3.{m}.{patch}", wanted) for m in minors for patch in PATCHES)


def _place(folder: Path, spec: EnvironmentSpec) -> str:
    """File and line of the first file that says which Python it wants."""
    for name in spec.requirements:
        file = name.partition("[")[0].partition(":")[0]
        if Path(file).name == FOREIGN_FILES[0]:
            file = (Path(file).parent / PROJECT_FILES[0]).as_posix()
        file = file.removesuffix(".lock")
        if not (folder / file).is_file():
            continue
        for number, line in enumerate(read_text(folder, file, "file").text.splitlines(), 1):
            if LINE.match(line):
                return f"{file}:{number}"
    return ", ".join(spec.requirements)
