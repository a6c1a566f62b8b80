# SPDX-License-Identifier: Apache-2.0
"""What `conda activate` would set: worked out once, when an environment is made.

Some packages find their data by a variable that a script in `etc/conda/activate.d` sets. The
variables are kept beside the environment's Python, where whoever starts a process in it finds
them (`shipway_runtime.formats.read_variables`).
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path

from shipway.base.errors import InputError
from shipway.base.processes import CaptureError, capture
from shipway_runtime.formats import VARIABLES_FILE

SCRIPTS = "etc/conda/activate.d"
# The script says where the variables begin: whatever it prints itself comes before.
MARK = b"\0shipway\0"
PROGRAM = (
    'for script in "$CONDA_PREFIX"/' + SCRIPTS + '/*.sh; do . "$script"; done >&2; '
    "printf '\\0shipway\\0'; env -0"
)
OF_THE_SHELL = ("PATH", "PWD", "OLDPWD", "SHLVL", "_", "HOME")


def keep_variables(prefix: Path, own: Mapping[str, str]) -> None:
    """Write what processes in `prefix` are given: conda's variables, and the file's `own`."""
    found = {"CONDA_PREFIX": str(prefix), "CONDA_DEFAULT_ENV": str(prefix), **own}
    if any((prefix / SCRIPTS).glob("*.sh")):
        found |= _set_by_scripts(prefix, found)
    text = json.dumps(found, sort_keys=True, indent=1) + "\n"
    (prefix / VARIABLES_FILE).write_text(text)


def _set_by_scripts(prefix: Path, given: Mapping[str, str]) -> dict[str, str]:
    path = os.pathsep.join([str(prefix / "bin"), os.environ.get("PATH", os.defpath)])
    before = {"HOME": os.environ.get("HOME", "/"), "PATH": path, **given}
    try:
        said = capture(["bash", "--noprofile", "--norc", "-c", PROGRAM], prefix, before)
    except CaptureError as error:
        raise InputError(
            f"a package's activation script failed: {error.said}",
            where=str(prefix / SCRIPTS),
            cure="Ask for another version of that package.",
        ) from error
    entries = said.rpartition(MARK)[2].decode("utf-8", "surrogateescape").split("\0")
    after = dict(entry.split("=", 1) for entry in entries if "=" in entry)
    return {name: value for name, value in after.items() if name not in OF_THE_SHELL}
