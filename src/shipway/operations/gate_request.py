# SPDX-License-Identifier: Apache-2.0
"""What `shipway gate` is asked: files, columns, and how they are to be understood."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from shipway.base.errors import InputError
from shipway.operations.fetched import Place
from shipway.spec.types import Task

if TYPE_CHECKING:
    from shipway.data.layout import Layout


@dataclass(frozen=True)
class GateRequest:
    """What to decide: files, columns, and the gates' file.

    `score` is the column of the positive class's probability, or of several classes what their
    columns have in common (`p` or `p_{class}`: p_cat, p_dog); `prediction` the column of the
    predicted label or value. At least one is given. With `threshold` a row is predicted positive
    from that score on; of several classes the one with the highest score is predicted where no
    column says another. `key` pairs the rows of a champion's file; without it they pair by
    position. `weights` is a column with a weight for each row. `task` is found from the rest when
    it is not given. `dialect` says how text files are written, where they do not.
    """

    predictions: Place
    gates: Path
    target: str
    score: str | None = None
    prediction: str | None = None
    champion: Place | None = None
    key: str | None = None
    positive: str | None = None
    threshold: float | None = None
    weights: str | None = None
    task: Task | None = None
    dialect: "Layout | None" = None


def refuse_unclear(request: GateRequest) -> None:
    """InputError for options that do not go together."""
    if request.score is None and request.prediction is None:
        raise InputError(
            "which column holds the predictions?", cure="Give --score, --prediction or both."
        )
    threshold = request.threshold
    if threshold is not None and (request.score is None or request.prediction is not None):
        raise InputError(
            "a threshold makes labels of scores",
            cure="Give --threshold with --score, and without --prediction.",
        )
    if threshold is not None and not 0 <= threshold <= 1:
        raise InputError(
            f"--threshold {threshold:g}: scores lie between 0 and 1", cure="Give one of them."
        )
    parts = {"--score": request.score, "--prediction": request.prediction}
    parts |= {"--weights": request.weights, "--key": request.key}
    for option, column in parts.items():
        if column == request.target:
            raise InputError(
                f"{option} and --target name the same column, {column!r}",
                cure="The target is the truth; name another column.",
            )
