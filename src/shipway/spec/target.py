# SPDX-License-Identifier: Apache-2.0
"""Demands on the target and the features know from the model which column is predicted."""

import msgspec

from shipway.spec.demands import TargetSpec
from shipway.spec.types import DataSpec, ModelSpec


def with_target(data: DataSpec, model: ModelSpec | None) -> DataSpec:
    """`data`, whose `target` says column and positive class where a demand asks for them."""
    if model is None or (data.target is None and data.features is None):
        return data
    target = data.target or TargetSpec()
    known = msgspec.structs.replace(
        target,
        column=target.column or model.target,
        positive=model.positive if target.positive is None else target.positive,
    )
    return msgspec.structs.replace(data, target=known)
