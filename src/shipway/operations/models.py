# SPDX-License-Identifier: Apache-2.0
"""`shipway models`: what the registry holds."""

from pathlib import Path

import msgspec

from shipway.engine.wiring import open_project
from shipway.records.delivery import ModelVersion


class ModelRow(msgspec.Struct, frozen=True):
    """A version, and the aliases that point at it."""

    version: ModelVersion
    aliases: tuple[str, ...] = ()
    champion: bool = False


def list_models(folder: Path, model: str = "") -> list[ModelRow]:
    """All versions (of one model, when it is named), oldest first."""
    project = open_project(folder)
    names = [model] if model else project.registry.models()
    champion = project.champions.live
    rows = []
    for name in names:
        aliases = project.registry.aliases(name)
        for version in project.registry.versions(name):
            pointing = tuple(a for a, number in sorted(aliases.items()) if number == version.number)
            is_champion = champion is not None and _same(champion, version)
            rows.append(ModelRow(version, pointing, is_champion))
    return rows


def _same(first: ModelVersion, second: ModelVersion) -> bool:
    return (first.model, first.number) == (second.model, second.number)
