# SPDX-License-Identifier: Apache-2.0
"""Adapters by name: a family's catalogue maps a kind to `"module:Class"`, imported when asked for.

Third parties add kinds by entry points (`shipway.targets`, …), which are scanned only when no
built-in name matches. An unknown kind is an error that names the known ones, never a fallback.
"""

import importlib
from collections.abc import Mapping
from typing import Any

from shipway.base.errors import InputError
from shipway.base.names import did_you_mean


def load(family: str, catalogue: Mapping[str, str], kind: str, *, where: str = "") -> Any:
    """The class behind `kind` of `family` (for instance `targets`); InputError when unknown."""
    address = catalogue.get(kind)
    if address is None:
        return _from_entry_points(family, catalogue, kind, where)
    module, _, name = address.partition(":")
    return getattr(importlib.import_module(module), name)


def _from_entry_points(family: str, catalogue: Mapping[str, str], kind: str, where: str) -> Any:
    from importlib.metadata import entry_points

    found = {point.name: point for point in entry_points(group=f"shipway.{family}")}
    if kind in found:
        return found[kind].load()
    known = [*catalogue, *found]
    raise InputError(
        f"there is no kind {kind!r} among the {family}", where=where, cure=did_you_mean(kind, known)
    )
