# SPDX-License-Identifier: Apache-2.0
"""What a report draws of a model, and of two models on the same rows."""

from shipway.records.base import Record


class Curve(Record, frozen=True):
    """Points of a curve (ROC, precision-recall, cost by threshold), thinned to at most 200."""

    x: tuple[float, ...]
    y: tuple[float, ...]


class Confusion(Record, frozen=True):
    """`counts[i][j]` rows of true class `labels[i]` were predicted as `labels[j]`."""

    labels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


class CalibrationBin(Record, frozen=True):
    """Rows whose scores lie in one bin: their mean score, and their share of positives.

    `low` and `high` bound that share with 95 % confidence (Wilson).
    """

    score: float
    share: float
    rows: int
    low: float
    high: float


class Histogram(Record, frozen=True):
    """Rows by score, for each class: `edges` has one more entry than each of the counts."""

    edges: tuple[float, ...]
    positive: tuple[int, ...]
    negative: tuple[int, ...]


class Drawn(Record, frozen=True):
    """What is drawn of one model; None where the task or the predictions do not give it.

    `costs` is the mean cost of a row by threshold.
    """

    roc: Curve | None = None
    precision_recall: Curve | None = None
    confusion: Confusion | None = None
    calibration: tuple[CalibrationBin, ...] | None = None
    scores: Histogram | None = None
    costs: Curve | None = None


class Flips(Record, frozen=True):
    """How the predictions of challenger and champion differ on the same rows.

    Of `rows` rows `changed` have another predicted label; `mended` are right now and were wrong
    with the champion, `broken` the other way round. Regression: `changed` counts predictions that
    moved, `mended` those that came nearer to the truth and `broken` those that went away from it.
    """

    rows: int
    changed: int
    mended: int
    broken: int
