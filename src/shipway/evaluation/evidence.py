# SPDX-License-Identifier: Apache-2.0
"""All that gates are judged by: what two models said about the same rows, and what else is so."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from shipway.base.errors import InputError
from shipway.evaluation.cost import Costs
from shipway.evaluation.measured import Measured, undefined
from shipway.evaluation.metric_forms import FORMS
from shipway.evaluation.metrics import MetricKind, find
from shipway.evaluation.own import OwnValues
from shipway.evaluation.pairs import Pair
from shipway.evaluation.predictions import Predictions
from shipway.evaluation.slices import Slices
from shipway.spec.types import Task

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOST_KEPT = 4_000_000
"""Rows of slices that are kept for the next gate or metric; beyond, they are taken anew."""


@dataclass(frozen=True)
class Evidence:
    """The evidence of one dataset, or (`part`) of a slice of it.

    `champion` holds its predictions for the same rows in the same order, None when there is none;
    `ever_live` says whether a release was ever live in the final environment. `slices` maps each
    source of slices to masks (see `slices`). `reported` holds values that the training script
    reported itself, used where a metric can't be measured; `samples` measurements that are not
    about rows of the dataset, each a vector: `predict_ms` (milliseconds of single calls),
    `model_mb` (one number). `behaviours` says for each row of the dataset how it answered a
    question about the model's behaviour: `invariance(gender)` how far the score moved,
    `increasing(amount)` 1 where it never fell and 0 elsewhere, NaN for rows that were not asked
    about (a sample was): only the others count. `unanswered` says of such a question why there is
    no answer, which fails its gates with that reason. `own` holds what metric functions of the
    project's own said, by name (see `own`), `costs` what mistakes cost. `no_champion_because` says
    why the live model's predictions could not be had. `min_slice` is the smallest number of rows of
    a slice that is judged, `seed` that of every resampling.
    """

    task: Task
    challenger: Predictions | None
    champion: Predictions | None = None
    slices: Slices = field(default_factory=dict)
    ever_live: bool = False
    reported: Mapping[str, float] = field(default_factory=dict)
    champion_reported: Mapping[str, float] = field(default_factory=dict)
    samples: "Mapping[str, NDArray[np.float64]]" = field(default_factory=dict)
    behaviours: "Mapping[str, NDArray[np.float64]]" = field(default_factory=dict)
    unanswered: Mapping[str, str] = field(default_factory=dict)
    own: Mapping[str, OwnValues] = field(default_factory=dict)
    costs: Costs | None = None
    no_champion_because: str = ""
    min_slice: int = 1
    seed: int = 0
    _parts: "dict[str, Evidence]" = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @property
    def rows(self) -> int:
        """How many rows the models answered."""
        return 0 if self.challenger is None else len(self.challenger)

    def within(self, rows: "NDArray[np.bool_]") -> "Evidence":
        """The evidence of a slice; reported values and samples are not about slices."""
        import numpy as np

        places = np.flatnonzero(rows)
        return replace(
            self,
            challenger=None if self.challenger is None else self.challenger.take(places),
            champion=None if self.champion is None else self.champion.take(places),
            reported={},
            champion_reported={},
            samples={},
            behaviours={name: values[places] for name, values in self.behaviours.items()},
            own={name: values.within(rows) for name, values in self.own.items()},
        )

    def part(self, name: str, rows: "NDArray[np.bool_]") -> "Evidence":
        """`within`, once for each slice: gates and report ask for the same ones."""
        if name not in self._parts:
            found = self.within(rows)
            if sum(each.rows for each in self._parts.values()) + found.rows > MOST_KEPT:
                self._parts.clear()
            self._parts[name] = found
        return self._parts[name]

    @cached_property
    def pair(self) -> Pair | None:
        """Both models; None where nobody answered any row."""
        if self.challenger is None:
            return None
        return Pair(self.task, self.challenger, self.champion, self.own, self.seed)

    def kind(self, name: str) -> MetricKind | None:
        """The metric called `name`; None for a name that only the training may report."""
        own = self.own.get(name)
        if own is not None:
            words = "what a function of the project's own says"
            return MetricKind(name, words, own.better, family="mean", base=name, key=name)
        try:
            return find(name, self.task, costs=self.costs)
        except InputError:
            return None

    def value(self, name: str, *, champion: bool = False) -> Measured:
        """A metric of one of the models: measured where it can be, else as it was reported."""
        kind = self.kind(name)
        pair = self.pair
        answered = self.champion if champion else self.challenger
        if kind is not None and kind.needs == "champion":
            answered = self.challenger
        if (
            kind is not None
            and kind.needs != "sample"
            and pair is not None
            and answered is not None
        ):
            return pair.measured(kind, champion=champion)
        reported = self.champion_reported if champion else self.reported
        if name not in reported:
            return undefined(self._missing(name))
        value = float(reported[name])
        if value != value:
            return undefined("the training script reported NaN")
        return Measured(value)

    def _missing(self, name: str) -> str:
        """Why there is no value: what is wrong with the name, where it is that of a metric."""
        try:
            find(name, self.task, costs=self.costs)
        except InputError as error:
            if any(name.startswith(form.base) for form in FORMS[self.task]):
                return error.what
        return "it was neither measured nor reported"
