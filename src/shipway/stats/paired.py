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
    from scipy.special import bdtr

    disagree = only_first + only_second
    if disagree == 0:
        return 1.0
    return min(1.0, 2 * float(bdtr(min(only_first, only_second), disagree, 0.5)))
