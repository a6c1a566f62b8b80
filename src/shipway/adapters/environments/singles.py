# SPDX-License-Identifier: Apache-2.0
"""Looks at each pin alone, several at a time: does that version exist for this Python at all?

With 169 frozen pins of another Python this finds at once what one run of uv after the other would
find piece by piece.
"""

import tempfile
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

from shipway.adapters.environments import uvtool
from shipway.adapters.environments.offers import Offers
from shipway.adapters.environments.requirements import Inputs
from shipway.adapters.environments.statements import Statement

AT_ONCE = 4
PATIENCE = 25.0


def fail_alone(
    inputs: Inputs,
    pins: Mapping[int, Statement],
    interpreter: str,
    tell: Callable[[str], None],
) -> tuple[list[int], set[str]]:
    """The places of pins that can't be installed, whatever stands beside them; and the names of
    packages that are to be built from source, since that works for the version that is pinned.
    """
    offers = Offers(inputs, interpreter)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        wheels = list(pool.map(lambda one: offers.fits(one.text), pins.values()))
        doubtful = {i: one for (i, one), fits in zip(pins.items(), wheels, strict=True) if not fits}
        built = list(pool.map(lambda one: _is_built(offers, one, tell), doubtful.values()))
    failing = [index for index, fits in zip(doubtful, built, strict=True) if not fits]
    return failing, {one.name for i, one in doubtful.items() if i not in failing}


def _is_built(offers: Offers, one: Statement, tell: Callable[[str], None]) -> bool:
    """Whether a version without a wheel can be built: asked only of packages without compiling,
    whose newest version has a wheel for every Python, or that have no wheels at all.
    """
    pure = offers.is_pure(one.name) or not offers.version(one.name)
    if not pure or not offers.version(one.text, any_=True):
        return False
    tell(f"building {one.text}, which has no wheel")
    return _builds(offers.inputs, one, offers.interpreter)


def _builds(inputs: Inputs, one: Statement, interpreter: str) -> bool:
    """Whether a package can be built here within the time that one without compiling takes."""
    with tempfile.TemporaryDirectory(prefix="shipway-build-") as scratch:
        given = [word for line in inputs.given() for word in line.split(None, 1)]
        arguments = ["pip", "install", "--quiet", "--no-deps", "--no-python-downloads", *given]
        place = ["--python", interpreter, "--target", scratch, one.text.partition(";")[0]]
        try:
            uvtool.call([*arguments, *place], inputs.folder, timeout=PATIENCE)
        except uvtool.UvError:
            return False
    return True
