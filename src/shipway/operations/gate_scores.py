# SPDX-License-Identifier: Apache-2.0
"""Which columns of a file hold scores, and of which classes."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from shipway.base.errors import InputError
from shipway.evaluation.class_scores import SLOT, class_columns
from shipway.operations.gate_tables import PredictionTable, nearest_column
from shipway.spec.types import Task

if TYPE_CHECKING:
    import polars as pl


def score_columns(
    written: str | None, table: PredictionTable, task: Task | None
) -> Mapping[str, str]:
    """For each class the column of its scores, "" for the positive class; empty without scores.

    `written` is a column, or what those of several classes have in common. InputError when there
    is none, and for scores that a model of `task` does not have.
    """
    if written is None:
        return {}
    if task == "regression":
        cure = "Name the column of the predicted values: --prediction COLUMN."
        raise InputError("a regression model has no scores", cure=cure)
    if task != "multiclass" and written in table.columns:
        return {"": written}
    try:
        found = class_columns(written, table.columns)
    except InputError as error:
        if task == "multiclass" or SLOT in written:
            cure = "Several classes have a column each, such as p_cat and p_dog: --score p."
            raise InputError(error.what, where=table.name, cure=cure) from None
        cure = nearest_column(written, table.columns)
        what = f"there is no column {written!r}, the score (--score)"
        raise InputError(what, where=table.name, cure=cure) from None
    if task == "binary":
        raise InputError(
            f"there is no column {written!r}, the score (--score)",
            where=table.name,
            cure=f"Name that of the positive class: --score {list(found.values())[-1]}.",
        )
    return found


def classes_of(target: "pl.Series", scores: Iterable[Mapping[str, str]]) -> tuple[str, ...]:
    """The classes of target and scores' columns, each once, as the target writes them."""
    from shipway.evaluation.columns import class_text, find_class

    texts = sorted({class_text(each) for each in target.unique().to_list()})
    named = [find_class(each, texts) or each for part in scores for each in part]
    return tuple(dict.fromkeys([*texts, *named]))


def unscored(scores: Mapping[str, str], classes: Sequence[str], name: str) -> str:
    """A note on classes without a column of scores; empty when there is none."""
    from shipway.evaluation.columns import find_class

    known = {find_class(each, classes) for each in scores}
    missing = [each for each in classes if each not in known]
    if not scores or "" in scores or not missing:
        return ""
    return f"{name}: no column holds scores of {', '.join(missing)}: they count as 0"
