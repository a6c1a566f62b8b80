# SPDX-License-Identifier: Apache-2.0
"""Which method tells how sure a metric is: the one place where that is chosen.

    family          one model                       challenger less k times champion, same rows
    share           Wilson; exact of fewer than     Tango, exact where fewer than ten rows differ
                    fifty hits or misses            (k = 1), Nam-Blackwelder and Tang (else)
    share, whose    the same                        bootstrap of the joint table of labels
    trials differ
    area            DeLong                          DeLong, paired
    cells           bootstrap of the table          bootstrap of the joint table
    mean, smooth    BCa up to 1,000 rows,           the same, of the sum of both models' influence
                    influence values beyond         values, or of paired replicates
    extreme         none: values are compared       none

k is 1, or 1 - r where a gate allows the challenger to be a share r worse than the champion. With
weights a share goes through Wilson with its effective number of rows, and the rest of the tables
through influence values, which hold the weights.

A thousand rows is where resampling stops paying. On means of exponential, squared normal and
log-normal losses the lower of the two one-sided coverages of 95 % is, with 30, 300 and 1,000 rows,
89 to 92 %, 92 to 95 % and 93 to 95 % by BCa, and 83 to 89 %, 91 to 93 % and 91 to 95 % by the plain
normal; from 1,000 rows on the skewness-corrected normal of `influence` covers as well as BCa does.
`Spread` is more careful than either: it stretches them to Student's t with the degrees of freedom
that the rows which matter leave, and takes nothing narrower than the symmetric interval.
"""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from shipway.evaluation.catalogue import cell_metric
from shipway.evaluation.contrasts import AreaContrast, PairedRatio, PairedShare
from shipway.evaluation.estimates import Area, Estimate, Exact, Resampled, Share, Spread
from shipway.evaluation.joint import replicates
from shipway.evaluation.measure import hits
from shipway.evaluation.metric_ranges import metric_range
from shipway.evaluation.metrics import MetricKind
from shipway.evaluation.pairs import Pair

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

Parts = tuple[tuple[float, bool], ...]
"""What is added up: models' metrics, each by its factor and whether it is the champion."""

FEW_ROWS = 1_000
MOST_CLASSES = 200
"""With more classes a table is too large to be drawn; each row's influence on it is not."""
UNSURE = ("extreme", "sample")
"""Families of which no method here says how sure they are."""


class Counts(NamedTuple):
    """Trials that both models get right, only the first, only the second, and all of them."""

    both: int
    only_first: int
    only_second: int
    trials: int


def estimate(kind: MetricKind, pair: Pair, *, champion: bool = False) -> Estimate | None:
    """A metric of one model; None where it has no value, or no method says how sure it is."""
    found = pair.measured(kind, champion=champion)
    if found.value is None or kind.family in UNSURE:
        return None
    if kind.family == "share":
        return Share(found.hits, found.trials, len(pair))
    if kind.family == "area":
        area = pair.area(champion=champion)
        return None if area is None else Area(area)
    model = pair.model(champion=champion)
    metric = cell_metric(kind, pair.task, model.classes)
    if metric is not None and model.weight is None and len(model.classes) <= MOST_CLASSES:
        table = pair.table(kind, champion=champion)
        return Resampled(found.value, replicates(table, metric.value, pair.seed), len(pair))
    return _of_rows(kind, pair, found.value, ((1.0, champion),))


def contrast(kind: MetricKind, pair: Pair, factor: float = 1.0) -> Estimate | None:
    """Challenger less `factor` times champion; None where one has no value or no method fits."""
    if kind.family in UNSURE or kind.needs == "champion":
        return None
    first, second = pair.measured(kind), pair.measured(kind, champion=True)
    if first.value is None or second.value is None:
        return None
    if kind.family == "area":
        apart = pair.areas(factor)
        return None if apart is None else AreaContrast(apart)
    if factor == 1 and pair.same:
        return Exact(0.0, "same predictions")
    value = first.value - factor * second.value
    if pair.challenger.weight is None:
        found = _of_shares(kind, pair, factor) or _of_tables(kind, pair, value, factor)
        if found is not None:
            return found
    return _of_rows(kind, pair, value, ((1.0, False), (-factor, True)))


def effective_rows(weight: "Vector | None", rows: int = 0) -> float:
    """Kish's (sum w)^2 / sum w^2; `rows` without weights."""
    if weight is None:
        return float(rows)
    squares = float(weight @ weight)
    return float(weight.sum()) ** 2 / squares if squares > 0 else 0.0


