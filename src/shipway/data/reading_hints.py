# SPDX-License-Identifier: Apache-2.0
"""What to write into the spec when a cell can't be read as its type for a reason that is common.

    suggest_reading("?", "float")      # '; if the first one means missing: nulls: ["?"]'
    suggest_reading("12,5", "float")   # '; if the first one has a decimal comma: …'

Nothing is read in another way because of it: a suggestion is for a person. It shows no cell but one
that is a word for "nothing".
"""

import json
import re
from typing import Any

from shipway.data.disguised import WORDS

NUMBERS = ("integer", "float")
COMMA = re.compile(r"\s*[+-]?[0-9]+,[0-9]+\s*")
THOUSANDS = re.compile(r"\s*[+-]?[0-9]{1,3}([.,' ][0-9]{3})+([.,][0-9]+)?\s*")
LARGE = re.compile(r"\s*[+-]?[0-9]{19,}\s*")
DATE = re.compile(r"\s*[0-9]{1,4}[./-][0-9]{1,2}[./-][0-9]{1,4}\b.*")


def suggest_reading(cell: Any, kind: str, *, sensitive: bool = False) -> str:
    """What to say of a first cell that is no `kind`; empty where nothing is likely.

    Of a `sensitive` column not even such a word is shown.
    """
    if not isinstance(cell, str):
        return ""
    marker = suggest_null_marker(cell)
    if marker:
        return "" if sensitive else f"; if the first one means missing: {marker}"
    if kind in NUMBERS:
        return _number_hint(cell, kind)
    if kind in ("date", "datetime") and DATE.fullmatch(cell):
        return "; dates are read as 2026-10-31"
    return ""


def suggest_null_marker(cell: str) -> str:
    """The key for `data` that makes `cell` missing, if it looks as if it meant that."""
    return f"nulls: [{json.dumps(cell)}]" if cell.strip().lower() in WORDS else ""


def _number_hint(cell: str, kind: str) -> str:
    if LARGE.fullmatch(cell):
        return "; the first one does not fit into 64 bits: type: string, or type: float"
    if THOUSANDS.fullmatch(cell) and not COMMA.fullmatch(cell):
        return "; numbers are read without separators of thousands"
    if COMMA.fullmatch(cell):
        return '; if the first one has a decimal comma: decimal: ","'
    if kind == "integer" and re.fullmatch(r"\s*[+-]?[0-9]*\.[0-9]+\s*", cell):
        return "; the first one is no whole number: type: float"
    return ""
