# SPDX-License-Identifier: Apache-2.0
"""From the columns of a table to `Predictions`, checked.

A class may be `1` in the spec, 1 in the target and 1.0 or true in the prediction: classes are
compared by the text that people write for them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from shipway.base.errors import InputError
from shipway.evaluation.predictions import Predictions

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

DUST = 1e-60
SAME = {"1": "true", "0": "false", "true": "1", "false": "0", "True": "true", "False": "false"}


def binary(
    target: "ArrayLike",
    *,
    label: "ArrayLike | None" = None,
    score: "ArrayLike | None" = None,
    positive: str | None = None,
) -> Predictions:
    """Predictions of a binary model; all columns have length n.

    `positive` is the positive class as the spec writes it; without it the target must be 0/1 or
    false/true. Scores may be any numbers that rank the rows: what needs probabilities says so.
    A prediction that is neither class is wrong for its row. InputError when values are missing, the
    target has more than two classes or none that is positive, or lengths differ.
    """
    texts, codes = _numbered(target, "target")
    classes = _with_positive(texts, positive)
    return Predictions(
        _renumbered(texts, codes, classes),
        _labels(label, classes, len(codes)),
        _numbers(score, "score", len(codes)),
        classes,
    )


def multiclass(
    target: "ArrayLike",
    *,
    label: "ArrayLike | None" = None,
    score: "ArrayLike | None" = None,
    classes: Sequence[object] = (),
) -> Predictions:
    """Predictions of a multiclass model; `classes` gives the order of the columns of `score`.

    Classes of the target that are not among `classes` come after them, in sorted order. A
    prediction that is none of these is wrong for its row. InputError when values are missing,
    lengths differ or `score` is not n × classes.
    """
    texts, codes = _numbered(target, "target")
    given = [class_text(each) for each in classes]
    found = (*given, *sorted(set(texts) - set(given), key=_order))
    scores = None if score is None else np.asarray(score, dtype=np.float64)
    if scores is not None and scores.shape != (len(codes), len(found)):
        raise InputError(
            f"the scores are {scores.shape}, not {len(codes)} rows × {len(found)} classes",
            cure=f"The classes are {', '.join(found)}.",
        )
    labels = _labels(label, found, len(codes))
    return Predictions(_renumbered(texts, codes, found), labels, scores, found)


def regression(target: "ArrayLike", value: "ArrayLike") -> Predictions:
    """Predictions of a regression model; InputError unless both are numbers of equal length."""
    truth = _numbers(target, "target", None)
    if truth is None:
        raise InputError("there is no target")
    if missing := int((~np.isfinite(truth)).sum()):
        raise InputError(f"{missing} of {len(truth)} rows have no target, or an infinite one")
    return Predictions(truth, _numbers(value, "prediction", len(truth)))


def weighted(predictions: Predictions, weight: "ArrayLike") -> Predictions:
    """The predictions with a weight for each row (n).

    InputError when weights are missing, infinite or negative, all are zero, or lengths differ.
    """
    found = _numbers(weight, "weight", len(predictions))
    assert found is not None  # noqa: S101 - None comes back for None alone
    if missing := int((~np.isfinite(found)).sum()):
        raise InputError(f"{missing} of {len(found)} weights are missing or infinite")
    if below := int((found < 0).sum()):
        cure = "A row that should not count has the weight 0."
        raise InputError(f"{below} of {len(found)} weights are negative", cure=cure)
    if len(found) and not found.any():
        raise InputError("all weights are 0, so no row counts")
    return replace(predictions, weight=_in_range(found))


def _in_range(weights: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """The same ratios, in numbers whose squares and cubes are some; a dust of a weight is 0."""
    largest = weights.max(initial=0.0)
    if not DUST < largest < 1 / DUST:
        weights = weights / (largest or 1.0)
    dust = (weights > 0) & (weights < DUST * weights.max(initial=0.0))
    return np.where(dust, 0.0, weights) if dust.any() else weights


def grouped(predictions: Predictions, columns: "Mapping[str, ArrayLike]") -> Predictions:
    """The predictions with columns (each n) that say which rows are ranked together (`by=`).

    Missing values make a group of their own. InputError when lengths differ.
    """
    groups = {}
    for name, values in columns.items():
        places: dict[object, int] = {}
        rows = np.asarray(values, dtype=object)
        _check_length(f"value of {name}", len(rows), len(predictions))
        keys = (None if each is None or each != each else each for each in rows)
        codes = [places.setdefault(key, len(places)) for key in keys]
        groups[name] = np.array(codes, dtype=np.int64)
    return replace(predictions, groups={**predictions.groups, **groups})


def class_text(value: object) -> str:
    """A class as people write it: `1` for 1, 1.0 and "1"; `true` for True."""
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return str(value)


def find_class(text: str, classes: Sequence[str]) -> str | None:
    """The one of `classes` that `text` means (`1` may mean `true`, and `1.0` means `1`)."""
    for candidate in (text, SAME.get(text, text), _as_number(text)):
        if candidate in classes:
            return candidate
    return None


def _as_number(text: str) -> str:
    try:
        return class_text(float(text))
    except ValueError:
        return text


def _numbered(raw: "ArrayLike", name: str) -> "tuple[list[str], NDArray[np.int64]]":
    """The distinct values of a column as texts, and for each row the number of its text."""
    values = np.asarray(raw)
    if values.ndim != 1:
        raise InputError(f"the {name} is not one column")
    if values.dtype == object:
        places: dict[Any, int] = {}
        codes = np.array([places.setdefault(each, len(places)) for each in values], dtype=np.int64)
        distinct = list(places)
    else:
        found, codes = np.unique(values, return_inverse=True)
        distinct = found.tolist()
    absent = [number for number, each in enumerate(distinct) if each is None or each != each]
    if absent:
        count = int(np.isin(codes, absent).sum())
        raise InputError(f"{count} of {len(values)} rows have no {name}")
    return [class_text(each) for each in distinct], codes


def _renumbered(
    texts: Sequence[str], codes: "NDArray[np.int64]", classes: Sequence[str]
) -> "NDArray[np.int64]":
    """Numbers in `classes` for numbers in `texts`; one past the last for a text of no class."""
    numbers = {text: number for number, text in enumerate(classes)}
    found = [numbers.get(find_class(text, classes) or "", len(classes)) for text in texts]
    return np.array(found, dtype=np.int64)[codes]


def _labels(
    raw: "ArrayLike | None", classes: Sequence[str], rows: int
) -> "NDArray[np.int64] | None":
    if raw is None:
        return None
    texts, codes = _numbered(raw, "prediction")
    _check_length("prediction", len(codes), rows)
    return _renumbered(texts, codes, classes)


def _numbers(raw: "ArrayLike | None", name: str, rows: int | None) -> "NDArray[np.float64] | None":
    if raw is None:
        return None
    try:
        values = np.asarray(raw, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError(f"the {name} holds something else than numbers") from None
    if values.ndim != 1:
        raise InputError(f"the {name} is not one column")
    _check_length(name, len(values), len(values) if rows is None else rows)
    return values


def _check_length(name: str, found: int, rows: int) -> None:
    if found != rows:
        raise InputError(f"{rows} rows have a target but {found} a {name}")


def _with_positive(texts: Sequence[str], positive: str | None) -> tuple[str, str]:
    """(negative, positive); a class that never occurs in the target gets its opposite's name."""
    shown = ", ".join(sorted(texts, key=_order)[:6])
    if len(texts) > 2:
        raise InputError(
            f"the target of a binary model has {len(texts)} classes: {shown}",
            cure="Use task: multiclass, or check the target column.",
        )
    chosen = _default_positive(texts) if positive is None else find_class(positive, texts)
    if chosen is None and (positive is None or len(texts) == 2):
        raise InputError(
            f"which class is the positive one? The target holds {shown}"
            if positive is None
            else f"the positive class {positive!r} is not in the target, which holds {shown}",
            cure="Name it: positive under model in the spec, --positive on the command line.",
        )
    chosen = chosen or str(positive)
    others = [text for text in texts if text != chosen]
    return (others[0] if others else f"not {chosen}"), chosen


def _default_positive(texts: Sequence[str]) -> str | None:
    for pair in (("0", "1"), ("false", "true")):
        if texts and set(texts) <= set(pair):
            return pair[1]
    return None


def _order(text: str) -> tuple[bool, float, str]:
    """Numbers before texts, numbers by size."""
    try:
        return (False, float(text), text)
    except ValueError:
        return (True, 0.0, text)
