# SPDX-License-Identifier: Apache-2.0
"""Text as people's editors leave it: UTF-8 with or without a mark, UTF-16, and stray bytes.

`decode` says which encoding it found, so that an edited text can be written back as it was.
PowerShell's `pip freeze > requirements.txt` writes UTF-16; old files have Latin-1 in comments.
"""

import codecs
from pathlib import Path

import msgspec

from shipway.base.errors import InputError

MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
CURE = "Save it as UTF-8."


class Text(msgspec.Struct, frozen=True):
    """A file's text with its own line endings, and how its bytes are made of it."""

    text: str
    encoding: str = "utf-8"
    mark: bytes = b""

    def encode(self, text: str) -> bytes:
        """The bytes of a file that holds `text` the way this one does."""
        return self.mark + text.encode(self.encoding, "surrogateescape")


def read_text(folder: Path, name: str, what: str = "requirements file") -> Text:
    """The text of `folder/name`; InputError when it is missing or no text."""
    try:
        content = (folder / name).read_bytes()
    except FileNotFoundError:
        raise InputError(
            f"the {what} does not exist",
            where=name,
            cure="Correct `environment.requirements`, or write the file.",
        ) from None
    except OSError as error:
        raise InputError(f"the {what} can't be read: {error.strerror}", where=name) from None
    return decode(content, name)


def decode(content: bytes, name: str) -> Text:
    """`content` as text; InputError with the line of the first byte that is none.

    A byte that is not UTF-8 may stand in a comment: there it is kept as it is.
    """
    for mark, encoding in MARKS:
        if content.startswith(mark):
            return Text(_strictly(content[len(mark) :], encoding, name), encoding, mark)
    if b"\0" in content:
        # Without a mark: ASCII has its zero byte after each letter, or before it.
        encoding = "utf-16-be" if content[:1] == b"\0" else "utf-16-le"
        return Text(_strictly(content, encoding, name), encoding)
    text = content.decode("utf-8", "surrogateescape")
    for number, line in enumerate(text.split("\n"), 1):
        needed = line.partition("#")[0]
        try:
            needed.encode("utf-8")
        except UnicodeEncodeError as error:
            byte = ord(needed[error.start]) - 0xDC00
            raise InputError(
                f"not UTF-8: byte 0x{byte:02x}",
                where=f"{name}:{number}:{error.start + 1}",
                cure=CURE,
            ) from None
    return Text(text)


def _strictly(content: bytes, encoding: str, name: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].decode(encoding, "replace").count("\n") + 1
        raise InputError(
            f"not {encoding.upper()}: {error.reason}", where=f"{name}:{line}", cure=CURE
        ) from None
