# SPDX-License-Identifier: Apache-2.0
"""Single values as YAML: plain where the reader of specs takes them back unchanged, else in quotes.

scalar("is_fraud") → is_fraud        scalar("?") → "?"        scalar("a: b") → "a: b"
"""

import re

PLAIN = re.compile(
    r"[A-Za-z0-9_./](?:[A-Za-z0-9_./+@%()^~=-]|:(?=[A-Za-z0-9_/]))*(?: [A-Za-z0-9_./+@%()^~=<>-]+)*"
)
WORDS = frozenset(["true", "false", "null", "~", "yes", "no", "on", "off", "y", "n"])
NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|0x[0-9a-fA-F]+")
ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\0"}
LONGEST_KEY = 100
BMP = 0xFFFF


def scalar(text: str) -> str:
    """A text for a field that takes texts: `1` and `NO` need no quotes there."""
    if text.lower() in WORDS - {"yes", "no", "on", "off", "y", "n"}:
        return quoted(text)
    if PLAIN.fullmatch(text) and not text.endswith(":") and text not in ("---", "..."):
        return text
    return quoted(text)


def block_scalar(text: str) -> str:
    """A text behind its key on a line of its own: brackets and quotes inside do no harm there."""
    harmless = text[:1].isalnum() and text.isprintable() and text == text.strip()
    if harmless and ": " not in text and " #" not in text and not text.endswith(":"):
        return quoted(text) if text.lower() in WORDS else text
    return scalar(text)


def loose_scalar(text: str) -> str:
    """A text for a field of any type: whatever would be read as something else has quotes."""
    if text.lower() in WORDS or NUMBER.fullmatch(text):
        return quoted(text)
    return scalar(text)


def quoted(text: str) -> str:
    """`text` in double quotes, every character that YAML does not print escaped."""
    return '"' + "".join(_character(each) for each in text) + '"'


def number(value: float) -> str:
    """A number with the fewest digits that tell it from its neighbours."""
    if isinstance(value, int) or (float(value).is_integer() and abs(value) < 1e15):
        return str(int(value))
    return repr(float(value))


def can_be_key(name: str) -> bool:
    """False for a name that the spec can't hold as a key: empty, or longer than is readable."""
    return bool(name.strip()) and len(name) <= LONGEST_KEY


def one_line(text: str) -> str:
    """`text` as it may stand in a comment."""
    return "".join(
        each if each.isprintable() else _character(each) for each in " ".join(text.split())
    )


def _character(each: str) -> str:
    if each in ESCAPES:
        return ESCAPES[each]
    if each.isprintable():
        return each
    code = ord(each)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= BMP else f"\\U{code:08x}"
