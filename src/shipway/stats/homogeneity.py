# SPDX-License-Identifier: Apache-2.0
"""Could two tables of counts over the same cells come from one distribution? p-values.

All of them hold for any distribution, ties included: where the textbook's approximation would not,
rows are exchanged between the tables at random (`permuted`), with a fixed seed. A table without
rows, or a single cell, is no evidence: p = 1.

    chi_square_p([50, 50], [80, 20])   # 0.00001
"""

from math import e, exp, sqrt
from typing import TYPE_CHECKING

import numpy as np

from shipway.stats.drift import ks_distance, shared
from shipway.stats.special import chi_square_tail, kolmogorov_tail

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from shipway.stats.drift import CountsLike, Numbers

LEAST_EXPECTED = 5.0
TINY_TABLE = 50
SMALL_TABLE = 500
DRAWS = 1_999
MORE_DRAWS = 9_999
MOST_CELLS = 2_000
MOST_TOTAL = 1e9
SEED = 20_261_001


def pool(
    reference: "CountsLike", current: "CountsLike", *, ordered: bool
) -> "tuple[Numbers, Numbers]":
    """Both counts over fewer cells, of which each should have at least five rows in each table.

    Ordered cells are put together with their neighbours, others into one cell of the rare ones.
    Tables of fewer than 50 rows stay as they are: `chi_square_p` permutes them.
    Which cells are rare follows from both tables together, so that the choice favours neither: a
    rule that looks at one table only finds differences where there are none.
    Source of the five: W. G. Cochran, "Some methods for strengthening the common chi-square
    tests", Biometrics 10 (1954).
    """
    a, b = np.asarray(reference, dtype=np.float64), np.asarray(current, dtype=np.float64)
    n, m = a.sum(), b.sum()
    if min(n, m) < TINY_TABLE:
        return a, b
    expected = (a + b) * min(n, m) / (n + m)
    groups = _runs(expected) if ordered else _rare(expected)
    size = int(groups.max()) + 1
    return _summed(groups, a, size), _summed(groups, b, size)


def _summed(groups: "NDArray[np.int64]", counts: "Numbers", size: int) -> "Numbers":
    return np.bincount(groups, counts, size).astype(np.float64)


def _runs(expected: "Numbers") -> "NDArray[np.int64]":
    """The group of each cell: neighbours until they have enough; a poor rest joins the last one."""
    groups = np.zeros(len(expected), dtype=np.int64)
    group, total = 0, 0.0
    for place, share in enumerate(expected):
        groups[place] = group
        total += share
        if total >= LEAST_EXPECTED:
            group, total = group + 1, 0.0
    if total < LEAST_EXPECTED and group:
        groups[groups == group] = group - 1
    return groups


def _rare(expected: "Numbers") -> "NDArray[np.int64]":
    """The group of each cell: one for all rare ones, with the least of the others if too poor."""
    rare = expected < LEAST_EXPECTED
    if rare.all():
        return np.zeros(len(expected), dtype=np.int64)
    if rare.any() and expected[rare].sum() < LEAST_EXPECTED:
        rare = rare | (np.arange(len(expected)) == np.where(rare, np.inf, expected).argmin())
    groups = np.cumsum(~rare)
    return np.where(rare, 0, groups - (0 if rare.any() else 1))


def chi_square_p(reference: "CountsLike", current: "CountsLike") -> float:
    """Pearson's test of homogeneity; the cells as `pool` gives them.

    Tables of fewer than 50 rows, or with cells too poor for the approximation, by permutation.
    Source: K. Pearson, "On the probability that two independent distributions of frequency are
    really samples from the same population", Biometrika 8 (1911).
    """
    a, b = shared(reference, current)
    if len(a) < 2:
        return 1.0
    n, m = a.sum(), b.sum()
    poor = ((a + b) * min(n, m) / (n + m)).min() < LEAST_EXPECTED
    if min(n, m) < TINY_TABLE or (poor and min(n, m) < SMALL_TABLE):
        return permuted(a, b, _pearson)
    return chi_square_tail(float(_pearson(a, b)), len(a) - 1)


