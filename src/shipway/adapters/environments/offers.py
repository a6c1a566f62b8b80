# SPDX-License-Identifier: Apache-2.0
"""What the indexes offer of one package for one Python: the next version, and the newest.

uv itself is asked, about this package alone: it knows the indexes, their passwords and its cache.
Only versions with wheels count, since those are the ones that surely install.
"""

from shipway.adapters.environments import uvtool
from shipway.adapters.environments.compiling import compile_lock
from shipway.adapters.environments.locks import PIN
from shipway.adapters.environments.requirements import Inputs
from shipway.adapters.environments.statements import Statement, clauses
from shipway.adapters.environments.versions import numbers

OTHERS = ("3.9", "3.10", "3.11", "3.12", "3.13", "3.14")
FANTASY = "3.99"
WHEELS = ("--no-deps", "--only-binary", ":all:")


class Offers:
    """Questions about one package at a time, answered from `inputs`' indexes for `interpreter`."""

    def __init__(self, inputs: Inputs, interpreter: str) -> None:
        self.inputs = Inputs(inputs.folder, indexes=inputs.indexes)
        self.interpreter = interpreter

    def describe(self, name: str, specifier: str, python: str) -> str:
        """`numpy: for Python 3.11 there is 1.23.2 next, and 2.3.5 newest`; empty: not known."""
        newest = self.version(name)
        if not newest:
            return (
                f"{name} has no wheel for Python {python} at all."
                if self.version(name, any_=True)
                else ""
            )
        floor = _floor(specifier)
        following = self.version(f"{name}>={floor}", lowest=True) if floor else ""
        if not following or following == newest:
            return f"{name}: the newest for Python {python} is {newest}"
        if numbers(following) == numbers(floor):
            return f"{name}: {following} exists for Python {python}; the newest is {newest}"
        return (
            f"{name}: the next after {floor} for Python {python} is {following}, "
            f"the newest {newest}"
        )

    def elsewhere(self, text: str, python: str) -> str:
        """For which other Pythons there is a wheel: an older `environment.python` may do."""
        found = [
            other
            for other in OTHERS
            if other != python and self._ask(text, [*WHEELS, "--python-version", other])
        ]
        return f"{text} has wheels for Python {', '.join(found)}" if found else ""

    def version(self, requirement: str, *, lowest: bool = False, any_: bool = False) -> str:
        """The newest (or lowest) version with a wheel that fits; empty when there is none."""
        flags = ["--no-deps"] if any_ else list(WHEELS)
        return self._ask(requirement, [*flags, *(["--resolution", "lowest"] if lowest else [])])

    def fits(self, requirement: str) -> bool:
        """Whether there is a wheel for it, or its marker means another machine."""
        try:
            self._lock(requirement, [*WHEELS])
        except uvtool.UvError as error:
            uvtool.check_reached(error)
            return False
        return True

    def is_pure(self, name: str) -> bool:
        """Whether the newest version has a wheel for any Python: nothing is compiled for it."""
        return bool(self._ask(name, [*WHEELS, "--python-version", FANTASY]))

    def _lock(self, requirement: str, flags: list[str]) -> str:
        alone = [Statement(requirement, "", 0)]
        return compile_lock(self.inputs, alone, self.interpreter, flags)

    def _ask(self, requirement: str, flags: list[str]) -> str:
        try:
            lock = self._lock(requirement, flags)
        except uvtool.UvError:
            return ""
        pins = [found[2] for found in map(PIN.match, lock.splitlines()) if found]
        return pins[0] if pins else ""


def _floor(specifier: str) -> str:
    """The version that a range starts from: of `==1.2.*` and `>=1.2,<2` it is 1.2."""
    for operator, version in clauses(specifier):
        if operator in ("==", "===", ">=", "~=", ">"):
            return version.removesuffix(".*")
    return ""
