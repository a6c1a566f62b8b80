# SPDX-License-Identifier: Apache-2.0
"""Configuration files as plain values: YAML, JSON, TOML, `.env`; what can't be read is nothing."""

import json
import posixpath
import tomllib
from collections.abc import Collection
from typing import Any

from shipway.discovery.listing import Listing

LARGEST = 1 << 18
MOST_FILES = 100
NOT_SETTINGS = frozenset(
    {
        *("shipway.yaml", "dvc.yaml", "pyproject.toml", "package.json", "environment.yml"),
        *("docker-compose.yml", "docker-compose.yaml", "compose.yaml", "mkdocs.yml", "uv.lock"),
    }
)


def load_configuration(listing: Listing, written: str, importer: str) -> tuple[str, Any] | None:
    """The file that `written` means in `importer`, and its content; None when there is none.

    It is looked for from the root, then beside the file that reads it.
    """
    beside = posixpath.normpath(posixpath.join(posixpath.dirname(importer), written))
    for path in (posixpath.normpath(written), beside):
        if not path.startswith(("/", "..")) and (listing.root / path).is_file():
            content = read_mapping(listing, path)
            return None if content is None else (path, content)
    return None


def configurations(listing: Listing, asked: Collection[str]) -> list[tuple[str, Any]]:
    """Mappings in YAML, JSON and TOML files with keys among `asked`, the best fit first."""
    found = []
    for path in listing.ending(".yaml", ".yml", ".json", ".toml")[:MOST_FILES]:
        if path.startswith(".") or posixpath.basename(path).lower() in NOT_SETTINGS:
            continue
        content = read_mapping(listing, path)
        if isinstance(content, dict):
            fit = sum(1 for key in content if key in asked)
            if fit:
                found.append((-fit, "train" not in path, path, content))
    return [(path, content) for _, _, path, content in sorted(found, key=lambda one: one[:3])]


def read_mapping(listing: Listing, path: str) -> Any:
    """The content of a configuration file by its ending; None when it can't be read."""
    text = listing.text(path, LARGEST)
    if not text.strip():
        return None
    try:
        if path.endswith(".json"):
            return json.loads(text)
        if path.endswith(".toml") or path.endswith(("Pipfile", "poetry.lock", "uv.lock")):
            return tomllib.loads(text)
        return _yaml(text)
    except (ValueError, RecursionError):
        return None


def _yaml(text: str) -> Any:
    import yaml

    try:
        return yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - is safe
    except (yaml.YAMLError, ValueError):
        return None
