# SPDX-License-Identifier: Apache-2.0
"""Texts that stand for a missing value: `?`, `N/A`, `UNKNOWN`, a cell of blanks.

Which of them become `nulls` has to be known before numbers are read, so they are looked for first.
A marker is certain when it is a word like `N/A`, or when the column reads as numbers or dates
without it. `NA` among other texts may be Namibia: that is asked, not decided.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from shipway.data.disguised import WORDS
from shipway.data.parsing import parse_text
from shipway.data.suspicions.look import Look
from shipway.data.suspicions.wording import column_line, list_line, rows_of
from shipway.records.inference import Suspicion
from shipway.spec.scalar_text import scalar

SURE = ("?", "N/A", "n/a", "#N/A", "#NA", "NaN", "nan", "NULL", "null", "<NA>", "-nan", "1.#QNAN")
MARKERS = sorted({*WORDS, *(word.lower() for word in SURE)})


@dataclass(frozen=True)
class Markers:
    """Texts that certainly stand for a missing value, and all markers by column with their rows."""

    nulls: tuple[str, ...]
    held: Mapping[str, Mapping[str, int]]


def find_markers(frame: pl.LazyFrame, *, text: bool) -> Markers:
    """Markers in `frame` as it is read; `text`: no cell has a type yet."""
    schema = frame.collect_schema()
    names = [name for name, kind in schema.items() if kind == pl.String]
    counts = _count(frame, names)
    held = {name: found for name, found in counts.items() if found}
    without = _otherwise_read(frame, list(held)) if text else set()
    clear: set[str] = set()
    unclear: set[str] = set()
    for name, found in held.items():
        for marker in found:
            (clear if _is_sure(marker) or name in without else unclear).add(marker)
    # What means missing in one column is treated so in all of them.
    nulls = tuple(sorted(each for each in clear if _is_sure(each) or each not in unclear))
    return Markers(nulls, held)


def disguised_words(look: Look) -> Iterator[Suspicion]:
    """Markers in texts, certain ones and others."""
    for name, found in look.markers.items():
        for marker, rows in found.items():
            said = f"{marker!r} in {rows_of(rows, look.rows)}"
            if marker in look.nulls:
                text = f"{said} stands for a missing value"
                line = list_line("nulls", marker) or f"nulls: [{scalar(marker)}]"
            else:
                text = f"{said}: does it mean missing?"
                line = column_line(name, f"disguised_missing: {{markers: [{scalar(marker)}]}}")
            yield Suspicion("disguised_missing", name, text, line, rows)


def _is_sure(marker: str) -> bool:
    return marker in SURE or not marker.strip()


def _count(frame: pl.LazyFrame, names: list[str]) -> dict[str, dict[str, int]]:
    queries = []
    for number, name in enumerate(names):
        cell = pl.col(name)
        # Nearly all cells are longer than any marker, or none of them.
        plain = cell.filter(cell.str.len_bytes() <= max(map(len, MARKERS)) + 2)
        among = plain.str.strip_chars().str.to_lowercase().is_in(MARKERS)
        queries.append(plain.filter(among).value_counts().implode().alias(str(number)))
    if not queries:
        return {}
    got = frame.select(queries).collect(engine="streaming").row(0)
    found: dict[str, dict[str, int]] = {}
    for name, counted in zip(names, got, strict=True):
        pairs = [tuple(each.values()) for each in counted if each is not None]
        found[name] = {str(marker): int(rows) for marker, rows in sorted(pairs)}
    return found


def _otherwise_read(frame: pl.LazyFrame, names: list[str]) -> set[str]:
    """Columns whose other cells are all numbers, or all dates."""
    queries = []
    for number, name in enumerate(names):
        marked = pl.col(name).str.strip_chars().str.to_lowercase().is_in(MARKERS)
        rest = pl.when(~marked).then(pl.col(name))
        for kind in ("float", "datetime"):
            reads = rest.is_null() | parse_text(rest, kind).is_not_null()
            queries.append((reads.all() & rest.is_not_null().any()).alias(f"{kind}.{number}"))
    if not queries:
        return set()
    got = frame.select(queries).collect(engine="streaming").row(0, named=True)
    return {
        name
        for number, name in enumerate(names)
        if got[f"float.{number}"] or got[f"datetime.{number}"]
    }
