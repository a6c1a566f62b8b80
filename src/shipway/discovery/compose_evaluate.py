# SPDX-License-Identifier: Apache-2.0
"""The `evaluate` part of a first spec: on which rows, which metrics, and why perhaps not yet.

No gate is invented: what a model must reach is for people to say. It stands as a comment.
"""

import re

import msgspec

from shipway.discovery.compose_metrics import Reported
from shipway.discovery.compose_notes import Notes
from shipway.discovery.compose_rows import TestRows
from shipway.discovery.compose_text import wrapped, write
from shipway.discovery.metrics import PERCENT
from shipway.discovery.tables_choice import TableChoice
from shipway.discovery.tables_target import Guess
from shipway.discovery.target_changes import TargetChange
from shipway.evaluation.directions import better_way
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
# Metrics between 0 and 1, of which a share of the way can be demanded without knowing the scale.
SHARES = re.compile(
    r"(balanced_)?accuracy|roc_auc|average_precision|(f1|precision|recall)(_(macro|weighted|micro))?"
)
STANDS = "what a model must reach; the first run shows where it stands"
LIVE = "no worse than the model that is live"


class Measured(msgspec.Struct, frozen=True):
    """What is measured: the target in its table, the rows, what the code made of the target, and
    whether the model gives scores."""

    guess: Guess
    choice: TableChoice
    rows: TestRows = TestRows()
    change: TargetChange | None = None
    scores: bool = True


def compose_evaluate(data: DataSpec, subject: Measured, notes: Notes) -> EvaluateSpec | None:
    """What is measured; None, with the reason, where predictions can't be held against rows."""
    if subject.rows.kind == "reported":
        return _as_reported(subject.rows.reported, notes)
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
    _suggest(GATES[metrics[0]], STANDS, notes)
    return evaluate


def _as_reported(reported: Reported, notes: Notes) -> EvaluateSpec:
    """The training's own numbers are judged: it knows which rows it did not see."""
    notes.on(
        "evaluate",
        "metrics",
        text="reported by the training, which sets test rows apart itself",
    )
    better = {name: way for name in reported.unseen if (way := better_way(name))}
    share = next((name for name in better if _reach(name)), None)
    if share is not None:
        _suggest(f"{share} >= {_reach(share)}", STANDS, notes)
    elif better:
        name, way = next(iter(better.items()))
        _suggest(f"{name} {'>=' if way == 'higher' else '<='} champion", LIVE, notes)
    else:
        name = reported.unseen[0]
        notes.after(
            "evaluate",
            lines=(f"For a gate, say which way {name} is better: train.metrics.better",),
        )
    return EvaluateSpec(metrics=reported.names)


def _reach(name: str) -> str:
    """What may be demanded of a metric whose scale is known; empty of any other."""
    if SHARES.fullmatch(name):
        return "0.80"
    if SHARES.fullmatch(name.removesuffix(PERCENT)):
        return "80"
    return "0.50" if name in ("r2", "explained_variance") else ""


def _suggest(gate: str, why: str, notes: Notes) -> None:
    notes.after("evaluate", lines=(f"gates: [{gate}]   # {why}",))


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
