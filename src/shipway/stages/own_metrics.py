# SPDX-License-Identifier: Apache-2.0
"""`evaluate.functions`: metric functions of the project's own, asked in its environment.

They run in an export of the whole code set, since they need not belong to what trains the model;
and about all that metrics and gates will want to know, since nobody can ask again later: all rows,
each slice and group, and resamples of them (see `evaluation.own`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from shipway.base.errors import ShipwayError, StoppedError
from shipway.records.source import Source
from shipway.spec.evaluation import EvaluateSpec, OwnMetricSpec
from shipway.stages.answers import Asked
from shipway.stages.context import StageContext
from shipway.stages.predictions import OpenModel
from shipway.stages.stage import Parts, Scope
from shipway.stages.worker import call_worker
from shipway.stages.workspace import open_workspace
from shipway_runtime import formats, questions

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from shipway.evaluation.own import OwnPart, OwnValues
    from shipway.evaluation.slices import Slices

    Positions = NDArray[np.int64]

SECONDS = 30.0
RESAMPLES = 1000
KEYS = ("evaluate", "functions")


@dataclass(frozen=True)
class Rows:
    """What functions are asked about: the rows of the table `files`, and both models' answers.

    `target` and `weight` have a value for each row, as `slices` have.
    """

    files: formats.TableFiles
    target: Sequence[Any]
    challenger: Asked
    champion: Asked | None
    slices: "Slices"
    weight: "NDArray[np.float64] | None" = None


def function_depends(scope: Scope, spec: EvaluateSpec) -> Parts:
    """The code that metric functions may be in."""
    return {"code": scope.code(None, False)} if spec.functions else {}


def used_functions(spec: EvaluateSpec) -> dict[str, OwnMetricSpec]:
    """The functions that metrics or gates name; all of them where no metrics are named."""
    from shipway.evaluation.gate_parser import parse_gate

    named = {*spec.metrics, *(parse_gate(item.gate).metric for item in spec.gates)}
    if not spec.metrics:
        return dict(spec.functions)
    return {name: each for name, each in spec.functions.items() if name in named}


def ask_functions(
    ctx: StageContext, source: Source, model: OpenModel, rows: Rows
) -> "dict[str, OwnValues]":
    """What each function says, by its name in the spec.

    StoppedError with the project's own frames when one raises, or returns what is no number.
    """
    spec = ctx.spec.evaluate
    assert spec is not None  # noqa: S101 - checked by the plan
    functions = used_functions(spec)
    if not functions:
        return {}
    ctx.tell(f"asking {', '.join(functions)}")
    parts = dict(_parts(spec, functions, rows))
    asked, output = ctx.scratch / "metrics-asked", ctx.scratch / "metrics-answers"
    questions.write_asked(asked, _asked(model, rows, parts))
    request = questions.MetricsRequest(
        functions={name: each.function for name, each in functions.items()},
        asked=str(asked),
        output=str(output),
        result=str(ctx.scratch / "metrics-result.json"),
        data=rows.files,
        frame=model.info.frame,
        resamples=RESAMPLES,
        seconds=SECONDS,
    )
    _call(ctx, source, model, request)
    answers = questions.read_answers(output)
    return {name: _values(each, answers[name], parts, rows) for name, each in functions.items()}


def _call(
    ctx: StageContext, source: Source, model: OpenModel, request: questions.MetricsRequest
) -> None:
    where = ctx.document.where(*KEYS)
    with open_workspace(ctx, source, None, where=where) as space:
        request = request._replace(sys_path=space.import_folders(model.version.import_folder))
        env = space.command_env(model.environment)
        try:
            _, ended = call_worker(ctx, model.environment, request, space.folder, env=env)
        except ShipwayError as error:
            raise type(error)(error.what, where=error.where or where, cure=error.cure) from None
    if ended.cancelled:
        raise StoppedError("asking the project's own metrics was cancelled")


def _parts(
    spec: EvaluateSpec, functions: Mapping[str, object], rows: Rows
) -> "Iterator[tuple[str, Positions]]":
    """The sets of rows that gates and the report look at, besides all of them, by their names."""
    from shipway.evaluation.own import rows_key

    for mask in _masks(spec, functions, rows.slices):
        positions = mask.nonzero()[0]
        if 0 < len(positions) < len(mask):
            yield rows_key(positions), positions


def _masks(
    spec: EvaluateSpec, functions: Mapping[str, object], slices: "Slices"
) -> "Iterator[NDArray[np.bool_]]":
    from shipway.evaluation.gate_parser import parse_gate, slice_source
    from shipway.evaluation.gates import GateSlice
    from shipway.evaluation.slices import chosen

    for part in spec.slices:
        yield from slices.get(part.name or slice_source(part.where).source, {}).values()
    for item in spec.gates:
        gate = parse_gate(item.gate)
        if gate.metric not in functions:
            continue
        groups = tuple(GateSlice(column) for column in gate.columns)
        for wanted in (gate.slices, (*gate.slices, *groups)):
            if wanted:
                yield from chosen(wanted, slices).values()


def _asked(model: OpenModel, rows: Rows, parts: "Mapping[str, Positions]") -> questions.Asked:
    """All labels as the challenger writes them, so that functions may compare them."""
    classes = model.info.classes
    champion = rows.champion
    same = champion is None or champion.classes in ((), classes)
    scores = None if champion is None or not same else champion.answers.scores
    return questions.Asked(
        target=_as_labels(rows.target, classes),
        prediction=rows.challenger.answers.predictions,
        score=rows.challenger.answers.scores,
        champion_prediction=None
        if champion is None
        else _as_labels(champion.answers.predictions, classes),
        champion_score=scores,
        weight=None if rows.weight is None else rows.weight.tolist(),
        parts={key: positions.tolist() for key, positions in parts.items()},
    )


def _as_labels(values: Iterable[Any], classes: Sequence[Any]) -> list[Any]:
    """`values` as those of `classes` that they mean; what means none stays, as JSON takes it."""
    from shipway.evaluation.columns import class_text, find_class

    if not classes:
        return [_plain(value) for value in values]
    texts = {class_text(each): each for each in classes}
    known: dict[Any, Any] = {}
    found = []
    for value in values:
        if value not in known:
            text = find_class(class_text(value), tuple(texts)) if value is not None else None
            known[value] = _plain(value) if text is None else texts[text]
        found.append(known[value])
    return found


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def _values(
    spec: OwnMetricSpec, answer: questions.Answer, parts: Iterable[str], rows: Rows
) -> "OwnValues":
    import numpy as np

    from shipway.evaluation.own import OwnValues, rows_key

    positions = np.arange(len(rows.target), dtype=np.int64)
    why = "the champion gives no scores for it" if rows.champion else "there is no champion"
    if answer.rows is not None:
        champion = None if answer.champion_rows is None else np.array(answer.champion_rows)
        return OwnValues(spec.better, positions, np.array(answer.rows), champion, no_champion=why)
    named = {rows_key(positions): answer.parts[""], **{key: answer.parts[key] for key in parts}}
    found = {key: _part(part, why) for key, part in named.items()}
    return OwnValues(spec.better, positions, parts=found, no_champion=why)


def _part(part: questions.Part, no_champion: str) -> "OwnPart":
    import numpy as np

    from shipway.evaluation.own import FEWEST, OwnPart

    note = part.champion_note or ("" if part.champion is not None else no_champion)
    plain = OwnPart(part.value, part.note, part.champion, note)
    made = len(part.replicates)
    if part.value is None:
        return plain
    if made < FEWEST:
        return replace(plain, few=f"only {made} resamples could be made in {SECONDS:g} seconds")
    champion = np.array(part.champion_replicates) if len(part.champion_replicates) else None
    return replace(plain, replicates=np.array(part.replicates), champion_replicates=champion)
