# SPDX-License-Identifier: Apache-2.0
"""The metrics that the user's training reported, from wherever `train.metrics` says they are."""

from collections.abc import Mapping

import msgspec

from shipway.base.errors import InputError
from shipway.spec.types import TrainSpec
from shipway.stages.training import Training


def metric_files(spec: TrainSpec) -> list[str]:
    """Files that the training writes for its metrics: outputs, never inputs."""
    return [spec.metrics.json] if spec.metrics is not None and spec.metrics.json else []


def reported_metrics(job: Training) -> dict[str, float]:
    """Metrics from the JSON file that the command wrote, renamed by `map`."""
    source = job.spec.metrics
    if source is None or source.json is None:
        return {}
    where = job.ctx.document.where("train", "metrics", "json")
    path = job.space.written([source.json], where=where)[0]
    try:
        value = msgspec.json.decode(path.read_bytes())
    except msgspec.DecodeError as error:
        raise InputError(f"{source.json} is not JSON: {error}", where=where) from None
    numbers = _flat(value)
    if source.map:
        return {ours: _number(numbers, theirs, where) for ours, theirs in source.map.items()}
    return numbers


def _flat(value: object, prefix: str = "") -> dict[str, float]:
    """Numbers in nested mappings, by their dotted path."""
    if isinstance(value, dict):
        found: dict[str, float] = {}
        for name, item in value.items():
            found |= _flat(item, f"{prefix}.{name}" if prefix else str(name))
        return found
    if isinstance(value, int | float) and not isinstance(value, bool):
        return {prefix: float(value)}
    return {}


def _number(numbers: Mapping[str, float], name: str, where: str) -> float:
    if name not in numbers:
        known = ", ".join(sorted(numbers)) or "none"
        raise InputError(
            f"the metrics file has no number {name!r}", where=where, cure=f"It has: {known}."
        )
    return numbers[name]
