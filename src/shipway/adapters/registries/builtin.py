# SPDX-License-Identifier: Apache-2.0
"""The registry that needs nothing else: two logs of the store for each model.

    logs/models/<model>/<n>.json          entry n is version n
    logs/model-events/<model>/<n>.json    where aliases point, in the order they were set

Over a `MemoryStore` it is the family's fake.
"""

import math

import msgspec

from shipway.base import clock
from shipway.base.errors import InputError
from shipway.base.names import did_you_mean
from shipway.records.base import FORMAT
from shipway.records.delivery import ModelVersion
from shipway.storage.bodies import from_body, to_body
from shipway.storage.interface import ConflictError, Entry, Log, LogEntry, Store


class AliasSet(msgspec.Struct, frozen=True, tag="alias"):
    """An entry of `logs/model-events/<model>`: an alias points at a version from now on."""

    alias: str
    version: int | None
    at: str
    format: int = FORMAT


class BuiltInRegistry:
    """`interface.Registry` over the logs of a store. Safe for many processes at once."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def register(self, version: ModelVersion) -> ModelVersion:
        """Add a version; what was registered before, by its identity, comes back `unchanged`.

        Metrics that are not finite are left out: JSON has no such numbers.
        """
        log = self._versions_log(version.model)
        known: list[ModelVersion] = []
        while True:
            known += [_read_version(log, entry) for entry in log.entries(len(known) + 1)]
            for kept in known:
                if kept.identity == version.identity:
                    return msgspec.structs.replace(kept, unchanged=True)
            try:
                entry = log.append_at(len(known) + 1, _body(version, len(known) + 1))
            except ConflictError:
                continue
            return _read_version(log, entry)

    def versions(self, model: str) -> list[ModelVersion]:
        """All versions of a model, oldest first; empty for an unknown model."""
        log = self._versions_log(model)
        return [_read_version(log, entry) for entry in log.entries()]

    def get(self, model: str, number: int) -> ModelVersion:
        """One version; InputError when there is none of that number."""
        log = self._versions_log(model)
        entry = next(log.entries(number), None) if number > 0 else None
        if entry is None:
            raise self._unknown(log, model, number)
        return _read_version(log, entry)

    def models(self) -> list[str]:
        """Names of all models, sorted."""
        return [name.removeprefix("models/") for name in self._store.logs("models")]

    def set_alias(self, model: str, alias: str, number: int | None) -> None:
        """Let `alias` point at a version, or at none; nothing is written when it does already."""
        if number is not None:
            self.get(model, number)
        if self.aliases(model).get(alias) == number:
            return
        self._events_log(model).append(to_body(AliasSet(alias, number, clock.stamp())))

    def aliases(self, model: str) -> dict[str, int]:
        """Where the aliases point."""
        found: dict[str, int] = {}
        log = self._events_log(model)
        for entry in log.entries():
            # The log also holds events of other kinds, which do not move an alias.
            if entry.body.get("type") != "alias":
                continue
            event = from_body(log.name, entry, AliasSet)
            found.pop(event.alias, None)
            if event.version is not None:
                found[event.alias] = event.version
        return found

    def _versions_log(self, model: str) -> Log:
        return self._store.log(f"models/{model}")

    def _events_log(self, model: str) -> Log:
        return self._store.log(f"model-events/{model}")

    def _unknown(self, log: Log, model: str, number: int) -> InputError:
        last = log.last()
        if last is None:
            cure = did_you_mean(model, self.models()) or "No model is registered yet."
            return InputError(f"there is no model {model!r}", cure=cure)
        cure = f"Its versions are 1 to {last.number}." if last.number > 1 else "It has version 1."
        return InputError(f"{model} has no version {number}", cure=cure)


def _body(version: ModelVersion, number: int) -> Entry:
    finite = {name: value for name, value in version.metrics.items() if math.isfinite(value)}
    kept = msgspec.structs.replace(version, number=number, unchanged=False, metrics=finite)
    return to_body(kept)


def _read_version(log: Log, entry: LogEntry) -> ModelVersion:
    return msgspec.structs.replace(from_body(log.name, entry, ModelVersion), number=entry.number)
