# SPDX-License-Identifier: Apache-2.0
"""The name of everything that a stage's result depends on, and what changed since last time.

A fingerprint is the digest of its parts: the stage and its version, what `depends` says (spec,
code, files) and the content of the inputs. The parts of the last result are kept beside the run
journal, so that `--explain` can say which of them is another one now.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from shipway.base.digests import digest_of, hex_of
from shipway.base.files import write_atomic
from shipway.records.base import Record
from shipway.stages.stage import Scope, Stage

Parts = dict[str, Any]


def parts_of(stage: Stage, scope: Scope, inputs: Mapping[str, Record]) -> Parts:
    """All that the result of `stage` depends on, by kind."""
    return {
        "stage": [stage.name, stage.version],
        **stage.depends(scope),
        "inputs": {name: record.content() for name, record in inputs.items()},
    }


def fingerprint_of(parts: Parts) -> str:
    """The digest of `parts`."""
    return digest_of(parts)


class LastParts:
    """The parts of each node's last result, as files in `.shipway/local/parts`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _path(self, node: str) -> Path:
        return self.folder / f"{hex_of(digest_of(node))[:24]}.json"

    def read(self, node: str) -> Parts | None:
        """The parts of the last result of `node`; None before the first."""
        try:
            parts: Parts = msgspec.json.decode(self._path(node).read_bytes())
        except (FileNotFoundError, msgspec.DecodeError):
            return None
        return parts

    def write(self, node: str, parts: Parts) -> None:
        """Remember `parts` for the next explanation."""
        write_atomic(self._path(node), msgspec.json.encode(parts))


def changes(before: Parts | None, now: Parts) -> list[str]:
    """What is another one now, a line each: `train.params.max_iter: 200 → 100`."""
    if before is None:
        return ["it has not run here before"]
    plain = msgspec.json.decode(msgspec.json.encode(now))
    return _compare("", before, plain)


def _compare(path: str, before: Any, now: Any) -> list[str]:
    if before == now:
        return []
    if isinstance(before, dict) and isinstance(now, dict):
        lines: list[str] = []
        for key in sorted(before.keys() | now.keys()):
            below = f"{path}.{key}" if path else str(key)
            if key not in now:
                lines.append(f"{below} is gone")
            elif key not in before:
                lines.append(f"{below} is new")
            else:
                lines += _compare(below, before[key], now[key])
        return lines
    return [f"{path}: {_show(before)} → {_show(now)}"]


def _show(value: Any) -> str:
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    text = text.removeprefix("sha256:")[:12] if text.startswith("sha256:") else text
    return text if len(text) <= 60 else text[:57] + "…"
