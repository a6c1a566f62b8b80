# SPDX-License-Identifier: Apache-2.0
"""The same model as the same bytes: a skops file without memory addresses, times and chance.

skops names objects and members by `id()` or a random UUID and stamps members with the time; sets
come in the order of the hash seed; structured arrays (the nodes of trees) carry padding bytes of
whatever lay in memory. Here ids are renumbered in the order of appearance, members are named and
sorted by it, sets are sorted, padding is zeroed, and the archive is stored with fixed times.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections import Counter
from typing import Any, Iterator

SCHEMA = "schema.json"
EPOCH = (1980, 1, 1, 0, 0, 0)
# Their objects are immutable and the same for everybody: whether two of them share an address is
# chance, so they carry no identity.
WITHOUT_IDENTITY = frozenset({"JsonNode", "TypeNode", "FunctionNode", "DTypeNode", "SliceNode"})


def canonical(data: bytes) -> bytes:
    """The skops file `data` in its canonical form; it loads to the same model."""
    members = _read(data)
    schema = json.loads(members.pop(SCHEMA))
    members = {name: _canonical_member(name, content) for name, content in members.items()}
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in members.items()}
    _sort_sets(schema, digests)
    _renumber(schema)
    names = _rename_files(schema)
    renamed = {names[name]: content for name, content in members.items() if name in names}
    renamed[SCHEMA] = json.dumps(schema, separators=(",", ":")).encode()
    return _write(renamed)


def _read(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _write(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(members):
            info = zipfile.ZipInfo(name, EPOCH)
            info.create_system = 3
            info.external_attr = 0o644 << 16
            archive.writestr(info, members[name])
    return buffer.getvalue()


def _nodes(value: Any) -> Iterator[dict[str, Any]]:
    """All nodes of a schema, parents first, in the order in which they stand.

    A node is told from a user's dict with such a key by the text behind `__loader__`.
    """
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, dict):
            if isinstance(item.get("__loader__"), str):
                yield item
            pending.extend(reversed(list(item.values())))
        elif isinstance(item, list):
            pending.extend(reversed(item))


def _sort_sets(schema: Any, digests: dict[str, str]) -> None:
    for node in reversed(list(_nodes(schema))):
        if node["__loader__"] == "SetNode":
            node["content"].sort(key=lambda item: _meaning(item, digests))
        elif node["__class__"] == "frozenset" and node["__module__"] == "builtins":
            for items in _nodes(node.get("content")):
                if items["__loader__"] == "ListNode":
                    items["content"].sort(key=lambda item: _meaning(item, digests))
                    break


def _meaning(value: Any, digests: dict[str, str]) -> str:
    """What a node says, without its identity: its text with files by digest."""
    copy = json.loads(json.dumps(value))
    for node in _nodes(copy):
        node.pop("__id__", None)
        if isinstance(node.get("file"), str):
            node["file"] = digests.get(node["file"], "")
    return json.dumps(copy, sort_keys=True)


def _renumber(schema: Any) -> None:
    """Number objects that are met again from 1; all others need no identity."""
    nodes = list(_nodes(schema))
    for node in nodes:
        if node["__loader__"] in WITHOUT_IDENTITY:
            node.pop("__id__", None)
    seen = Counter(node["__id__"] for node in nodes if isinstance(node.get("__id__"), int))
    numbers: dict[int, int] = {}
    for node in nodes:
        identity = node.get("__id__")
        if not isinstance(identity, int):
            continue
        if seen[identity] > 1:
            node["__id__"] = numbers.setdefault(identity, len(numbers) + 1)
        else:
            del node["__id__"]


def _rename_files(schema: Any) -> dict[str, str]:
    names: dict[str, str] = {}
    for node in _nodes(schema):
        name = node.get("file")
        if isinstance(name, str):
            suffix = name.rpartition(".")[2]
            node["file"] = names.setdefault(name, f"{len(names) + 1:06d}.{suffix}")
    return names


def _canonical_member(name: str, content: bytes) -> bytes:
    if name.endswith(".npy"):
        return _without_padding(content)
    if name.endswith(".npz"):
        inner = {inner: _without_padding(data) for inner, data in _read(content).items()}
        return _write(inner)
    return content


def _without_padding(content: bytes) -> bytes:
    import numpy as np

    array = np.load(io.BytesIO(content), allow_pickle=False)
    if array.dtype.names is None:
        return content
    clean = np.zeros(array.shape, dtype=array.dtype)
    _copy_fields(clean, array)
    buffer = io.BytesIO()
    np.save(buffer, clean, allow_pickle=False)
    return buffer.getvalue()


def _copy_fields(target: Any, source: Any) -> None:
    for name in source.dtype.names:
        if source.dtype[name].names is None:
            target[name] = source[name]
        else:
            _copy_fields(target[name], source[name])
