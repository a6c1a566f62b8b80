# SPDX-License-Identifier: Apache-2.0
"""The `train` part of a first spec: the entry shape that fits how the repository trains.

A function that returns an estimator is called; anything else is a command (or a notebook) whose
model files are taken over. A training whose model is never saved gets advice instead.
"""

from shipway.discovery.compose_by_command import RENAMES, CommandTraining
from shipway.discovery.compose_notes import Notes
from shipway.discovery.compose_rows import TrainPart, rows_of_function
from shipway.discovery.findings import FittedEstimator, ModelFile, RepositoryFindings
from shipway.discovery.running import EntryPoint, Parameter
from shipway.discovery.tables_choice import TableChoice
from shipway.spec.types import Task, TrainSpec

DATASETS = ("train", "validation", "all")
PATHS = ("path", "file", "filename", "csv", "filepath")
WITHOUT_SCORES = ("LinearSVC", "RidgeClassifier", "Perceptron", "SVC", "NuSVC", "NearestCentroid")


def compose_train(
    entry: EntryPoint | None,
    findings: RepositoryFindings,
    choice: TableChoice,
    task: Task,
    notes: Notes,
) -> TrainPart:
    """The entry shape for `entry`, whose model does a `task`."""
    if entry is None:
        return TrainPart(advice=no_entry(findings, notes))
    notes.guessed(f"training: {spoken(entry)} ({entry.why})")
    hazards = findings.of(entry, findings.hazards)
    for hazard in hazards:
        if hazard.kind != RENAMES:
            notes.unknown(f"{hazard.at}: {hazard.what}. {hazard.cure}")
    estimators = findings.of(entry, findings.estimators)
    scores = _gives_scores(estimators, findings.of(entry, findings.models))
    if entry.kind == "function":
        part = _by_function(entry, choice, scores, notes)
    else:
        part = CommandTraining(entry, findings, choice, task, notes).part(scores=scores)
    for hazard in hazards:
        # A predict function of the project's own renames them too.
        if hazard.kind == RENAMES and part.spec is not None and not part.spec.predict:
            notes.unknown(f"{hazard.at}: {hazard.what}. {hazard.cure}")
            notes.on("train", text=f"{hazard.at}: {hazard.what}. {hazard.cure}")
    return part


def spoken(entry: EntryPoint) -> str:
    """An entry point in words."""
    if entry.kind == "function":
        return f"the function {entry.function}"
    if entry.notebook:
        return f"the notebook {entry.notebook}"
    return entry.command + (f" in {entry.folder}/" if entry.folder != "." else "")


def no_entry(findings: RepositoryFindings, notes: Notes) -> tuple[str, ...]:
    """What to say where nothing trains."""
    notes.unknown("nothing here seems to train a model: no fit, no script, no function")
    return (
        "Name what trains the model, for instance:",
        "train: {function: package.module:function}   # gets the table `train`, returns the model",
        "train: {command: python train.py, model: model.joblib, allow_pickle: true}",
    )


def _gives_scores(estimators: tuple[FittedEstimator, ...], models: tuple[ModelFile, ...]) -> bool:
    names = [each.estimator for each in estimators] + [each.subject for each in models]
    return not any(name.split("(")[0].split(".")[-1] in WITHOUT_SCORES for name in names if name)


def _by_function(entry: EntryPoint, choice: TableChoice, scores: bool, notes: Notes) -> TrainPart:
    params: dict[str, object] = {}
    for parameter in entry.parameters:
        if parameter.name in DATASETS or parameter.default is not None:
            continue
        if parameter.data or _is_path(parameter):
            params |= _data_parameter(entry, parameter, choice, notes)
        else:
            notes.unknown(f"{entry.function} needs {parameter.name}: add it under train.params")
            notes.on("train", "function", text=f"needs {parameter.name} under params")
    spec = TrainSpec(function=entry.function, params=params, folder=entry.folder or ".")
    rows = rows_of_function(choice, handed=not params)
    return TrainPart(spec, scores=scores, rows=rows)


def _is_path(parameter: Parameter) -> bool:
    return any(part in PATHS for part in parameter.name.lower().split("_"))


def _data_parameter(
    entry: EntryPoint, parameter: Parameter, choice: TableChoice, notes: Notes
) -> dict[str, object]:
    """A parameter that wants the table under a name of its own."""
    if _is_path(parameter) and choice.path:
        notes.guessed(f"{parameter.name} of {entry.function} is the path of the table")
        return {parameter.name: choice.path}
    # A function that names no dataset gets the training table as its first argument.
    notes.guessed(f"{parameter.name} of {entry.function} is the training table")
    return {}
