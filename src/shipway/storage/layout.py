# SPDX-License-Identifier: Apache-2.0
"""Where everything lies in a store, the same in a folder and in a bucket.

    objects/<2>/<62>            cache/<fingerprint>.json      runs/<project>/<run-id>/…
    logs/<name>/<n>.json        n with ten digits, from 1     captures/…

Names become paths, so each part of a key is checked here before it reaches a disk: lower case,
no `..`, no absolute path, no blank.
"""

import re

from shipway.base import digests
from shipway.base.errors import InputError

PART = re.compile(r"[a-z0-9][a-z0-9._-]{0,127}")
FREE = ("cache", "runs", "captures")


def object_key(digest: str) -> str:
    """The key of an object; ValueError when `digest` is not a sha256 digest."""
    name = digests.hex_of(digest)
    return f"objects/{name[:2]}/{name[2:]}"


def entry_key(log: str, number: int) -> str:
    """The key of entry `number` of a checked log name."""
    return f"logs/{log}/{number:010d}.json"


def check_log_name(name: str) -> str:
    """`name` itself, when it may name a log (`releases/fraud/production`); InputError if not."""
    return _check(name, name.split("/"), "a log of the store")


def check_key(key: str) -> str:
    """`key` itself, when it lies below `cache/`, `runs/` or `captures/`; InputError if not."""
    parts = key.split("/")
    if parts[0] not in FREE or len(parts) < 2:
        raise InputError(f"{key!r} is not a key of the store", cure=_rule())
    return _check(key, parts, "a key of the store")


def check_prefix(prefix: str) -> str:
    """`prefix` with one `/` at its end (the empty one stays empty), each part checked."""
    bare = prefix.strip("/")
    if not bare:
        return ""
    return _check(bare, bare.split("/"), "a prefix of the store") + "/"


def _check(text: str, parts: list[str], kind: str) -> str:
    if all(PART.fullmatch(part) for part in parts):
        return text
    raise InputError(f"{text!r} can't name {kind}", cure=_rule())


def _rule() -> str:
    return (
        "Names take lower-case letters, digits, '.', '_' and '-', and begin with a letter or digit."
    )
