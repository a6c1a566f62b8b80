# SPDX-License-Identifier: Apache-2.0
"""Which character separates the fields of a CSV file, told from its first rows."""

import csv
import io
from pathlib import Path

CANDIDATES = (",", ";", "\t", "|")
ROWS = 50


def delimiter_of(name: Path, text: str, *, whole: bool) -> str:
    """A tab for `.tsv`; else the character that divides the first rows into equally many fields.

    A comma wins wherever it does that; where no character does, the one that the header has most
    often. `text` is the beginning of the file, `whole` says that nothing comes after it.
    """
    if ".tsv" in [suffix.lower() for suffix in name.suffixes[-2:]]:
        return "\t"
    counts = {each: _fields(text, each, whole=whole) for each in CANDIDATES}
    even = {each: found[0] for each, found in counts.items() if _is_even(found)}
    if "," in even:
        return ","
    if even:
        return max(even, key=lambda each: even[each])
    return max(CANDIDATES, key=lambda each: counts[each][0] if counts[each] else 0)


def _is_even(counts: list[int]) -> bool:
    return len(set(counts)) == 1 and counts[0] > 1


def _fields(text: str, delimiter: str, *, whole: bool) -> list[int]:
    """The number of fields of each of the first rows; the last one may be cut off."""
    reader = csv.reader(io.StringIO(text.lstrip("\ufeff\r\n"), newline=""), delimiter=delimiter)
    counts: list[int] = []
    try:
        for row in reader:
            counts += [len(row)] if row else []
            if len(counts) > ROWS:
                break
    except csv.Error:
        return counts
    return counts if whole or len(counts) < 2 else counts[:-1]
