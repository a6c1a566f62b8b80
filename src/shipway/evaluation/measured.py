# SPDX-License-Identifier: Apache-2.0
"""The value of a metric, or why it has none."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measured:
    """`value` is None when the metric is not defined for these rows; `note` says why.

    `hits` of `trials` rows stand behind a share; `trials` counts only the rows that the metric
    looks at (for recall: the positive ones).
    """

    value: float | None
    note: str = ""
    hits: int = 0
    trials: int = 0


def undefined(note: str) -> Measured:
    """No value, and why."""
    return Measured(None, note)


def share(hits: int, trials: int, otherwise: str) -> Measured:
    """`hits` of `trials`; undefined, because of `otherwise`, when there are no trials."""
    return Measured(hits / trials, "", hits, trials) if trials else undefined(otherwise)


def ratio(above: float, below: float, otherwise: str) -> Measured:
    """A quotient that is no share of rows; undefined when `below` is zero."""
    return Measured(above / below) if below else undefined(otherwise)
