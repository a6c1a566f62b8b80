# SPDX-License-Identifier: Apache-2.0
"""Where objects and logs are kept."""

CATALOGUE: dict[str, str] = {"folder": "shipway.adapters.stores.folder:FolderStores"}
