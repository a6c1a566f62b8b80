# SPDX-License-Identifier: Apache-2.0
"""From the columns of a file to a model's predictions, and what is odd about them.

A value that can't be told from a mistake of the command line is refused, with the file, how often
it occurs and an example. A few labels that are no class are wrong for their rows, and a note says
so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from shipway.base.errors import InputError
from shipway.operations.gate_tables import named
from shipway.spec.types import Task

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from shipway.evaluation.predictions import Predictions

SHOWN = 3


@dataclass(frozen=True)
class Question:
    """How columns are to be understood: the same for challenger and champion.

    `target` holds the truth of the rows, `classes` those of several classes. `weight` and `groups`
    are of the rows as well.
    """

    task: Task
    target: "pl.Series"
    prediction: str | None = None
    positive: str | None = None
    threshold: float | None = None
    classes: tuple[str, ...] = ()
    weight: "NDArray[np.float64] | None" = None
    groups: "Mapping[str, NDArray[np.int64]] | None" = None


@dataclass(frozen=True)
class Answers:
    """What one model said, and what is odd about it."""

    predictions: "Predictions"
    notes: tuple[str, ...] = ()


def answers(
    question: Question, frame: "pl.DataFrame", scores: Mapping[str, str], name: str
) -> Answers:
    """The predictions in the file `name`; `scores` maps classes to columns (binary: "" to one).

    InputError for columns that hold something else than what they should.
    """
    with named(name):
        found = _read(question, frame, scores)
    made = replace(found.predictions, weight=question.weight, groups=question.groups or {})
    return Answers(made, tuple(f"{name}: {note}" for note in found.notes))


def refuse_missing(column: "pl.Series", what: str) -> None:
    """InputError when a value is missing, or holds several; `what` is the column's part."""
    import polars as pl

    if column.dtype.is_nested() or isinstance(column.dtype, pl.Binary | pl.Object):
        raise InputError(
            f"column {column.name!r}, {what}, holds lists, mappings or bytes",
            cure="Write one value for each row.",
        )
    absent = column.is_null()
    if column.dtype.is_float():
        absent |= column.is_nan()
    count = int(absent.sum())
    if count:
        raise InputError(
            f"{count:,} of {len(column):,} rows have no {column.name}, {what}; the first is row "
            f"{absent.arg_max()}",
            cure="Leave such rows out of the file, or fill them: what is missing can't be judged.",
        )


def numbers(column: "pl.Series", what: str) -> "NDArray[np.float64]":
    """The column as floats, NaN where a value is missing; InputError for what is no number."""
    import polars as pl

    found = None
    if column.dtype.is_numeric() or isinstance(column.dtype, pl.String | pl.Boolean | pl.Null):
        found = column.cast(pl.Float64, strict=False)
    wrong = column.is_not_null() if found is None else column.is_not_null() & found.is_null()
    if found is None or wrong.any():
        first = int(wrong.arg_max() or 0)
        raise InputError(
            f"column {column.name!r}, {what}, holds something else than numbers: "
            f"{column[first]!r} in row {first}",
            cure="Name another column, or remove what is no number.",
        )
    return found.fill_null(float("nan")).to_numpy()


def _read(question: Question, frame: "pl.DataFrame", scores: Mapping[str, str]) -> Answers:
    from shipway.evaluation import columns

    label = None if question.prediction is None else frame[question.prediction]
    if question.task == "regression":
        assert label is not None  # noqa: S101 - a regression without a prediction is refused
        target = numbers(question.target, "the target")
        return Answers(columns.regression(target, numbers(label, "the prediction")))
    if label is not None:
        refuse_missing(label, "the prediction")
    read = {each: _probabilities(frame[name]) for each, name in scores.items()}
    given = None if label is None else label.to_numpy()
    target = question.target.to_numpy()
    if question.task == "binary":
        found = columns.binary(target, label=given, score=read.get(""), positive=question.positive)
    else:
        matrix = _matrix(read, question.classes, len(target)) if read else None
        found = columns.multiclass(target, label=given, score=matrix, classes=question.classes)
    if label is None:
        return _labelled(found, question.threshold)
    return Answers(found, _outside(found, label))


def _probabilities(column: "pl.Series") -> "NDArray[np.float64]":
    found = numbers(column, "the score")
    wrong = (found < 0) | (found > 1)
    if count := int(wrong.sum()):
        first = int(wrong.argmax())
        raise InputError(
            f"column {column.name!r} holds scores outside [0, 1]: {count:,} of {len(found):,}, "
            f"such as {found[first]:g} in row {first}",
            cure="Give probabilities: of a margin z that is 1 / (1 + exp(-z)).",
        )
    return found


def _matrix(
    read: "Mapping[str, NDArray[np.float64]]", classes: Sequence[str], rows: int
) -> "NDArray[np.float64]":
    """The scores rows × classes; 0 for a class without a column."""
    import numpy as np

    from shipway.evaluation.columns import find_class

    found = np.zeros((rows, len(classes)))
    for each, column in read.items():
        found[:, classes.index(find_class(each, classes) or each)] = column
    return found


def _labelled(found: "Predictions", threshold: float | None) -> Answers:
    """Labels that follow from scores: from the threshold up, or the class with the highest one.

    A row without a score has no label, which is wrong.
    """
    import numpy as np

    if found.score is None:
        return Answers(found)
    if found.score.ndim == 2:
        absent = np.isnan(found.score).any(axis=1)
        label = np.where(np.isnan(found.score), -1.0, found.score).argmax(axis=1)
    elif threshold is not None:
        absent = np.isnan(found.score)
        label = (found.score >= threshold).astype(np.int64)
    else:
        return Answers(found)
    label[absent] = len(found.classes)
    count = int(absent.sum())
    note = f"{count:,} of {len(found):,} rows have no score: they count as predicted wrongly"
    return Answers(replace(found, label=label), (note,) if count else ())


def _outside(found: "Predictions", label: "pl.Series") -> tuple[str, ...]:
    """A note on labels that are no class; InputError when most are none: that is no accident."""
    import numpy as np

    assert found.label is not None  # noqa: S101 - it was given
    outside = found.label == len(found.classes)
    count = int(outside.sum())
    if not count:
        return ()
    odd = label.filter(outside).unique(maintain_order=True)
    occurring = [found.classes[number] for number in np.unique(found.target)]
    if len(found.classes) == 2 and len(occurring) == 1 and len(odd) == 1:
        # The class that no row has: nothing but the predictions could name it.
        return ()
    examples = ", ".join(_written(each) for each in odd.head(SHOWN).to_list())
    said = (
        f"{count:,} of {len(label):,} values of {label.name!r} are no class (such as {examples}); "
        f"the classes are {', '.join(found.classes[:6])}"
    )
    if 2 * count > len(label) and len(occurring) > 1:
        raise InputError(
            said, cure="Is it the column of the predicted labels? Name it: --prediction COLUMN."
        )
    return (f"{said}: they count as predicted wrongly",)


def _written(value: Any) -> str:
    return repr(value) if isinstance(value, str) else str(value)
