# SPDX-License-Identifier: Apache-2.0
"""Asks a model: rows in, plain predictions out.

    predictor = load_predictor(Path("model"), trusted_types=(), sys_path=["code"])
    predictor.predict([{"amount": 12.5, "country": "DE"}])
    # Predictions(predictions=[0], scores=[0.0123])

Everything that asks a model goes this way (golden predictions, evaluation, the server), so all of
them give the same answer.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any, Mapping, Sequence

from shipway_runtime import formats, frames
from shipway_runtime.errors import UserError
from shipway_runtime.flavours import Answer, LoadedModel, Trust, flavour
from shipway_runtime.formats import ModelInfo, Predictions
from shipway_runtime.values import plain_list, plain_value


class Predictor:
    """A loaded model with its signature. Safe for many threads, as far as the model is."""

    def __init__(self, model: ModelInfo, loaded: LoadedModel) -> None:
        self.model = model
        self._loaded = loaded

    def predict(self, rows: Sequence[dict[str, Any]]) -> Predictions:
        """Predictions for rows as they come from JSON.

        RowError (a UserError) names the row and the feature that is missing or of a wrong type;
        keys that are no feature are ignored, null is a missing value.
        """
        if not rows:
            return Predictions([], [] if self.has_scores else None)
        table = frames.from_rows(rows, self.model.features, self.model.frame)
        return self._answer(table, len(rows))

    def predict_frame(self, frame: Any) -> Predictions:
        """Predictions for a pandas or polars DataFrame that has at least the model's columns."""
        table = frames.select(frame, self.model.features, self.model.frame)
        return self._answer(table, len(frame))

    def predict_columns(self, columns: Mapping[str, Any], rows: int) -> Predictions:
        """Predictions for `rows` rows of columns that were read by `shipway_runtime.columns`."""
        if not rows:
            return self.predict([])
        table = frames.from_columns(columns, self.model.features, self.model.frame, rows)
        return self._answer(table, rows)

    @property
    def has_scores(self) -> bool:
        """Whether there may be scores: only classifiers have them."""
        return self.model.task != "regression"

    def _answer(self, table: Any, rows: int) -> Predictions:
        answer = self._loaded.answer(table)
        labels, scores = self._read(answer)
        if len(labels) != rows or (scores is not None and len(scores) != rows):
            raise UserError("returned", f"the model gave {len(labels)} predictions for {rows} rows")
        if self.model.task == "binary" and scores is not None:
            labels = self._decide(labels, scores)
        return Predictions(labels, scores)

    def _read(self, answer: Answer) -> tuple[list[Any], list[Any] | None]:
        labels = plain_list(answer.labels)
        if self.model.task == "regression":
            return [_first(label) for label in labels], None
        if answer.probabilities is not None:
            return labels, self._scores(plain_list(answer.probabilities))
        if self.model.task == "binary" and _are_probabilities(labels):
            return [None] * len(labels), labels
        return labels, None

    def _scores(self, probabilities: list[Any]) -> list[Any]:
        if self.model.task != "binary" or not probabilities:
            return probabilities
        if not isinstance(probabilities[0], list):
            return probabilities
        classes = self._loaded.classes
        position = classes.index(self.model.positive) if self.model.positive in classes else -1
        return [row[position] for row in probabilities]

    def _decide(self, labels: list[Any], scores: list[Any]) -> list[Any]:
        """Labels by the threshold; by the model's own `predict` where the spec names none."""
        threshold = self.model.threshold
        if threshold is None and None not in labels:
            return labels
        limit = 0.5 if threshold is None else threshold
        positive = self.model.positive
        others = [label for label in self.model.classes if label != positive]
        negative = others[0] if others else 0
        return [positive if score is not None and score >= limit else negative for score in scores]


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _are_probabilities(labels: list[Any]) -> bool:
    """Fractions between 0 and 1, at least one of them no whole number."""
    if not all(isinstance(label, float) and 0 <= label <= 1 for label in labels):
        return False
    return any(label not in (0.0, 1.0) for label in labels)


def load_predictor(
    model_dir: Path,
    *,
    trusted_types: Sequence[str] = (),
    sys_path: Sequence[str] = (),
    allow_pickle: bool = False,
) -> Predictor:
    """The model in `model_dir`, ready to be asked.

    `sys_path` are the folders of the user's code, put before everything else. Raises UserError
    when a type is not trusted, a file is not what `model.json` says, or a module is missing, and
    FormatError when `model_dir` is no model directory.
    """
    extend_path(sys_path)
    info = formats.read_model(model_dir)
    _compare_files(model_dir, info)
    trust = Trust(tuple(trusted_types), allow_pickle)
    return Predictor(info, flavour(info.flavour).load(model_dir, info, trust))


def extend_path(sys_path: Sequence[str]) -> None:
    """Put the user's folders first and Shipway's third-party parts last on `sys.path`."""
    front = [folder for folder in dict.fromkeys(map(str, sys_path)) if folder]
    sys.path[:] = front + [folder for folder in sys.path if folder not in front]
    overlay = os.environ.get(formats.OVERLAY_VARIABLE)
    if overlay and overlay not in sys.path:
        sys.path.append(overlay)


def _compare_files(folder: Path, info: ModelInfo) -> None:
    found = formats.file_digests(folder)
    for name, digest in info.files.items():
        if found.get(name) != digest:
            state = "is missing" if name not in found else "was changed"
            raise UserError(
                "corrupted", f"{name} of the model {state}", "Get the model from the store again."
            )


def positive_class(classes: Sequence[Any], positive: str | None) -> Any:
    """The label that `model.positive` of the spec means; the last one when it names none.

    UserError when no label of the model is written like that.
    """
    from shipway_runtime.values import same_label

    if positive is None:
        return plain_value(classes[-1]) if classes else None
    for label in classes:
        if same_label(label, positive):
            return plain_value(label)
    if not classes:
        return positive
    known = ", ".join(repr(label) for label in classes)
    raise UserError(
        "positive",
        f"`model.positive` is {positive!r}, but the model knows the classes {known}",
        "Write one of them as `model.positive`.",
    )
