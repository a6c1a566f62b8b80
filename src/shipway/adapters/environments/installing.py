# SPDX-License-Identifier: Apache-2.0
"""Makes a virtual environment from a lock, and explains what can't be installed."""

import re
from collections.abc import Callable
from pathlib import Path

from shipway.adapters.environments import uvtool
from shipway.adapters.environments.explaining import explain_unmet
from shipway.adapters.environments.offers import Offers
from shipway.adapters.environments.pythons import Python
from shipway.adapters.environments.requirements import Inputs, absolute_links
from shipway.adapters.environments.versions import RELAX
from shipway.records.source import PythonEnvironment

SETTINGS = ("--quiet", "--no-python-downloads")
TO_INSTALL = re.compile(r"([A-Za-z0-9][\w.-]*==[\w.+!-]+) has no (?:usable )?wheels")


def install(
    environment: PythonEnvironment,
    python: Python,
    target: Path,
    folder: Path,
    inputs: Inputs,
    tell: Callable[[str], None],
) -> None:
    """Fill the empty folder `target`. `inputs` say which lines the lock follows from."""
    try:
        venv = ["venv", *SETTINGS, "--allow-existing", "--python", python.path, str(target)]
        uvtool.call(venv, folder)
        (target / "lock.txt").write_text(environment.lock)
        given = target / "given.txt"
        given.write_text(absolute_links(environment.lock, folder))
        sync = ["pip", "sync", *SETTINGS, "--python", str(target / "bin" / "python"), str(given)]
        if not _wheels_only(sync, folder, python, tell):
            uvtool.call(sync, folder)
    except uvtool.UvError as error:
        if inputs.statements and "Failed to" in error.said and "build" in error.said:
            offers = Offers(inputs, python.path)
            raise explain_unmet(error, inputs, python.minor, offers) from error
        what = "the packages can't be installed"
        raise uvtool.explain(error, what, "", cure=f"Change the requirements. {RELAX}") from error


def _wheels_only(
    sync: list[str], folder: Path, python: Python, tell: Callable[[str], None]
) -> bool:
    """Whether wheels were all that was needed; else what has to be built is told."""
    try:
        uvtool.call([*sync, "--only-binary", ":all:"], folder)
    except uvtool.UvError as error:
        found = dict.fromkeys(TO_INSTALL.findall(error.said))
        if not found:
            return False
        what = f"{', '.join(found)} has no wheel for Python {python.minor}"
        tell(f"{what}: building from source, which may take minutes")
        return False
    return True
