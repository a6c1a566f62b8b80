# SPDX-License-Identifier: Apache-2.0
"""What commands that read a table may be told about its text, where the file does not tell it."""

import argparse
from typing import TYPE_CHECKING

from shipway.base.errors import InputError

if TYPE_CHECKING:
    from shipway.data.layout import Layout


def add_dialect(parser: argparse.ArgumentParser) -> None:
    """Declare `--delimiter`, `--encoding` and `--decimal`."""
    parser.add_argument(
        "--delimiter", metavar="CHAR", help="what separates fields of CSV (default: told by it)"
    )
    parser.add_argument(
        "--encoding", metavar="NAME", help="of text: latin-1, cp1252… (default: utf-8)"
    )
    parser.add_argument(
        "--decimal", choices=(".", ","), default=".", help="the decimal mark in CSV (default: .)"
    )


def dialect(arguments: argparse.Namespace) -> "Layout":
    """What the arguments say; InputError for a delimiter or an encoding that is none."""
    from shipway.data.layout import Layout
    from shipway.spec.dialects import is_encoding, separates, suggested

    delimiter = arguments.delimiter
    if delimiter in ("\\t", "tab"):
        delimiter = "\t"
    if delimiter is not None and not separates(delimiter):
        raise InputError(f"--delimiter takes one character, not {delimiter!r}")
    if arguments.encoding is not None and not is_encoding(arguments.encoding):
        raise InputError(
            f"there is no encoding {arguments.encoding!r}", cure=suggested(arguments.encoding)
        )
    return Layout(delimiter, arguments.encoding, arguments.decimal)
