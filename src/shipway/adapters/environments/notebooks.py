# SPDX-License-Identifier: Apache-2.0
"""What running a notebook needs besides the project's packages: IPython, beside the overlay.

    <cache>/overlays/notebook-<digest>/site/

Made when the first notebook of a Python version is run, and put behind the project's packages. A
project that has IPython itself needs nothing, of whatever kind its environment is.
"""

from collections.abc import Callable
from pathlib import Path

from shipway.adapters.environments import uvtool
from shipway.adapters.environments.once import make_once
from shipway.base.digests import digest_of, hex_of
from shipway.records.source import PythonEnvironment

LOCK = "notebook.txt"
INSTALL = ("pip", "install", "--quiet", "--no-deps", "--require-hashes", "--no-config")


def notebook_parts(environment: PythonEnvironment, tell: Callable[[str], None]) -> str:
    """The folder with IPython for `environment`; "" when the project has it."""
    if any(package.name == "ipython" for package in environment.packages):
        return ""
    lock = Path(__file__).with_name(LOCK)
    minor = environment.python.split(".")[:2]
    name = hex_of(digest_of([lock.read_text(), minor, environment.platform]))[:32]
    folder = Path(environment.overlay).parent / f"notebook-{name}"

    def make(target: Path) -> None:
        tell("installing IPython beside the project's packages")
        place = ["--python", environment.interpreter, "--target", str(target / "site")]
        try:
            uvtool.call([*INSTALL, *place, "--requirements", str(lock)], target)
        except uvtool.UvError as error:
            raise uvtool.explain(
                error,
                "IPython can't be installed for the notebook",
                "",
                cure="Add ipython to the project's requirements.",
            ) from error

    make_once(folder, make, waiting=lambda: tell("waiting for another run's IPython"))
    return str(folder / "site")
