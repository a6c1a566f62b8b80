# SPDX-License-Identifier: Apache-2.0
"""A chart with its name and the key to its lines."""

import msgspec
from markupsafe import Markup


class Series(msgspec.Struct, frozen=True):
    """A named line; `kind` is its style: `a` the one that matters, `b`, `c`, `d` the others."""

    name: str
    points: tuple[tuple[float, float], ...] = ()
    kind: str = "a"


class Figure(msgspec.Struct, frozen=True):
    """A picture, what it is called, and the lines that its key explains."""

    name: str
    picture: Markup
    lines: tuple[Series, ...] = ()
