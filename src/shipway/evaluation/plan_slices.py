# SPDX-License-Identifier: Apache-2.0
"""What can be wrong with slices: those under `evaluate.slices` and those in gates."""

from collections.abc import Iterator, Mapping
from functools import partial

from shipway.evaluation.gate_parser import slice_source
from shipway.evaluation.gates import Gate, GateSlice
from shipway.evaluation.problem import Problem, caught
from shipway.spec.document import KeyPath
from shipway.spec.evaluation import EvaluateSpec
from shipway.spec.expressions import columns as columns_of
from shipway.spec.expressions import parse
from shipway.spec.types import DataSpec, ModelSpec

SHOWS = "its values would stand in the report as the names of slices"
HIDE = "Slice by conditions with names instead: {name: …, where: …}."


def slice_problems(
    spec: EvaluateSpec, gates: Mapping[int, Gate], model: ModelSpec | None, data: DataSpec | None
) -> Iterator[Problem]:
    """Slices that can't be read, stand twice, have a name that means two things, or would show
    what is sensitive."""
    yield from _listed(spec)
    yield from _names(spec, _columns(spec, gates, model, data))
    hidden = {name for name, column in data.columns.items() if column.sensitive} if data else set()
    for keys, column in _grouping_columns(spec, gates):
        if column in hidden:
            yield Problem(keys, f"{column} is sensitive, but {SHOWS}", HIDE)


def _listed(spec: EvaluateSpec) -> Iterator[Problem]:
    seen: set[str] = set()
    for number, part in enumerate(spec.slices):
        keys = ("evaluate", "slices", number)
        unread = caught(keys, partial(slice_source, part.where))
        yield from unread
        if unread:
            continue
        source = slice_source(part.where)
        if source.source in seen:
            yield Problem(keys, f"{source.source} stands here twice", "Remove one of them.")
        seen.add(source.source)
        if part.name and not source.expression:
            yield Problem(
                (*keys, "name"),
                f"{part.name!r} names a column, not a condition",
                f"Remove the name, or write a condition: {part.where} == …",
            )


def _names(spec: EvaluateSpec, columns: set[str]) -> Iterator[Problem]:
    seen: set[str] = set()
    for number, part in enumerate(spec.slices):
        keys = ("evaluate", "slices", number, "name")
        if part.name and part.name in seen:
            yield Problem(keys, f"two slices are named {part.name!r}", "Rename one of them.")
        elif part.name in columns:
            yield Problem(keys, f"{part.name!r} is the name of a column too", "Take another name.")
        seen.add(part.name)


def _columns(
    spec: EvaluateSpec, gates: Mapping[int, Gate], model: ModelSpec | None, data: DataSpec | None
) -> set[str]:
    """Every column that the spec speaks of."""
    found: set[str] = set()
    if model is not None:
        found.add(model.target)
    if data is not None:
        found |= {*data.columns, *data.ignore, *filter(None, (data.id, data.time))}
    for part in spec.slices:
        if not caught((), partial(parse, part.where)):
            found |= set(columns_of(parse(part.where)))
    for gate in gates.values():
        found |= set(gate.columns)
        for each in gate.slices:
            if each.expression:
                found |= set(columns_of(parse(each.source)))
            elif not each.named:
                found.add(each.source)
    return found


def _grouping_columns(
    spec: EvaluateSpec, gates: Mapping[int, Gate]
) -> Iterator[tuple[KeyPath, str]]:
    """Each column whose values become names of slices, with its place."""
    for number, part in enumerate(spec.slices):
        if not caught((), partial(slice_source, part.where)):
            source = slice_source(part.where)
            if not source.expression:
                yield ("evaluate", "slices", number), source.source
    for number, gate in gates.items():
        each = [part.source for part in gate.slices if _is_grouping(part)]
        compared = gate.columns if gate.form in ("difference", "ratio") else ()
        for column in (*each, *compared):
            yield ("evaluate", "gates", number), column


def _is_grouping(part: GateSlice) -> bool:
    return part.value is None and not part.expression and not part.named
