# SPDX-License-Identifier: Apache-2.0
"""Training by a command or a notebook: its files, its metrics, the rows that it is judged by.

A script that fits a model and forgets to save it is run by a command that saves it afterwards.
"""

import posixpath

import msgspec

from shipway.discovery.compose_command import CommandLine, model_paths, needed_inputs
from shipway.discovery.compose_metrics import compose_metrics
from shipway.discovery.compose_notes import Notes
from shipway.discovery.compose_rows import TrainPart, choose_rows
from shipway.discovery.findings import FittedEstimator, ModelFile, RepositoryFindings
from shipway.discovery.running import EntryPoint, PredictionCode
from shipway.discovery.tables_choice import TableChoice
from shipway.spec.types import Task, TrainSpec

SAVED = "model.pkl"
LIBRARIES = ("sklearn", "scikit-learn", "xgboost", "lightgbm", "")
RENAMES = "renames columns"
PICKLES = "the training writes pickles; loading one runs the code in it"


class CommandTraining:
    """Composes the `train` part of one entry point that is no function."""

    def __init__(
        self,
        entry: EntryPoint,
        findings: RepositoryFindings,
        choice: TableChoice,
        task: Task,
        notes: Notes,
    ) -> None:
        self.entry = entry
        self.findings = findings
        self.choice = choice
        self.task = task
        self.notes = notes
        self.models = findings.of(entry, findings.models) or findings.models
        self.line = CommandLine(entry, findings, choice, notes)

    def part(self, *, scores: bool) -> TrainPart:
        """The whole of it; advice instead of a spec where the model is lost."""
        entry = self.entry
        files = model_paths(self.models, entry.folder) or entry.outputs
        kept = None if files else _kept(entry, self.findings)
        if not files and kept is None:
            return TrainPart(advice=unsaved(entry, self.findings, self.notes), scores=scores)
        reports = self.findings.of(entry, self.findings.metrics)
        reported = compose_metrics(reports, entry.folder, self.task, self.notes)
        rows = choose_rows(
            entry,
            self.findings,
            self.choice,
            reported,
            handed=self.line.is_handed(),
            notes=self.notes,
        )
        self.line.split = rows.kind == "split"
        spec = self._saved_for_it(kept) if kept is not None else self._saving(files)
        spec = msgspec.structs.replace(
            spec,
            folder=entry.folder or ".",
            env=self.line.variables(),
            inputs=needed_inputs(self.findings.of(entry, self.findings.data), self.choice),
            metrics=reported.source,
        )
        return TrainPart(spec, scores=scores and not spec.predict, rows=rows)

    def _saving(self, files: tuple[str, ...]) -> TrainSpec:
        """A command or notebook that writes its model."""
        entry, models, notes = self.entry, self.models, self.notes
        command = self.line.text() if entry.command else ""
        predict = _predict(entry, self.findings, models, files, notes)
        pickle = any(model.pickle for model in models)
        if pickle:
            notes.on("train", "allow_pickle", text=PICKLES)
        tracked = dict.fromkeys(model.path for model in models if model.git == "tracked")
        if tracked:
            notes.found(f"{', '.join(tracked)} in Git stays as it is: runs write a copy")
        return TrainSpec(
            command=(command,) if command else (),
            notebook=entry.notebook or None,
            model=_as_folder(entry, self.findings, files, predict),
            predict=predict,
            allow_pickle=pickle,
        )

    def _saved_for_it(self, kept: FittedEstimator) -> TrainSpec:
        """A command that runs the script and then saves what the script forgets."""
        entry, notes = self.entry, self.notes
        script = posixpath.relpath(entry.at.path, entry.folder or ".")
        saves = (
            "import pickle, runpy; "
            f"ran = runpy.run_path('{script}', run_name='__main__'); "
            f"pickle.dump(ran['{kept.name}'], open('{SAVED}', 'wb'))"
        )
        text = f"{kept.at}: {kept.name} is fitted and never saved"
        notes.on(
            "train",
            "command",
            text=f"{text}, so this runs {script} and saves it. Once {script} ends with "
            f'joblib.dump({kept.name}, "model.joblib"), write command: python {script} and '
            "model: model.joblib",
        )
        notes.on("train", "allow_pickle", text=PICKLES)
        notes.guessed(f"{text}; the command in train runs the script and saves {kept.name}")
        folder = entry.folder or "."
        return TrainSpec(
            command=(f'python -c "{saves}"',),
            model=(posixpath.normpath(posixpath.join(folder, SAVED)),),
            allow_pickle=True,
        )


def _kept(entry: EntryPoint, findings: RepositoryFindings) -> FittedEstimator | None:
    """A fitted estimator that the script keeps under a name until it ends."""
    found = findings.of(entry, findings.estimators)
    script = entry.kind in ("script", "folder script") and not entry.flags and not entry.arguments
    kept = [each for each in found if each.kind == "global" and each.at.path == entry.at.path]
    return kept[-1] if script and kept else None


def _predict(
    entry: EntryPoint,
    findings: RepositoryFindings,
    models: tuple[ModelFile, ...],
    files: tuple[str, ...],
    notes: Notes,
) -> str | None:
    """The project's own predict, where the files alone don't say how."""
    alone = len(files) == 1 and models and models[0].pickle and models[0].flavour in LIBRARIES
    # A model that knows other columns than the table has can't be asked without the code for it.
    renamed = any(one.kind == RENAMES for one in findings.of(entry, findings.hazards))
    if alone and models[0].fitted and not renamed:
        return None
    likely = [code for code in findings.predictions if _reads(code, files)]
    likely = likely or ([] if alone and not renamed else list(findings.predictions))
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
