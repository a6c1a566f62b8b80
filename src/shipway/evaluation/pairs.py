# SPDX-License-Identifier: Apache-2.0
"""A challenger, and a champion where there is one, on the same rows.

What several metrics need of them (the joint table of their labels, both areas under the ROC curve)
is found once for each set of rows. Metrics of the project's own come from `own`, all others are
measured here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np

from shipway.evaluation import measure
from shipway.evaluation.catalogue import seen_by
from shipway.evaluation.churn import churn
from shipway.evaluation.formulas import own_weights
from shipway.evaluation.joint import Joint, joint
from shipway.evaluation.measured import Measured, undefined
from shipway.evaluation.metrics import MetricKind
from shipway.evaluation.own import OwnValues
from shipway.evaluation.predictions import Predictions
from shipway.spec.types import Task
from shipway.stats import auc, bootstrap
from shipway.stats.auc import Auc, AucDifference

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

RESAMPLES = 2_000
FEWEST_RESAMPLES = 200
MOST_DRAWS = 40_000_000


@dataclass(frozen=True, eq=False)
class Pair:
    """Predictions of one or two models for the same n rows; `seed` that of every resampling."""

    task: Task
    challenger: Predictions
    champion: Predictions | None = None
    own: Mapping[str, OwnValues] = field(default_factory=dict)
    seed: int = 0
    _measured: dict[tuple[str, bool], Measured] = field(default_factory=dict, init=False)
    _joint: dict[object, Joint] = field(default_factory=dict, init=False)
    _areas: dict[bool, Auc | None] = field(default_factory=dict, init=False)
    _vectors: dict[object, Any] = field(default_factory=dict, init=False)
    _apart: dict[float, AucDifference | None] = field(default_factory=dict, init=False)

    def __len__(self) -> int:
        return len(self.challenger)

    def model(self, *, champion: bool) -> Predictions:
        """One of the two. ValueError when there is no champion."""
        if not champion:
            return self.challenger
        if self.champion is None:
            raise ValueError("there is no champion")
        return self.champion

    @cached_property
    def same(self) -> bool:
        """Whether both models say the same of every row, to the last digit of a score or value.

        Labels alone are too coarse to tell.
        """
        one, other = self.challenger, self.champion
        if other is None or (self.task != "regression" and one.score is None):
            return False
        return _equal(one.label, other.label) and _equal(one.score, other.score)

    def measured(self, kind: MetricKind, *, champion: bool = False) -> Measured:
        """The metric of one of the two models."""
        key = kind.name, champion
        if key not in self._measured:
            found = self._measure(kind, champion=champion)
            if found.value is not None and not isfinite(found.value):
                found = undefined("it is not finite")
            self._measured[key] = found
        return self._measured[key]

    def _measure(self, kind: MetricKind, *, champion: bool) -> Measured:
        if self.champion is None and (champion or kind.needs == "champion"):
            return undefined("there is no champion")
        own, model = self.own.get(kind.name), self.model(champion=champion)
        if own is not None:
            return own.measured(model.weight, champion=champion)
        if kind.needs == "champion":
            return churn(kind, self.challenger, self.model(champion=True))
        area = self.area(champion=champion) if kind.family == "area" else None
        return measure.measure(kind, model, self.task) if area is None else Measured(area.value)

    def table(self, kind: MetricKind, *, champion: bool = False) -> Joint:
        """The confusion table of one model, as `kind` sees its labels."""
        return joint(seen_by(kind, self.model(champion=champion)))

    def joint(self, kind: MetricKind) -> Joint:
        """The joint table of both models, as `kind` sees their labels."""
        threshold = kind.options.get("threshold")
        if threshold not in self._joint:
            both = (seen_by(kind, self.model(champion=each)) for each in (False, True))
            self._joint[threshold] = joint(*both)
        return self._joint[threshold]

    def area(self, *, champion: bool = False) -> Auc | None:
        """The area of one model; None where it has none."""
        both = None if self.champion is None else self.areas()
        if both is not None:
            return both.second if champion else both.first
        if champion not in self._areas:
            model = self.model(champion=champion)
            positive, scores = model.target == 1, model.score
            usable = scores is not None and not np.isnan(scores).any()
            self._areas[champion] = (
                auc.area(positive, scores, model.weight) if usable and scores is not None else None
            )
        return self._areas[champion]

    def areas(self, factor: float = 1.0) -> AucDifference | None:
        """The challenger's area less `factor` times the champion's; None where one has none."""
        if factor not in self._apart:
            self._apart[factor] = self._compared(factor)
        return self._apart[factor]

    def _compared(self, factor: float) -> AucDifference | None:
        one, other = self.challenger.score, self.model(champion=True).score
        if one is None or other is None or np.isnan(one).any() or np.isnan(other).any():
            return None
        positive = self.challenger.target == 1
        return auc.compare(positive, one, other, self.challenger.weight, factor)

    def influence(self, kind: MetricKind, *, champion: bool = False) -> "Vector | None":
        """Influence values (n) of one model's metric; None where they are not known."""
        return self._kept("influence", kind, champion, self._influence)

    def resampled(self, kind: MetricKind, *, champion: bool = False) -> "Vector | None":
        """Replicates (B) of one model's metric, on the same resamples for both; NaN if undefined.

        None where there are none: too few were asked of a function of the project's own.
        """
        return self._kept("resampled", kind, champion, self._resampled)

    def _kept(
        self,
        what: str,
        kind: MetricKind,
        champion: bool,
        make: "Callable[[MetricKind, bool], Vector | None]",
    ) -> "Vector | None":
        """What `make` finds, kept until another metric is asked for: one value for each row."""
        if self._vectors.get("kind") != kind.name:
            self._vectors.clear()
            self._vectors["kind"] = kind.name
        key = what, champion
        if key not in self._vectors:
            self._vectors[key] = make(kind, champion)
        found: Vector | None = self._vectors[key]
        return found

    def _influence(self, kind: MetricKind, champion: bool) -> "Vector | None":
        own = self.own.get(kind.name)
        model = self.model(champion=champion)
        if own is None:
            return measure.influence(kind, model, self.task)
        values = own.champion_rows if champion else own.rows
        if values is None:
            return None
        each = own_weights(model)
        return np.asarray(each * (values - np.average(values, weights=each)) / each.mean())

    def _resampled(self, kind: MetricKind, champion: bool) -> "Vector | None":
        own = self.own.get(kind.name)
        model = self.model(champion=champion)
        if own is not None and own.rows is None:
            return own.part.champion_replicates if champion else own.part.replicates
        values = None if own is None else own.champion_rows if champion else own.rows
        each = own_weights(model)
        found = []
        for counts in _drawn(len(self), self.seed):
            if own is None:
                found.append(measure.resampled(kind, model, self.task, counts))
            elif values is not None:
                found.append((counts @ (each * values)) / (counts @ each))
        return np.concatenate(found) if found else None


@lru_cache(maxsize=1)
def _drawn(rows: int, seed: int) -> "tuple[NDArray[np.float64], ...]":
    """How often each row is in each resample: kept, because many metrics ask for the same rows."""
    resamples = int(np.clip(MOST_DRAWS // rows, FEWEST_RESAMPLES, RESAMPLES))
    chunks = bootstrap.weights(rows, resamples, seed)
    return tuple(each.astype(np.float64) for each in chunks)


def _equal(one: "NDArray[Any] | None", other: "NDArray[Any] | None") -> bool:
    if one is None or other is None:
        return one is other
    return bool(np.array_equal(one, other))
