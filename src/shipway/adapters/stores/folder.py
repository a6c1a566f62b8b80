# SPDX-License-Identifier: Apache-2.0
"""The default store: a folder, beside the spec or anywhere else."""

from pathlib import Path

from shipway.base.errors import InputError
from shipway.storage.folder import FolderStore
from shipway.storage.interface import Store


class FolderStores:
    """Opens folders as stores."""

    def open(self, address: str, folder: Path) -> Store:
        """The store in the folder `address`, which begins at `folder` unless it is absolute."""
        if not address.strip() or "\0" in address:
            raise InputError(
                f"{address!r} is no folder", cure="Name a folder, such as `store: .shipway/store`."
            )
        return FolderStore(folder / Path(address).expanduser())
