# SPDX-License-Identifier: Apache-2.0
"""The user's own command lines: split without a shell, with the names of data and variables filled
in.
"""

import re
import shlex
from collections.abc import Mapping

from shipway.base import clock
from shipway.base.errors import InputError
from shipway.base.names import did_you_mean

PLACE = re.compile(r"\{([A-Za-z_][A-Za-z0-9_.]*)\}")


def split(command: str, *, where: str = "") -> list[str]:
    """The words of a command line; InputError for an open quote or an empty line."""
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise InputError(
            f"the command can't be split into words: {error}", where=where, cure=command
        ) from None
    if not words:
        raise InputError("the command is empty", where=where)
    return words


def fill(text: str, known: Mapping[str, str], *, where: str = "") -> str:
    """Replace `{data.train}` by what `known` says of it; InputError for an unknown name."""

    def replace(found: re.Match[str]) -> str:
        name = found.group(1)
        if name not in known:
            names = ", ".join(f"{{{each}}}" for each in known)
            cure = did_you_mean(name, known) or (
                f"There are: {names}." if known else "This project declares no data and no params."
            )
            raise InputError(f"{{{name}}} stands for nothing here", where=where, cure=cure)
        return known[name]

    return PLACE.sub(replace, text)


class Deadline:
    """The end of the time that all commands of one stage have together; None is no end."""

    def __init__(self, seconds: float | None) -> None:
        self.seconds = seconds
        self.began = clock.seconds()

    def left(self) -> float | None:
        """Seconds until the end; a little more than nothing when it has passed."""
        if self.seconds is None:
            return None
        return max(0.1, self.seconds - (clock.seconds() - self.began))
