# SPDX-License-Identifier: Apache-2.0
"""The metrics that are shown: overall and for each slice, beside the champion's.

Every metric for which a method is known carries an interval (95 %, two-sided), and where there is a
champion the interval of the difference on the same rows. Reported slices ask many questions of the
same rows, so the p-values of a metric's differences are corrected over its slices (Holm). Gates are
decided elsewhere and need no correction: all of them must pass.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from shipway.evaluation import samples
from shipway.evaluation.estimates import Estimate, Exact
from shipway.evaluation.evidence import Evidence
from shipway.evaluation.methods import contrast, estimate, paired_counts
from shipway.evaluation.metrics import MetricKind
from shipway.evaluation.pairs import Pair
from shipway.evaluation.slices import Slices
from shipway.evaluation.verdicts import interval
from shipway.records.training import Interval, Metric
from shipway.stats.multiple import holm
from shipway.stats.paired import mcnemar

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CONFIDENCE = 0.95


def overall(names: Iterable[str], evidence: Evidence) -> tuple[Metric, ...]:
    """Each metric over all rows, then the other values that the training reported."""
    found = [_metric(name, evidence) for name in names]
    known = {metric.name for metric in found}
    return (*found, *(_metric(name, evidence) for name in evidence.reported if name not in known))


def by_slice(names: Sequence[str], shown: Slices, evidence: Evidence) -> tuple[Metric, ...]:
    """Each metric of rows in each slice of `shown`; p-values corrected over the slices."""
    wanted = [name for name in names if _about_rows(evidence.kind(name))]
    # Slice by slice, so that rows are taken and sorted once for all metrics.
    parts = [
        [_metric(name, inside, part) for name in wanted]
        for source, masks in shown.items()
        for part, inside in _parts(source, masks, evidence)
    ]
    found: list[Metric] = []
    for number in range(len(wanted)):
        found += _corrected([metrics[number] for metrics in parts])
    return tuple(found)


def two_sided(kind: MetricKind, pair: Pair, difference: Estimate | None) -> float | None:
    """Two-sided p-value that both models are equal; None where no test is at hand.

    McNemar's exact test for shares of the same rows; else twice the smaller one-sided p-value of
    the difference.
    """
    if isinstance(difference, Exact):
        return 1.0
    counts = paired_counts(kind, pair) if kind.family == "share" else None
    if counts is not None and pair.challenger.weight is None:
        return mcnemar(counts.only_first, counts.only_second)
    if difference is None:
        return None
    better, worse = difference.p_value(0.0, "greater"), difference.p_value(0.0, "less")
    if better is None or worse is None:
        return None
    return min(1.0, 2 * min(better, worse))


def _about_rows(kind: MetricKind | None) -> bool:
    return kind is not None and kind.family != "sample"


def _parts(
    source: str, masks: "Mapping[str, NDArray[np.bool_]]", evidence: Evidence
) -> Iterable[tuple[str, Evidence]]:
    for part, mask in masks.items():
        name = part if part == source else f"{source}={part}"
        yield name, evidence.part(name, mask)


def _metric(name: str, evidence: Evidence, part: str = "") -> Metric:
    kind = evidence.kind(name)
    if kind is not None and kind.family == "sample" and kind.base in evidence.samples:
        return _of_sample(name, kind, evidence)
    found = evidence.value(name)
    champion = evidence.value(name, champion=True)
    pair = evidence.pair
    measured = kind is not None and pair is not None
    alone = kind is not None and kind.needs == "champion"
    metric = Metric(
        name,
        found.value,
        evidence.rows,
        slice=part,
        champion=None if alone else champion.value,
        source="reported" if name in evidence.reported and not measured else "measured",
        note=found.note,
    )
    if kind is None or pair is None or kind.family == "sample":
        return metric
    metric = msgspec.structs.replace(metric, interval=_interval(estimate(kind, pair)))
    return metric if alone or pair.champion is None else _beside(metric, kind, pair)


def _beside(metric: Metric, kind: MetricKind, pair: Pair) -> Metric:
    """The metric with what compares it with the champion's."""
    if metric.value is None or metric.champion is None:
        return metric
    difference = contrast(kind, pair)
    return msgspec.structs.replace(
        metric,
        champion_interval=_interval(estimate(kind, pair, champion=True)),
        difference=_interval(difference),
        p_value=two_sided(kind, pair, difference),
    )


def _of_sample(name: str, kind: MetricKind, evidence: Evidence) -> Metric:
    values = evidence.samples[kind.base]
    if not len(values):
        return Metric(name, None, 0, note=f"{kind.base} was not measured")
    statistic = str(kind.options.get("statistic", ""))
    sure = samples.estimate_of(statistic, values, evidence.seed) if statistic else None
    value = samples.value_of(statistic, values)
    return Metric(name, value, len(values), interval=_interval(sure))


def _interval(found: Estimate | None) -> Interval | None:
    return None if found is None else interval(found.bounds(CONFIDENCE, 2))


def _corrected(metrics: list[Metric]) -> list[Metric]:
    asked = [metric.p_value for metric in metrics if metric.p_value is not None]
    adjusted = iter(holm(asked))
    return [
        metric
        if metric.p_value is None
        else msgspec.structs.replace(metric, p_value=next(adjusted))
        for metric in metrics
    ]
