# SPDX-License-Identifier: Apache-2.0
"""How tables are read: lazily, as polars frames."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import polars as pl


class TableFormat(Protocol):
    """One file format."""

    def scan(self, files: Sequence[Path], nulls: Sequence[str]) -> "pl.LazyFrame":
        """All files as one lazy frame, in the order given.

        InputError, naming the file, when one is empty, truncated or not of this format.
        """
        ...
