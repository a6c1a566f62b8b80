# SPDX-License-Identifier: Apache-2.0
"""Names that may stand in a path of the store, and the nearest name to a misspelt one."""

import difflib
import re
from collections.abc import Iterable

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")


def is_name(text: str) -> bool:
    """True for a name that every store and platform takes: lower case, at most 63 characters."""
    return NAME.fullmatch(text) is not None


def nearest(text: str, known: Iterable[str]) -> str | None:
    """The known name that looks most like `text`, if one looks like it at all."""
    found = difflib.get_close_matches(text, list(known), n=1, cutoff=0.6)
    return found[0] if found else None


def did_you_mean(text: str, known: Iterable[str]) -> str:
    """`Did you mean 'model'?` or the list of what is known, for the cure of an error."""
    known = sorted(known)
    guess = nearest(text, known)
    if guess is not None:
        return f"Did you mean {guess!r}?"
    return "Known here: " + ", ".join(known) + "." if known else ""
