# SPDX-License-Identifier: Apache-2.0
"""Two models on the same rows, right or wrong: McNemar's exact test."""


def mcnemar(only_first: int, only_second: int) -> float:
    """Two-sided exact p-value that both models are right equally often.

    `only_first` counts rows that only the first model gets right, `only_second` those that only
    the second does; rows on which they agree say nothing. p = min(1, 2 P(Bin(b + c, 1/2) <=
    min(b, c))); no disagreement gives 1.

    Source: Q. McNemar, "Note on the sampling error of the difference between correlated
    proportions or percentages", Psychometrika 12 (1947), in its exact binomial form.
    """
    disagree = only_first + only_second
    if disagree == 0:
        return 1.0
    return min(1.0, 2 * _tail_of_half(min(only_first, only_second), disagree))


def _tail_of_half(most: int, trials: int) -> float:
    """P(Bin(trials, 1/2) <= most), summed in logarithms so that no term under- or overflows."""
    import numpy as np

    step = np.arange(1, most + 1)
    logs = np.concatenate([[0.0], np.cumsum(np.log((trials - step + 1) / step))])
    highest = logs.max()
    total = highest + np.log(np.exp(logs - highest).sum()) - trials * np.log(2)
    return float(np.exp(total))
