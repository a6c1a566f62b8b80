# SPDX-License-Identifier: Apache-2.0
"""The `evaluate` part of a first spec: on which rows, which metrics, and why perhaps not yet.

No gate is invented: what a model must reach is for people to say. It stands as a comment.
"""

import msgspec

from shipway.discovery.compose_notes import Notes
from shipway.discovery.compose_text import wrapped, write
from shipway.discovery.tables_choice import TableChoice
from shipway.discovery.tables_target import Guess
from shipway.discovery.target_changes import TargetChange
from shipway.spec.types import DataSpec, DeploySpec, EvaluateSpec, Spec, Task

METRICS: dict[Task, tuple[str, ...]] = {
    "binary": ("roc_auc", "average_precision", "recall", "precision"),
    "multiclass": ("accuracy", "balanced_accuracy", "f1_macro"),
    "regression": ("mae", "rmse", "r2"),
}
LABEL_METRICS = ("accuracy", "recall", "precision", "f1")
GATES: dict[str, str] = {
    "roc_auc": "roc_auc >= 0.80",
    "accuracy": "accuracy >= 0.80",
    "mae": "r2 >= 0.50",
}


class Measured(msgspec.Struct, frozen=True):
    """What is measured: the target in its table, what the code made of it, and whether the model
    gives scores."""

    guess: Guess
    choice: TableChoice
    change: TargetChange | None = None
    scores: bool = True


def compose_evaluate(data: DataSpec, subject: Measured, notes: Notes) -> EvaluateSpec | None:
    """What is measured; None, with the reason, where predictions can't be held against rows."""
    task = subject.guess.task
    metrics = METRICS[task]
    if task == "binary" and not subject.scores:
        metrics = LABEL_METRICS
    evaluate = EvaluateSpec(dataset=_dataset(data), metrics=metrics)
    why = _hindrance(subject)
    if why:
        notes.unknown(f"nothing is evaluated or deployed yet: {why}")
        notes.after(lines=_left_out(evaluate, why))
        return None
    if evaluate.dataset != "test":
        text = "the training saw these rows: a file of rows that it does not see tells more"
        notes.on("evaluate", "dataset", text=text)
        notes.unknown("no rows are set apart: the evaluation asks about rows that training saw")
    change = subject.change
    if change is not None:
        text = f"{change.at} trains on {change.text}, so measured errors mix two scales"
        text += ": name a function that turns predictions back, train: {predict: module:function}"
        notes.on("evaluate", text=text)
        notes.unknown(text)
    line = f"gates: [{GATES[metrics[0]]}]   # what a model must reach; the first run shows where"
    notes.after("evaluate", lines=(f"{line} it stands",))
    return evaluate


def _dataset(data: DataSpec) -> str:
    if data.test is not None or data.split is not None:
        return "test"
    return "train" if data.train is not None else "all"


def _hindrance(subject: Measured) -> str:
    """Why predictions and the rows of the table can't be compared; empty when they can."""
    target, table, change = subject.guess.target, subject.choice.finding, subject.change
    missing = table.column(target).missing if table is not None else 0
    if missing:
        was = "row has" if missing == 1 else "rows have"
        return (
            f"{missing:,} {was} no {target}, and an evaluation needs it in each row: "
            "leave them out of a file that `data: {test: FILE}` names"
        )
    if change is not None and change.kind == "classes":
        return (
            f"{change.at} trains on {change.text}, so the model's answers are not the values of "
            f"{target}: name a function that gives those, train: {{predict: module:function}}"
        )
    return ""


def _left_out(evaluate: EvaluateSpec, why: str) -> tuple[str, ...]:
    """The parts that a hindrance keeps out of the file, to be uncommented later."""
    spec = Spec(1, "x", evaluate=evaluate, deploy={"production": DeploySpec(target="local")})
    text = write(spec).split("\n", 2)[2].rstrip()
    return ("Not evaluated, so not deployed, for now:", *wrapped(why), *text.splitlines())
