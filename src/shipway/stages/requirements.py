# SPDX-License-Identifier: Apache-2.0
"""What a training must reach before anything else looks at it: `require: [loss <= 0.30]`."""

import math
import operator
import re
from collections.abc import Mapping

from shipway.base.errors import InputError, StoppedError
from shipway.base.names import did_you_mean
from shipway.spec.document import Document
from shipway.spec.types import TrainSpec

RULE = re.compile(r"\s*([A-Za-z_][\w.]*)\s*(<=|>=|<|>)\s*([-+]?[\d.]+(?:[eE][-+]?\d+)?)\s*")
COMPARE = {"<=": operator.le, ">=": operator.ge, "<": operator.lt, ">": operator.gt}


def check_finite(train: TrainSpec, reported: Mapping[str, float], document: Document) -> None:
    """Raise StoppedError for a metric that is NaN or infinite, unless `stop_if` leaves nan out."""
    for name, value in reported.items():
        if "nan" in train.stop_if and not math.isfinite(value):
            raise StoppedError(
                f"training reported {name} as {value}",
                where=document.where("train", "metrics"),
                cure="A model whose metrics are no numbers can't be judged.",
            )


def check_requirements(train: TrainSpec, reported: Mapping[str, float], document: Document) -> None:
    """Raise StoppedError for the first demand that the reported metrics do not meet."""
    for number, rule in enumerate(train.require):
        where = document.where("train", "require", number)
        found = RULE.fullmatch(rule)
        if found is None:
            raise InputError(
                f"can't read {rule!r}", where=where, cure="Write it as: validation_loss <= 0.30"
            )
        name, comparison, bound = found.groups()
        if name not in reported:
            raise StoppedError(
                f"{rule}: the training reported no {name!r}",
                where=where,
                cure=did_you_mean(name, reported) or "Report it by shipway_runtime.log(...).",
            )
        value = reported[name]
        if math.isnan(value) or not COMPARE[comparison](value, float(bound)):
            raise StoppedError(f"{rule}: {name} is {value:.6g}", where=where)