def ks_p(reference: "CountsLike", current: "CountsLike") -> float:
    """Smirnov's two-sample test on counts in ascending order, ties and all.

    Small tables by permutation; large ones by drawing Brownian bridges at the cells' edges, which
    is what the permutations tend to. Beyond what draws can tell, and for thousands of cells:
    Kolmogorov's tail, which ties only make smaller; for small tables e exp(-2 t^2), which bounds
    it for all sizes (F. Wei and R. Dudley, "Two-sample Dvoretzky-Kiefer-Wolfowitz inequalities",
    Stat. Prob. Letters 82, 2012).
    """
    a, b = shared(reference, current)
    if len(a) < 2:
        return 1.0
    n, m = a.sum(), b.sum()
    distance = ks_distance(a, b)
    scaled = sqrt(n * m / (n + m)) * distance
    small = min(n, m) < SMALL_TABLE
    bound = min(1.0, e * exp(-2 * scaled * scaled)) if small else kolmogorov_tail(scaled)
    if len(a) > MOST_CELLS:
        return bound
    found = permuted(a, b, _distances) if small else _bridged((a + b) / (n + m), scaled)
    return min(found, bound) if found <= 1 / (MORE_DRAWS + 1) else found


def permuted(
    reference: "Numbers", current: "Numbers", statistic: "Callable[[Numbers, Numbers], Numbers]"
) -> float:
    """How often a random exchange of rows gives at least the `statistic` that was found.

    The exchanged counts are multivariate hypergeometric. The table itself counts as one of the
    draws, so that the p-value is valid for any number of them. `statistic` takes counts (…, k).
    Source: B. Phipson and G. Smyth, "Permutation p-values should never be zero", Stat. Appl.
    Genet. Mol. Biol. 9 (2010).
    """
    fewer, more = sorted((reference, current), key=np.sum)
    total = fewer + more
    found = float(statistic(fewer, more)) * (1 - 1e-12)
    rng = np.random.default_rng(SEED)
    for draws in (DRAWS, MORE_DRAWS):
        drawn = _exchanged(rng, total, int(fewer.sum()), draws)
        reached = int(np.sum(statistic(drawn, total - drawn) >= found))
        if reached > 1:
            break
    return (reached + 1) / (draws + 1)


def _exchanged(rng: np.random.Generator, total: "Numbers", rows: int, draws: int) -> "Numbers":
    """The counts (draws, k) of `rows` rows that are taken out of `total` at random."""
    if total.sum() < MOST_TOTAL:
        colors = total.astype(np.int64)
        drawn = rng.multivariate_hypergeometric(colors, rows, size=draws, method="marginals")
    else:
        drawn = rng.multinomial(rows, total / total.sum(), size=draws)
    return drawn.astype(np.float64)


def _bridged(shares: "Numbers", scaled: float) -> float:
    """How often the largest of a Brownian bridge at the cells' edges reaches `scaled`."""
    rng = np.random.default_rng(SEED)
    cumulative = np.cumsum(shares)[:-1]
    for draws in (DRAWS, MORE_DRAWS):
        motion = np.cumsum(rng.standard_normal((draws, len(shares))) * np.sqrt(shares), axis=1)
        bridge = motion[:, :-1] - motion[:, -1:] * cumulative
        reached = int(np.sum(np.abs(bridge).max(axis=1) >= scaled))
        if reached > 1:
            break
    return (reached + 1) / (draws + 1)


def _pearson(a: "Numbers", b: "Numbers") -> "Numbers":
    """Pearson's statistic of counts (…, k) and (…, k)."""
    n, m = a.sum(axis=-1, keepdims=True), b.sum(axis=-1, keepdims=True)
    result: Numbers = np.sum((a * m - b * n) ** 2 / (a + b), axis=-1) / (n * m)[..., 0]
    return result


def _distances(a: "Numbers", b: "Numbers") -> "Numbers":
    """Smirnov's statistic of counts (…, k) and (…, k)."""
    n, m = a.sum(axis=-1, keepdims=True), b.sum(axis=-1, keepdims=True)
    result: Numbers = np.abs(np.cumsum(a, axis=-1) / n - np.cumsum(b, axis=-1) / m).max(axis=-1)
    return result
