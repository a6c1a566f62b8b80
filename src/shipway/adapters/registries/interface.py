# SPDX-License-Identifier: Apache-2.0
"""Who keeps the versions of a model."""

from typing import Protocol

from shipway.records.delivery import ModelVersion


class Registry(Protocol):
    """Versions of models, numbered 1, 2, 3…; aliases mirror the release log and decide nothing."""

    def register(self, version: ModelVersion) -> ModelVersion:
        """Add a version (its `number` is ignored); the kept one.

        Idempotent by its identity: registering the same again gives the first entry back with
        `unchanged` set.
        """
        ...

    def versions(self, model: str) -> list[ModelVersion]:
        """All versions of a model, oldest first; empty for an unknown model."""
        ...

    def get(self, model: str, number: int) -> ModelVersion:
        """One version; InputError when there is none of that number."""
        ...

    def models(self) -> list[str]:
        """Names of all models, sorted."""
        ...

    def set_alias(self, model: str, alias: str, number: int | None) -> None:
        """Let `alias` (such as `champion`) point at a version, or at none."""
        ...

    def aliases(self, model: str) -> dict[str, int]:
        """Where the aliases point."""
        ...
