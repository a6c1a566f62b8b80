# SPDX-License-Identifier: Apache-2.0
"""How every kind of store says that an object is missing or corrupted."""

from shipway.storage.interface import CorruptedError, MissingObjectError


def missing(digest: str, where: str) -> MissingObjectError:
    """The error for an object that is not there."""
    return MissingObjectError(
        f"the store has no object {digest}",
        where=where,
        cure="It was deleted, or this is not the store that it was put into. "
        "Restore it from a backup, or make it again with `shipway run --force STAGE`.",
    )


def corrupted(digest: str, where: str) -> CorruptedError:
    """The error for an object whose content is not what its name says."""
    return CorruptedError(
        f"object {digest} is corrupted: its content has another digest",
        where=where,
        cure="Delete that file; then restore it from a backup, or make it again with "
        "`shipway run --force STAGE`.",
    )
