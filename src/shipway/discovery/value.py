# SPDX-License-Identifier: Apache-2.0
"""One value that an expression may have, and where it stems from."""

from collections.abc import Iterator
from typing import Any

import msgspec


class Value(msgspec.Struct, frozen=True):
    """A value: `known` is a text, number, list or mapping; None when only its source is known.

    `anchored` is true for a path that is relative to the root of the repository whatever the
    working folder is.
    """

    known: Any = None
    anchored: bool = False
    via: str = ""
    flag: str = ""
    variable: str = ""
    argument: int = 0

    @property
    def text(self) -> str | None:
        """The value as a text; None when it is unknown or not a text."""
        return self.known if isinstance(self.known, str) else None


class FlagDefault(msgspec.Struct, frozen=True):
    """What `values` must know of a flag: how it is called and what it is without being given."""

    name: str
    default: str | None


def item(value: Value, key: Any) -> Iterator[Value]:
    """The part of a mapping or list; where it comes from gets longer by its key."""
    held = value.known
    if (isinstance(held, dict) and key in held) or (
        isinstance(held, list) and isinstance(key, int) and -len(held) <= key < len(held)
    ):
        inner = held[key]
    else:
        return
    if inner is not None:
        joint = ": " if value.via and ": " not in value.via else "."
        yield msgspec.structs.replace(
            value, known=inner, via=f"{value.via}{joint}{key}" if value.via else ""
        )


def is_plain(known: Any) -> bool:
    """Whether something can be a part of a text."""
    return isinstance(known, str | int | float)


def glue(left: Value, right: Value, joint: str) -> Value:
    """Two texts as one; with the joint `/` as paths are joined: an absolute one begins anew."""
    one, other = str(left.known), str(right.known)
    if joint and (other.startswith("/") or not one):
        text, anchored = other, right.anchored or (left.anchored and not other.startswith("/"))
    else:
        text = f"{one.rstrip('/') if joint else one}{joint}{other}"
        anchored = left.anchored or right.anchored
    return Value(
        known=text,
        anchored=anchored,
        via=left.via or right.via,
        flag=left.flag or right.flag,
        variable=left.variable or right.variable,
        argument=left.argument or right.argument,
    )
