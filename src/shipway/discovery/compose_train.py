# SPDX-License-Identifier: Apache-2.0
"""The `train` part of a first spec: the entry shape that fits how the repository trains.

A function that returns an estimator is called; anything else is a command (or a notebook) whose
model files are taken over. A training whose model is never saved gets advice instead.
"""

import posixpath

import msgspec

from shipway.discovery.compose_command import CommandLine, model_paths, needed_inputs
from shipway.discovery.compose_metrics import compose_metrics
from shipway.discovery.compose_notes import Notes
from shipway.discovery.findings import FittedEstimator, ModelFile, RepositoryFindings
from shipway.discovery.running import EntryPoint, Parameter, PredictionCode
from shipway.discovery.tables_choice import TableChoice
from shipway.spec.types import TrainSpec

DATASETS = ("train", "validation", "all")
PATHS = ("path", "file", "filename", "csv", "filepath")
SAVED = "model.pkl"
LIBRARIES = ("sklearn", "scikit-learn", "xgboost", "lightgbm", "")
WITHOUT_SCORES = ("LinearSVC", "RidgeClassifier", "Perceptron", "SVC", "NuSVC", "NearestCentroid")


class TrainPart(msgspec.Struct, frozen=True):
    """How training goes; `spec` is None when it can't be said yet, and `advice` says what to do.

    `scores` is false when the model is known to give labels only.
    """

    spec: TrainSpec | None = None
    advice: tuple[str, ...] = ()
    scores: bool = True


def compose_train(
    entry: EntryPoint | None,
    findings: RepositoryFindings,
    choice: TableChoice,
    notes: Notes,
) -> TrainPart:
    """The entry shape for `entry`."""
    if entry is None:
        return TrainPart(advice=no_entry(findings, notes))
    notes.guessed(f"training: {spoken(entry)} ({entry.why})")
    for hazard in findings.of(entry, findings.hazards):
        notes.unknown(f"{hazard.at}: {hazard.what}. {hazard.cure}")
    estimators = findings.of(entry, findings.estimators)
    scores = _gives_scores(estimators, findings.of(entry, findings.models))
    if entry.kind == "function":
        return TrainPart(_by_function(entry, choice, notes), scores=scores)
    return _by_command(entry, findings, choice, notes, scores=scores)


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


def _by_function(entry: EntryPoint, choice: TableChoice, notes: Notes) -> TrainSpec:
    params: dict[str, object] = {}
    for parameter in entry.parameters:
        if parameter.name in DATASETS or parameter.default is not None:
            continue
        if parameter.data or _is_path(parameter):
            params |= _data_parameter(entry, parameter, choice, notes)
        else:
            notes.unknown(f"{entry.function} needs {parameter.name}: add it under train.params")
            notes.on("train", "function", text=f"needs {parameter.name} under params")
    return TrainSpec(function=entry.function, params=params, folder=entry.folder or ".")


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


def _by_command(
    entry: EntryPoint,
    findings: RepositoryFindings,
    choice: TableChoice,
    notes: Notes,
    *,
    scores: bool,
) -> TrainPart:
    models = findings.of(entry, findings.models) or findings.models
    line = CommandLine(entry, findings, choice, notes)
    command = line.text() if entry.command else ""
    files = model_paths(models, entry.folder) or entry.outputs
    kept = None if files else _kept(entry, findings)
    if kept is not None:
        return TrainPart(_saved_for_it(entry, kept, line, findings, notes), scores=scores)
    if not files:
        return TrainPart(advice=unsaved(entry, findings, notes), scores=scores)
    predict = _predict(entry, findings, models, files, notes)
    files = _as_folder(entry, findings, files, predict)
    read = findings.of(entry, findings.data)
    metrics = compose_metrics(findings.of(entry, findings.metrics), entry.folder, notes)
    pickle = any(model.pickle for model in models)
    if pickle:
        text = "the training writes pickles; loading one runs the code in it"
        notes.on("train", "allow_pickle", text=text)
    tracked = [model.path for model in models if model.git == "tracked"]
    if tracked:
        notes.found(f"{', '.join(dict.fromkeys(tracked))} in Git stays as it is: runs write a copy")
    spec = TrainSpec(
        command=(command,) if command else (),
        notebook=entry.notebook or None,
        folder=entry.folder or ".",
        env=line.variables(),
        inputs=needed_inputs(read, choice),
        model=files,
        predict=predict,
        metrics=metrics,
        allow_pickle=pickle,
    )
    return TrainPart(spec, scores=scores and not predict)


