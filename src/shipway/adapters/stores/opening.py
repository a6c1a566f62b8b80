# SPDX-License-Identifier: Apache-2.0
"""From the address under `store:` to an open store: its scheme names the kind.

.shipway/store  /srv/store  ~/store     a folder
s3://bucket/prefix                      the kind `s3`
"""

from pathlib import Path

from shipway.adapters.stores import CATALOGUE
from shipway.adapters.stores.interface import Store, Stores
from shipway.base.catalogue import load
from shipway.base.errors import NotAvailableYetError

LATER = ("s3", "gs", "az")


def kind_of(address: str) -> str:
    """The kind of store that `address` names: its scheme, or `folder` without one."""
    scheme, found, _ = address.partition("://")
    return scheme if found else "folder"


def open_store(address: str, folder: Path, *, where: str = "") -> Store:
    """The store at `address`; relative paths begin at `folder`. Nothing is created yet.

    InputError for an unknown kind; `where` is the place in the spec for its message.
    """
    kind = kind_of(address)
    if kind in LATER and kind not in CATALOGUE:
        raise NotAvailableYetError(
            f"stores of the kind {kind}:// are not available yet",
            where=where,
            cure="Name a folder, such as `store: .shipway/store`.",
        )
    stores: Stores = load("stores", CATALOGUE, kind, where=where)()
    return stores.open(address, folder)
