# SPDX-License-Identifier: Apache-2.0
"""Where objects and logs are kept: a kind opens addresses as `storage.interface.Store`."""

from pathlib import Path
from typing import Protocol

from shipway.storage.interface import Store

__all__ = ["Store", "Stores"]


class Stores(Protocol):
    """One kind of store. What it opens must pass `tests/unit/storage/test_contract.py`."""

    def open(self, address: str, folder: Path) -> Store:
        """The store at `address`, a relative path beginning at `folder`; creates nothing.

        InputError when the address can't be one of this kind.
        """
        ...
