# SPDX-License-Identifier: Apache-2.0
"""How often each interval of a share, or of two, holds the truth: counted, not simulated.

    python -m benchmarks.gates.coverage [--confidence 0.95]

For every truth of a grid all samples that could be drawn are enumerated, each with its chance (down
to 1e-8), and the chances of those whose interval holds the truth are added. `both ends` is the
two-sided interval, `lower end` the one-sided bound that a gate with `>=` uses; a bound from above
covers a share just as the one from below covers its complement. `mean` and `least` are over the
whole grid, `at` says where the least is; `5+` is the least where at least five of everything are
expected: right and wrong rows of each group, rows that only one of the models gets right.

Clopper and Pearson promise at least the confidence, all others about the confidence.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from typing import NamedTuple

from shipway.stats.binomial import pmf
from shipway.stats.bounds import Bounds, Sides
from shipway.stats.independent import farrington_manning, newcombe
from shipway.stats.independent_ratio import farrington_manning_ratio
from shipway.stats.paired import tango
from shipway.stats.paired_ratio import tang
from shipway.stats.proportions import clopper_pearson, jeffreys, wilson

LEAST_CHANCE = 1e-8
EXPECTED = 5
CORES = 2
SHARES = (0.001, 0.005, *(part / 100 for part in range(1, 100)), 0.995, 0.999)
GROUP_SHARES = (0.01, 0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.95, 0.99)

Interval = Callable[..., Bounds]


class Sample(NamedTuple):
    """`rows` rows, each of one kind with the chance in `shares`; the rest is of none of them."""

    rows: int
    shares: tuple[float, ...]


class World(NamedTuple):
    """What is true: independent samples, the quantity to cover, the smallest count expected."""

    samples: tuple[Sample, ...]
    truth: float
    expected: float


class Question(NamedTuple):
    """One line of the table."""

    interval: Interval
    rows: str
    worlds: tuple[World, ...]


class Answer(NamedTuple):
    """Coverage over all worlds, and where it is least."""

    method: str
    mean: float
    least: float
    at: World
    ordinary: float | None


def one_share(rows: int) -> tuple[World, ...]:
    """A share of `rows` rows, all along the scale."""
    return tuple(
        World((Sample(rows, (share,)),), share, rows * min(share, 1 - share)) for share in SHARES
    )


def two_groups(rows: int, other_rows: int, *, ratio: bool = False) -> tuple[World, ...]:
    """Two independent shares: their difference, or their ratio."""
    return tuple(
        World(
            (Sample(rows, (first,)), Sample(other_rows, (other,))),
            first / other if ratio else first - other,
            min(rows * min(first, 1 - first), other_rows * min(other, 1 - other)),
        )
        for first in GROUP_SHARES
        for other in GROUP_SHARES
    )


def pairs(rows: int) -> tuple[World, ...]:
    """Two models on the same rows: rows that only one gets right, and their difference."""
    return tuple(
        World((Sample(rows, (won, lost)),), won - lost, rows * min(won, lost))
        for won, lost in _disagreements()
    )


def pairs_by_ratio(rows: int) -> tuple[World, ...]:
    """Two models on the same rows, the second right on 60 % or 90 % of them: the ratio."""
    return tuple(
        World(
            (Sample(rows, (right - lost, won, lost)),),
            (right - lost + won) / right,
            rows * min(won, lost),
        )
        for right in (0.6, 0.9)
        for won, lost in _disagreements()
        if won + right <= 1
    )


def _disagreements() -> Iterator[tuple[float, float]]:
    for apart in (0.01, 0.02, 0.05, 0.1, 0.2, 0.4):
        for lean in (-0.8, -0.4, 0.0, 0.4, 0.8):
            yield apart * (1 + lean) / 2, apart * (1 - lean) / 2


def of_share(method: Interval, counts: tuple[int, ...], rows: tuple[int, ...]) -> Interval:
    """`method` with its counts, wanting confidence and sides."""
    return partial(method, *counts, *rows)


def of_groups(method: Interval, counts: tuple[int, ...], rows: tuple[int, ...]) -> Interval:
    """`method` for two groups."""
    return partial(method, counts[0], rows[0], counts[1], rows[1])


def of_counts(method: Interval, counts: tuple[int, ...], rows: tuple[int, ...]) -> Interval:
    """`method` for counts that say all."""
    return partial(method, *counts)


FORMS: dict[Interval, Callable[[Interval, tuple[int, ...], tuple[int, ...]], Interval]] = {
    wilson: of_share,
    clopper_pearson: of_share,
    jeffreys: of_share,
    tango: of_share,
    tang: of_counts,
    newcombe: of_groups,
    farrington_manning: of_groups,
    farrington_manning_ratio: of_groups,
}


def questions() -> Iterator[Question]:
    """All lines, but for the sides."""
    for method in (wilson, clopper_pearson, jeffreys):
        for rows in (20, 100, 1000):
            yield Question(method, f"{rows}", one_share(rows))
    for rows in (50, 200, 1000):
        yield Question(tango, f"{rows}", pairs(rows))
    for rows in (50, 200):
        yield Question(tang, f"{rows}", pairs_by_ratio(rows))
    for first, other in ((20, 20), (100, 100), (200, 20)):
        for method in (newcombe, farrington_manning):
            yield Question(method, f"{first} + {other}", two_groups(first, other))
        ratios = two_groups(first, other, ratio=True)
        yield Question(farrington_manning_ratio, f"{first} + {other}", ratios)


def answer(question: Question, confidence: float, sides: Sides) -> Answer:
    """Enumerate all samples of all worlds."""
    rows = tuple(sample.rows for sample in question.worlds[0].samples)
    form = FORMS[question.interval]

    @cache
    def bounds(counts: tuple[int, ...]) -> Bounds:
        return form(question.interval, counts, rows)(confidence, sides)

    covered = [(_covered(world, bounds, sides), world) for world in question.worlds]
    least, at = min(covered, key=lambda each: each[0])
    ordinary = [share for share, world in covered if world.expected >= EXPECTED]
    mean = sum(share for share, _ in covered) / len(covered)
    method = bounds(tuple(0 for sample in at.samples for _ in sample.shares)).method
    return Answer(method, mean, least, at, min(ordinary, default=None))


def _covered(world: World, bounds: Callable[[tuple[int, ...]], Bounds], sides: Sides) -> float:
    inside = total = 0.0
    for counts, chance in _together(world.samples):
        found = bounds(counts)
        total += chance
        # An end that is computed to lie on the truth holds it, whatever its last digit.
        below = found.low <= world.truth + 1e-12
        above = sides == 1 or world.truth <= found.high + 1e-12
        inside += chance * (below and above)
    return inside / total


def _together(samples: Sequence[Sample]) -> Iterator[tuple[tuple[int, ...], float]]:
    """All counts of all samples, with their chances."""
    if not samples:
        yield (), 1.0
        return
    mine = list(_outcomes(samples[0].rows, samples[0].shares))
    for others, chance in _together(samples[1:]):
        for counts, own in mine:
            if own * chance > LEAST_CHANCE:
                yield counts + others, own * chance


def _outcomes(rows: int, shares: tuple[float, ...]) -> Iterator[tuple[tuple[int, ...], float]]:
    """All counts of one sample: the first kind, and the other kinds among the rows that remain."""
    if not shares:
        yield (), 1.0
        return
    for count, chance in _counts(rows, min(shares[0], 1.0)):
        rest = tuple(share / (1 - shares[0]) for share in shares[1:])
        for others, other_chance in _outcomes(rows - count, rest):
            if chance * other_chance > LEAST_CHANCE:
                yield (count, *others), chance * other_chance


@cache
def _counts(rows: int, share: float) -> tuple[tuple[int, float], ...]:
    chances = ((count, pmf(count, rows, share)) for count in range(rows + 1))
    return tuple((count, chance) for count, chance in chances if chance > LEAST_CHANCE)


def print_answer(question: Question, sides: Sides, confidence: float, found: Answer) -> None:
    """One line of the table."""
    at = "; ".join(" ".join(f"{share:.3g}" for share in each.shares) for each in found.at.samples)
    ordinary = "" if found.ordinary is None else f"{found.ordinary:7.2%}"
    print(
        f"{found.method:26}{question.rows:>10}  {'lower end' if sides == 1 else 'both ends'}"
        f"{confidence:9.2%}{found.mean:9.2%}{found.least:9.2%}{ordinary:>9}  {at}",
        flush=True,
    )


def main() -> int:
    """Enumerate and print."""
    parser = argparse.ArgumentParser(description="How often intervals hold the truth.")
    parser.add_argument("--confidence", type=float, default=0.95)
    confidence = parser.parse_args().confidence
    print(
        f"{'method':26}{'rows':>10}  {'':9}{'promised':>9}{'mean':>9}{'least':>9}{'5+':>9}"
        "  least at shares of"
    )
    lines = [(question, sides) for question in questions() for sides in (2, 1)]
    with ProcessPoolExecutor(CORES) as pool:
        found = [pool.submit(answer, question, confidence, sides) for question, sides in lines]
        for (question, sides), each in zip(lines, found, strict=True):
            print_answer(question, sides, confidence, each.result())
    return 0


if __name__ == "__main__":
    sys.exit(main())
