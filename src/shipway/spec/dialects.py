# SPDX-License-Identifier: Apache-2.0
"""How the text of a table may be written: which delimiters and encodings there are."""

from shipway.base.names import did_you_mean

ENCODINGS = ("utf-8", "utf-16", "latin-1", "cp1252", "cp1250", "shift-jis", "gb18030")


def separates(delimiter: str) -> bool:
    """True for one plain character that can stand between fields."""
    return len(delimiter) == 1 and delimiter.isascii() and delimiter not in '"\r\n\0'


def is_encoding(name: str) -> bool:
    """True for an encoding of text that Python knows."""
    try:
        # Codecs such as base64 are no encodings of text: they refuse to decode one.
        b"a".decode(name)
    except UnicodeDecodeError:
        return True
    except (LookupError, ValueError):
        return False
    return True


def suggested(name: str) -> str:
    """The nearest of the encodings that tables are mostly in, for the cure of an error."""
    return did_you_mean(name, ENCODINGS)
