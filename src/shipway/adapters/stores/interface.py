# SPDX-License-Identifier: Apache-2.0
"""Where objects and logs are kept: the family's kinds implement `storage.interface.Store`."""

from shipway.storage.interface import Store

__all__ = ["Store"]
