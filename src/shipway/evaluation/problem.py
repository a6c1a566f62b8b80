# SPDX-License-Identifier: Apache-2.0
"""A mistake in the spec as the evaluation finds it, before a run."""

from collections.abc import Callable
from typing import Literal

import msgspec

from shipway.base.errors import InputError
from shipway.spec.document import KeyPath


class Problem(msgspec.Struct, frozen=True):
    """A mistake in the spec, or (`kind` not-yet) something that this version only parses.

    `keys` is the path of the value in the spec and `at` the offset in that value's text, from 0.
    """

    keys: KeyPath
    what: str
    cure: str = ""
    kind: Literal["mistake", "not-yet"] = "mistake"
    at: int = 0


def caught(keys: KeyPath, attempt: Callable[[], object]) -> list[Problem]:
    """The InputError that `attempt` raises, as a problem at `keys`."""
    try:
        attempt()
    except InputError as error:
        return [Problem(keys, error.what, error.cure, at=getattr(error, "at", 0))]
    return []
