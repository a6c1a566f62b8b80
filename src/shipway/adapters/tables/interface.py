# SPDX-License-Identifier: Apache-2.0
"""How tables are read: lazily, as polars frames."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from shipway.base.errors import InputError
from shipway.data.layout import PLAIN, Layout

if TYPE_CHECKING:
    import polars as pl


class TableFormat(Protocol):
    """One file format.

    `is_text` says that the format has no types: every column then comes as text, and `shipway.data`
    reads it as the declared or inferred type.
    """

    is_text: bool

    def scan(
        self, files: Sequence[Path], nulls: Sequence[str], layout: Layout = PLAIN
    ) -> "pl.LazyFrame":
        """All files as one lazy frame, in the order given; cells that read `nulls` are missing.

        Columns of the partitions that `layout` names come last. InputError, naming the file, when
        one is empty, truncated, not of this format, or has other columns than the first one.
        """
        ...

    def explain(
        self, files: Sequence[Path], error: Exception, layout: Layout = PLAIN
    ) -> InputError:
        """What is wrong with which file, after collecting the frame of `scan` raised `error`."""
        ...
