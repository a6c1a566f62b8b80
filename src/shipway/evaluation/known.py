# SPDX-License-Identifier: Apache-2.0
"""What a spec says around its gates: the names that may stand in them."""

from collections.abc import Mapping

import msgspec

from shipway.base.errors import InputError
from shipway.base.names import did_you_mean
from shipway.evaluation.cost import Costs, cost_problems, parse_costs
from shipway.evaluation.directions import Way, better_way
from shipway.evaluation.gates import Gate
from shipway.evaluation.metric_forms import FORMS
from shipway.evaluation.metrics import MetricKind, find
from shipway.spec.evaluation import EvaluateSpec, OwnMetricSpec
from shipway.spec.types import Task


class Known(msgspec.Struct, frozen=True):
    """The metrics and slices that gates may name.

    `may_report` says that the training reports metrics of its own, under names that are not known
    before it ran, `trains` that there is a training at all; `better` are directions that the spec
    declares, `functions` metrics of the project's own, `costs` what mistakes cost, and `conditions`
    the expressions that have a name.
    """

    task: Task
    may_report: bool = False
    better: Mapping[str, Way] = {}
    functions: Mapping[str, OwnMetricSpec] = {}
    costs: Costs | None = None
    conditions: Mapping[str, str] = {}
    trains: bool = True

    def metric(self, name: str) -> MetricKind | None:
        """The metric called `name`; None for one that only the training may report.

        InputError with the nearest name when there is none.
        """
        own = self.functions.get(name)
        if own is not None:
            words = f"what {own.function} says"
            return MetricKind(name, words, own.better, family="mean", base=name, key=name)
        try:
            return find(name, self.task, costs=self.costs)
        except InputError as error:
            base = name.partition("@")[0]
            if any(form.base == base for form in FORMS[self.task]):
                raise
            if self.may_report:
                return None
            cure = did_you_mean(base, {*(f.base for f in FORMS[self.task]), *self.functions})
            raise InputError(error.what, cure=cure) from None

    def way(self, gate: Gate) -> Way | None:
        """Which way the subject of `gate` is better; None when nobody knows or neither is."""
        if gate.form != "metric":
            return "lower" if gate.form in ("difference", "invariance") else "higher"
        kind = self.metric(gate.metric)
        return better_way(gate.metric, self.better) if kind is None else kind.better


def known_of(
    spec: EvaluateSpec,
    task: Task,
    *,
    may_report: bool = False,
    better: Mapping[str, Way] | None = None,
    trains: bool = True,
) -> Known:
    """What `spec` makes known; costs that are wrong are taken for given, and said elsewhere."""
    costs = Costs() if cost_problems(spec.cost, task) else parse_costs(spec.cost, task)
    conditions = {part.name: part.where for part in spec.slices if part.name}
    return Known(task, may_report, better or {}, spec.functions, costs, conditions, trains)
