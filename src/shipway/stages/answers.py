# SPDX-License-Identifier: Apache-2.0
"""What a model said, brought into the form that it is judged in.

A model may know other classes than the target has today, give no prediction for some rows, or
scores of a wrong shape. None of that is an error here: a row without a usable prediction counts as
predicted wrongly, and what is left out is said in a note.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from shipway.spec.types import ModelSpec
from shipway_runtime.formats import ModelInfo
from shipway_runtime.formats import Predictions as Answers

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from shipway.evaluation.predictions import Predictions

NO_PREDICTION = "(no prediction)"


@dataclass(frozen=True)
class Asked:
    """What a model said about each row, and what `model.json` says about its answers.

    `classes` are in the order of the scores' columns; `positive` is the class that a binary score
    is about. `task` and `target` are empty where they are not known (predictions in a file).
    """

    answers: Answers
    classes: tuple[Any, ...] = ()
    positive: Any = None
    task: str = ""
    target: str = ""


@dataclass(frozen=True)
class Truth:
    """The target's column as an array, the columns that go with it, and the classes to judge in.

    `classes` are those of the challenger (several classes; empty otherwise), `weight` the weight of
    each row.
    """

    target: Any
    classes: tuple[Any, ...] = ()
    weight: "NDArray[np.float64] | None" = None


def asked_of(answers: Answers, info: ModelInfo) -> Asked:
    """The answers of a model with that `model.json`."""
    return Asked(answers, info.classes, info.positive, info.task, info.target)


def usable(spec: ModelSpec, asked: Asked) -> tuple[Asked, tuple[str, ...]]:
    """The answers without what can't be judged, and what was wrong with it.

    Scores that are not one number a row (binary) or one for each class (several classes) are left
    out, so that gates on them fail for want of scores.
    """
    labels, scores = asked.answers
    notes = []
    missing = sum(label is None for label in labels)
    if missing and spec.task != "regression":
        notes.append(f"{missing:,} of {len(labels):,} rows have no prediction: counted as wrong")
        labels = _texts(labels)
    if spec.task == "regression":
        scores = None
    elif scores is not None:
        wrong = _wrong_shape(spec, asked.classes, scores)
        if wrong:
            notes.append(wrong)
            scores = None
    return replace(asked, answers=Answers(labels, scores)), tuple(notes)


def _texts(labels: Sequence[Any]) -> list[str]:
    """Labels as people write them, since a list of texts and others would change the others."""
    from shipway.evaluation.columns import class_text

    return [NO_PREDICTION if label is None else class_text(label) for label in labels]


def _wrong_shape(spec: ModelSpec, classes: Sequence[Any], scores: Sequence[Any]) -> str:
    widths = {len(score) if isinstance(score, list) else 0 for score in scores}
    if spec.task == "binary":
        return "the scores are not used: they are not one number a row" if widths - {0} else ""
    if widths == {len(classes)} and classes:
        return ""
    found = " or ".join(map(str, sorted(widths)))
    return f"the scores are not used: {found} a row, for {len(classes)} classes"


def predictions_of(spec: ModelSpec, truth: Truth, asked: Asked) -> "Predictions":
    """The predictions of a model over the rows of `truth`.

    InputError when the target itself can't be judged (missing values, too many classes).
    """
    from shipway.evaluation import columns

    labels, scores = asked.answers
    given: Any = labels or None
    if spec.task == "regression":
        found = columns.regression(truth.target, given if given is not None else [])
    elif spec.task == "binary":
        found = columns.binary(truth.target, label=given, score=scores, positive=spec.positive)
    else:
        classes = all_classes(truth)
        found = columns.multiclass(
            truth.target, label=given, score=_aligned(asked, classes), classes=classes
        )
    return found if truth.weight is None else replace(found, weight=truth.weight)


def all_classes(truth: Truth) -> tuple[str, ...]:
    """The classes that the challenger knows, then those of the target that it does not."""
    import numpy as np

    from shipway.evaluation.columns import class_text, find_class

    known = [class_text(each) for each in truth.classes]
    values = np.asarray(truth.target)
    distinct = set(values.tolist()) if values.dtype == object else np.unique(values).tolist()
    texts = {class_text(each) for each in distinct if each is not None}
    return (*known, *sorted(text for text in texts if find_class(text, known) is None))


def _aligned(asked: Asked, classes: Sequence[str]) -> "NDArray[np.float64] | None":
    """The scores n × `classes`: 0 for a class that the model does not know."""
    if asked.answers.scores is None:
        return None
    import numpy as np

    from shipway.evaluation.columns import class_text, find_class

    given = np.asarray(asked.answers.scores, dtype=np.float64)
    found = np.zeros((len(given), len(classes)))
    for number, each in enumerate(asked.classes):
        text = find_class(class_text(each), classes)
        if text is not None:
            found[:, classes.index(text)] = given[:, number]
    return found


def incomparable(spec: ModelSpec, truth: Truth, asked: Asked) -> str:
    """Why the champion's answers can't be held against this target; empty when they can."""
    if asked.task and asked.task != spec.task:
        return f"its task is {asked.task}, and {spec.task} now"
    if asked.target and asked.target != spec.target:
        return f"it predicts {asked.target!r}, and the target is {spec.target!r} now"
    if spec.task == "regression":
        return _not_numbers(asked)
    from shipway.evaluation.columns import class_text, find_class

    labels = {class_text(each) for each in _distinct(asked.answers.predictions)}
    known = all_classes(truth)
    if labels and all(find_class(label, known) is None for label in labels):
        said, holds = ", ".join(sorted(labels)[:5]), ", ".join(known[:5])
        return f"it predicts {said}, and the target holds {holds}"
    if spec.task == "binary" and asked.answers.scores is not None:
        return _other_positive(spec, asked)
    return ""


def _distinct(labels: Sequence[Any]) -> set[Any]:
    """The labels, each once; what can't be a label (a list) as text."""
    try:
        return set(labels) - {None}
    except TypeError:
        return {str(each) for each in labels}


def _not_numbers(asked: Asked) -> str:
    odd = next(
        (x for x in asked.answers.predictions if not isinstance(x, int | float | None)), None
    )
    return "" if odd is None else f"it predicts {odd!r}, which is no number"


def _other_positive(spec: ModelSpec, asked: Asked) -> str:
    from shipway.evaluation.columns import class_text, find_class

    if asked.positive is None or spec.positive is None:
        return ""
    if find_class(spec.positive, [class_text(asked.positive)]) is not None:
        return ""
    return f"its scores are those of class {asked.positive}, and {spec.positive} is positive now"


def class_note(spec: ModelSpec, truth: Truth, champion: Asked) -> str:
    """What is said when both models know other classes; empty when they know the same."""
    if spec.task != "multiclass" or not champion.classes:
        return ""
    from shipway.evaluation.columns import class_text

    ours, theirs = (
        {class_text(each) for each in classes} for classes in (truth.classes, champion.classes)
    )
    new, gone = sorted(ours - theirs), sorted(theirs - ours)
    parts = [f"{', '.join(new)} is new to it"] if new else []
    parts += [f"{', '.join(gone)} is known to it alone"] if gone else []
    return f"the champion knows other classes: {'; '.join(parts)}" if parts else ""