def _kept(entry: EntryPoint, findings: RepositoryFindings) -> FittedEstimator | None:
    """A fitted estimator that the script keeps under a name until it ends."""
    found = findings.of(entry, findings.estimators)
    script = entry.kind in ("script", "folder script") and not entry.flags and not entry.arguments
    kept = [each for each in found if each.kind == "global" and each.at.path == entry.at.path]
    return kept[-1] if script and kept else None


def _saved_for_it(
    entry: EntryPoint,
    kept: FittedEstimator,
    line: CommandLine,
    findings: RepositoryFindings,
    notes: Notes,
) -> TrainSpec:
    """A command that runs the script and then saves what the script forgets."""
    script = posixpath.relpath(entry.at.path, entry.folder or ".")
    run = f"runpy.run_path('{script}', run_name='__main__')['{kept.name}']"
    saves = f"import pickle, runpy; pickle.dump({run}, open('{SAVED}', 'wb'))"
    text = f"{kept.at}: {kept.name} is fitted and never saved"
    notes.on("train", "command", text=f"{text}, so this runs the script and saves it")
    notes.guessed(f"{text}; the command in train runs the script and saves {kept.name}")
    return TrainSpec(
        command=(f'python -c "{saves}"',),
        folder=entry.folder or ".",
        env=line.variables(),
        inputs=needed_inputs(findings.of(entry, findings.data), line.choice),
        model=(posixpath.normpath(posixpath.join(entry.folder or ".", SAVED)),),
        metrics=compose_metrics(findings.of(entry, findings.metrics), entry.folder, notes),
        allow_pickle=True,
    )


def _predict(
    entry: EntryPoint,
    findings: RepositoryFindings,
    models: tuple[ModelFile, ...],
    files: tuple[str, ...],
    notes: Notes,
) -> str | None:
    """The project's own predict, where the files alone don't say how."""
    alone = len(files) == 1 and models and models[0].pickle and models[0].flavour in LIBRARIES
    if alone and models[0].fitted:
        return None
    likely = [code for code in findings.predictions if _reads(code, files)]
    likely = likely or ([] if alone else list(findings.predictions))
    if likely:
        best = likely[0]
        notes.guessed(f"predictions: {best.entry} ({best.at}: {best.why})")
        return best.entry
    if not alone:
        text = "how to predict with these files: name a function, predict: module:function"
        notes.unknown(f"{', '.join(files)}: {text} (rows in, predictions out)")
        notes.on("train", "model", text=text)
    return None


def _as_folder(
    entry: EntryPoint, findings: RepositoryFindings, files: tuple[str, ...], predict: str | None
) -> tuple[str, ...]:
    """The folder of the files, where a class loads all of them from one of their own."""
    code = next((each for each in findings.predictions if each.entry == predict), None)
    parents = {posixpath.dirname(path) for path in files}
    if code is None or not code.load or len(files) < 2 or len(parents) != 1:
        return files
    parent = parents.pop()
    return files if parent in ("", ".", entry.folder) else (f"{parent}/",)


def _reads(code: PredictionCode, files: tuple[str, ...]) -> bool:
    names = {path.rsplit("/", 1)[-1] for path in files}
    return any(path.rsplit("/", 1)[-1] in names for path in code.reads)


def unsaved(entry: EntryPoint, findings: RepositoryFindings, notes: Notes) -> tuple[str, ...]:
    """Advice for a training whose model is lost when it ends."""
    estimators = findings.of(entry, findings.estimators)
    name = estimators[0].name if estimators else "model"
    place = estimators[0].at if estimators else entry.at
    notes.unknown(f"{place}: {name} is fitted but never saved, so there is nothing to deploy")
    return (
        f"{place} fits {name} and never saves it. Either save it at the end,",
        f'    import joblib; joblib.dump({name}, "model.joblib")',
        "or let a function return it. Then one of",
        f"train: {{command: {entry.command}, model: model.joblib, allow_pickle: true}}",
        "train: {function: module:function}",
    )
