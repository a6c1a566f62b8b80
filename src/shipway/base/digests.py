# SPDX-License-Identifier: Apache-2.0
"""Content digests: sha256 everywhere, written `sha256:<64 hex>` where a person or a file sees them.

`digest_of` names any JSON-like value by its canonical encoding (sorted keys, no blanks), which is
what fingerprints are made of.
"""

import hashlib
from pathlib import Path
from typing import BinaryIO

import msgspec

PREFIX = "sha256:"
CHUNK = 1 << 20


def of_bytes(data: bytes) -> str:
    """Digest of `data`."""
    return PREFIX + hashlib.sha256(data).hexdigest()


def of_stream(stream: BinaryIO) -> str:
    """Digest of all that is left in `stream`, read in chunks of 1 MiB."""
    state = hashlib.sha256()
    while chunk := stream.read(CHUNK):
        state.update(chunk)
    return PREFIX + state.hexdigest()


def of_file(path: Path) -> str:
    """Digest of a file's content."""
    with path.open("rb") as stream:
        return of_stream(stream)


def digest_of(value: object) -> str:
    """Digest of a JSON-like value (Structs included), independent of the order of its keys."""
    return of_bytes(msgspec.json.encode(value, order="sorted"))


def hex_of(digest: str) -> str:
    """The 64 hexadecimal digits of `digest`; ValueError when it is not a sha256 digest."""
    text = digest.removeprefix(PREFIX)
    if len(text) != 64 or not set(text) <= set("0123456789abcdef"):
        raise ValueError(f"not a sha256 digest: {digest!r}")
    return text


def short(digest: str) -> str:
    """Twelve hexadecimal digits, for people."""
    return hex_of(digest)[:12]
