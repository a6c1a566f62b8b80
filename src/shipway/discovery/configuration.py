# SPDX-License-Identifier: Apache-2.0
"""Configuration files as plain values: YAML, JSON, TOML, `.env`; what can't be read is nothing."""

import json
import posixpath
import tomllib
from typing import Any

from shipway.discovery.listing import Listing

LARGEST = 1 << 18


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
