# SPDX-License-Identifier: Apache-2.0
"""Two model versions side by side."""

from shipway.records.base import Record
from shipway.records.comparison import Drawn, Flips
from shipway.records.delivery import ModelVersion
from shipway.records.training import Interval


class MetricPair(Record, frozen=True):
    """One metric of both versions, with 95 % intervals.

    `delta` is the second's value less the first's. Its interval and the two-sided p-value are those
    of paired rows; None where the versions were not evaluated on the same ones.
    """

    name: str
    slice: str
    first: float | None
    second: float | None
    delta: float | None
    rows: int = 0
    first_interval: Interval | None = None
    second_interval: Interval | None = None
    delta_interval: Interval | None = None
    p_value: float | None = None


class Comparison(Record, frozen=True):
    """Both versions, their metrics and pictures, and what differs in what they were made of.

    `same_rows` says whether both were evaluated on the same rows: only then do differences mean
    anything, and only then are there `flips`, from the first's predictions to the second's.
    """

    first: ModelVersion
    second: ModelVersion
    same_rows: bool
    dataset: str = ""
    rows: int = 0
    metrics: tuple[MetricPair, ...] = ()
    flips: Flips | None = None
    first_drawn: Drawn = Drawn()
    second_drawn: Drawn = Drawn()
    first_threshold: float | None = None
    second_threshold: float | None = None
    differs: tuple[str, ...] = ()
