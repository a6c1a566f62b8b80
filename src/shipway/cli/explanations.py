# SPDX-License-Identifier: Apache-2.0
"""An explanation as lines of text: the words, how many rows it takes, remarks."""

from collections.abc import Iterator, Sequence

from shipway.evaluation.rows_needed import RowsNeeded, said
from shipway.operations.explain import Explanation

POWER = "80% of the time"


def explanation_lines(found: Explanation) -> Iterator[str]:
    """All of it."""
    yield found.words
    if found.rows is not None:
        yield ""
        yield from _rows(found.rows)
    if found.notes:
        yield ""
        yield from found.notes


def _rows(needed: RowsNeeded) -> Iterator[str]:
    yield f"To pass {POWER} it needs, by where the truth lies:"
    yield ""
    everything = any(need.rows is not None for need in needed.needs)
    header = ["beyond the bound", "true value", needed.unit]
    table = [header + (["all rows"] if everything else [])]
    for need in needed.needs:
        row = [said(need.distance), "" if need.value is None else said(need.value)]
        row.append(_count(need.counted))
        table.append(row + ([_count(need.rows)] if everything else []))
    if all(need.value is None for need in needed.needs):
        table = [[row[0], *row[2:]] for row in table]
    yield from _aligned(table)
    if needed.assumed:
        yield ""
        yield f"Assumed: {'; '.join(needed.assumed)}."
    if needed.given is not None:
        yield ""
        yield _detectable(needed, needed.given)


def _detectable(needed: RowsNeeded, given: int) -> str:
    counted = all(need.rows is None for need in needed.needs)
    rows = f"{given:,} {needed.unit if counted else 'rows'}"
    need = needed.detectable
    if need is None:
        return f"With {rows} no truth passes it {POWER}."
    at = "" if need.value is None else f" ({said(need.value)})"
    return f"With {rows} it passes {POWER} where the truth lies {said(need.distance)} beyond{at}."


def _count(rows: int | None) -> str:
    return "-" if rows is None else f"{rows:,}"


def _aligned(table: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(len(row[index]) for row in table) for index in range(len(table[0]))]
    for row in table:
        cells = (cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        yield "  " + "  ".join(cells)
