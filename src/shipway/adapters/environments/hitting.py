# SPDX-License-Identifier: Apache-2.0
"""The smallest sets that have a member in each of some sets.

smallest_sets([{1}, {2, 3}, {3, 4}]) → [{1, 3}]
"""

from collections.abc import Sequence

MOST_STEPS = 20_000


def smallest_sets(conflicts: Sequence[frozenset[int]], most: int) -> list[frozenset[int]]:
    """Up to `most` of the smallest sets that meet every one of `conflicts`.

    When there are so many conflicts that the smallest can't be found in reasonable time, one small
    set.
    """
    forced = frozenset().union(*(c for c in conflicts if len(c) == 1))
    rest = sorted({c for c in conflicts if not c & forced}, key=lambda c: (len(c), sorted(c)))
    for size in range(len(rest) + 1):
        search = _Search(rest, size, most)
        search.go(frozenset())
        if search.found:
            return [forced | found for found in search.found]
        if search.steps > MOST_STEPS:
            break
    return [forced | _greedy(rest)]


class _Search:
    """All sets of at most `size` members that meet all conflicts."""

    def __init__(self, conflicts: Sequence[frozenset[int]], size: int, most: int) -> None:
        self.conflicts = conflicts
        self.size = size
        self.most = most
        self.steps = 0
        self.found: list[frozenset[int]] = []

    def go(self, chosen: frozenset[int]) -> None:
        self.steps += 1
        unmet = next((c for c in self.conflicts if not c & chosen), None)
        if unmet is None:
            if chosen not in self.found:
                self.found.append(chosen)
            return
        if len(chosen) == self.size or self.steps > MOST_STEPS or len(self.found) >= self.most:
            return
        for member in sorted(unmet):
            self.go(chosen | {member})


def _greedy(conflicts: Sequence[frozenset[int]]) -> frozenset[int]:
    chosen: frozenset[int] = frozenset()
    unmet = list(conflicts)
    while unmet:
        members = sorted(frozenset().union(*unmet))
        best = max(members, key=lambda member: sum(member in c for c in unmet))
        chosen |= {best}
        unmet = [c for c in unmet if best not in c]
    return chosen
