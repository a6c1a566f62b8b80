# SPDX-License-Identifier: Apache-2.0
"""How a profile looks on a terminal: a table with a line a column."""

from collections.abc import Sequence

from shipway.records.profile import ColumnProfile, Profile
from shipway.reports.profile_text import (
    blocks,
    distinct,
    edge,
    most_frequent,
    precision,
    quantile,
    remarks,
    share,
)
from shipway.reports.text import NONE, plural

LONGEST_NAME = 28
NARROWEST = 24
RIGHT = frozenset({"missing", "distinct", "low", "median", "high"})


def profile_lines(profile: Profile, width: int) -> list[str]:
    """The lines, of which a table's last column is cut to fit into `width`."""
    lines = [f"{profile.dataset}: {plural(profile.rows, 'row')}"]
    lines[0] += f", {plural(len(profile.columns), 'column')}"
    if profile.columns:
        lines += [
            "",
            *_aligned(_header(profile), [_row(profile, c) for c in profile.columns], width),
        ]
    notes = [f"{column.name}: {said}" for column in profile.columns for said in remarks(column)]
    for block in (notes, precision(profile)):
        lines += ["", *block] if block else []
    return lines


def _header(profile: Profile) -> list[str]:
    related = ["tells of " + _cut(profile.target, 12)] if profile.target is not None else []
    names = ["column", "type", "missing", "distinct", "low", "median", "high"]
    return [*names, *related, "values"]


def _row(profile: Profile, column: ColumnProfile) -> list[str]:
    related = []
    if profile.target is not None:
        known = column.relation is not None
        related = [f"{column.relation:.2f}" if known else _target_or_none(profile, column)]
    return [
        _cut(column.name, LONGEST_NAME),
        _cut(column.type, 12),
        share(column.missing, column.rows),
        NONE if column.note else distinct(column),
        edge(column, column.low),
        quantile(column, 0.5),
        edge(column, column.high),
        *related,
        blocks(column.histogram) or most_frequent(column),
    ]


def _target_or_none(profile: Profile, column: ColumnProfile) -> str:
    return "target" if column.name == profile.target else NONE


def _aligned(header: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> list[str]:
    table = [header, *rows]
    widths = [max(len(row[place]) for row in table) for place in range(len(header) - 1)]
    left = max(NARROWEST, width - sum(widths) - 2 * len(widths))
    lines = []
    for row in table:
        cells = [
            cell.rjust(size) if name in RIGHT else cell.ljust(size)
            for cell, size, name in zip(row, widths, header, strict=False)
        ]
        lines.append("  ".join([*cells, _cut(row[-1], left)]).rstrip())
    return lines


def _cut(text: str, length: int) -> str:
    """On one line, no longer than `length`."""
    flat = " ".join(text.split()) if "\n" in text or "\t" in text else text
    return flat if len(flat) <= length else flat[: length - 1] + "…"