def _of_shares(kind: MetricKind, pair: Pair, factor: float) -> Estimate | None:
    """Shares of the same rows; None for others."""
    if kind.family != "share":
        return None
    counts = paired_counts(kind, pair)
    if counts is None:
        return None
    if factor == 1 or counts.both + counts.only_second == 0:
        return PairedShare(counts.only_first, counts.only_second, counts.trials, len(pair))
    return PairedRatio(*counts, len(pair), factor)


def paired_counts(kind: MetricKind, pair: Pair) -> Counts | None:
    """How often the models are right, for a share of rows that are the same for both.

    None where the prediction decides which rows are trials, as in precision.
    """
    metric = cell_metric(kind, pair.task, pair.challenger.classes)
    if metric is None:
        one, other = (hits(kind, pair.model(champion=each), pair.task) for each in (False, True))
        if one is None or other is None or not np.array_equal(one[1], other[1]):
            return None
        right, also = one[0] & one[1], other[0] & one[1]
        weights = np.ones(len(pair), dtype=np.int64)
        trials = int(one[1].sum())
    else:
        if metric.hit is None or metric.trial is None or _by_prediction(metric.trial):
            return None
        table = pair.joint(kind)
        right, also = metric.hit[table.truth, table.first], metric.hit[table.truth, table.second]
        weights = table.counts * metric.trial[table.truth, 0]
        trials = int(weights.sum())
    both = int(weights[right & also].sum())
    return Counts(both, int(weights[right].sum()) - both, int(weights[also].sum()) - both, trials)


def _by_prediction(trial: "NDArray[np.bool_]") -> bool:
    """Whether cells (k, k + 1) of one true class are trials or not by what was predicted."""
    return bool((trial != trial[:, :1]).any())


def _of_tables(kind: MetricKind, pair: Pair, value: float, factor: float) -> Estimate | None:
    """Functions of the confusion table; None for others."""
    metric = cell_metric(kind, pair.task, pair.challenger.classes)
    if metric is None or len(pair.challenger.classes) > MOST_CLASSES:
        return None
    drawn = replicates(pair.joint(kind), metric.value, pair.seed, factor)
    return Resampled(value, drawn, len(pair))


def _of_rows(kind: MetricKind, pair: Pair, value: float, parts: Parts) -> Estimate | None:
    """A sum of models' metrics, from the rows."""
    moves = [pair.influence(kind, champion=champion) for _, champion in parts]
    drawn = None
    if len(pair) <= FEW_ROWS or any(each is None for each in moves):
        drawn = _added(parts, [pair.resampled(kind, champion=each) for _, each in parts])
    influence, units, ends = _added(parts, moves), _units(kind, pair), _ends(kind, pair, parts)
    if influence is None:
        return None if drawn is None else Resampled(value, drawn, len(pair), units, ends)
    return Spread(
        value,
        influence,
        units=units,
        ends=ends,
        of_mean=kind.family in ("mean", "share"),
        replicates=drawn,
    )


def _added(parts: Parts, vectors: "list[Vector | None]") -> "Vector | None":
    """The vectors times their factors, summed; None where one is missing."""
    known = [f * each for (f, _), each in zip(parts, vectors, strict=True) if each is not None]
    return np.asarray(np.sum(known, axis=0)) if len(known) == len(parts) else None


def _ends(kind: MetricKind, pair: Pair, parts: Parts) -> tuple[float, float]:
    """Between which values the sum lies."""
    low, high = metric_range(kind, pair.task)
    return (
        sum(factor * (low if factor > 0 else high) for factor, _ in parts if factor),
        sum(factor * (high if factor > 0 else low) for factor, _ in parts if factor),
    )


def _units(kind: MetricKind, pair: Pair) -> float:
    """How many rows there are that can vary.

    Groups count once, of two classes the rarer, and of the k highest scores no more than k.
    """
    model = pair.challenger
    if "by" in kind.options:
        return float(len(np.unique(model.groups[kind.text("by")])))
    if kind.family in ("smooth", "mean") and pair.task == "binary":
        positive = model.target == 1
        sizes = [
            effective_rows(None if model.weight is None else model.weight[part], int(part.sum()))
            for part in (positive, ~positive)
        ]
        return min([*sizes, kind.number("k")] if "k" in kind.options else sizes)
    return effective_rows(model.weight, len(pair))
