# SPDX-License-Identifier: Apache-2.0
"""A category that is another one, written otherwise: `Munich `, `munich`, `Muinch`.

Differences of case, blanks and underscores always tell. A difference of letters does only where
the one is rare and the other frequent, the words are long enough, and no digit differs (edit
distance with neighbours exchanged; Damerau, 1964).
"""

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

from shipway.data.suspicions.look import Look, complete_counts
from shipway.data.suspicions.wording import column_line, rows_of
from shipway.records.inference import Suspicion
from shipway.records.profile import ColumnProfile
from shipway.spec.scalar_text import scalar

TIMES_AS_RARE = 20
SHORTEST, LONG = 5, 10


def misspelt(look: Look) -> Iterator[Suspicion]:
    """One for each value that seems to be another one."""
    for column in look.words:
        counts = complete_counts(column)
        for wrong, right in _pairs(counts):
            text = f"{wrong!r} in {rows_of(counts[wrong])}, {right!r} in {rows_of(counts[right])}"
            left = ", ".join(scalar(str(value)) for value in counts if value != wrong)
            line = column_line(column.name, f"values: [{left}]")
            yield Suspicion("misspelt", column.name, f"{text}: the same?", line, counts[wrong])


def misspelt_values(column: ColumnProfile) -> set[str]:
    """The values of `column` that seem to be another one."""
    return {wrong for wrong, _ in _pairs(complete_counts(column))}


def _pairs(counts: Mapping[Any, int]) -> list[tuple[str, str]]:
    """The rarer and the more frequent of two values that are the same."""
    texts = sorted((str(value) for value in counts), key=lambda value: (-counts[value], value))
    found: dict[str, str] = {}
    for right, wrong in combinations(texts, 2):
        if wrong not in found and _are_same(wrong, right, counts[wrong], counts[right]):
            found[wrong] = right
    return list(found.items())


def _are_same(wrong: str, right: str, rows: int, usual: int) -> bool:
    if _plain(wrong) == _plain(right):
        return bool(_plain(right))
    if rows * TIMES_AS_RARE > usual or min(len(wrong), len(right)) < SHORTEST:
        return False
    if wrong[0] != right[0] or _digits(wrong) != _digits(right):
        return False
    allowed = 2 if min(len(wrong), len(right)) >= LONG else 1
    return abs(len(wrong) - len(right)) <= allowed and distance(wrong, right) <= allowed


def _plain(text: str) -> str:
    return "".join(text.replace("_", " ").split()).casefold()


def _digits(text: str) -> str:
    return "".join(each for each in text if each.isdigit())


def distance(one: str, other: str) -> int:
    """Insertions, deletions, changes and exchanges of neighbours that make one into the other."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, left in enumerate(one, 1):
        line = [row]
        for column, right in enumerate(other, 1):
            best = min(last[column] + 1, line[-1] + 1, last[column - 1] + (left != right))
            swapped = row > 1 and column > 1 and left == other[column - 2] and right == one[row - 2]
            line.append(min(best, before[column - 2] + 1) if swapped else best)
        before, last = last, line
    return last[-1]
