# SPDX-License-Identifier: Apache-2.0
"""Columns of the evaluated table that say something of its rows: their weights, their groups.

Both are columns like others: whether the model has them as features is for the training to say
(`data.ignore` keeps one from it).
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from shipway.base.errors import InputError, StoppedError
from shipway.rows.columns import groups_in, ranked_within, weights_in
from shipway.stages.context import StageContext

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray


def row_weights(ctx: StageContext, frame: "pl.DataFrame") -> "NDArray[np.float64] | None":
    """The weight of each row; StoppedError for a column that is missing or holds no weights."""
    assert ctx.spec.evaluate is not None  # noqa: S101 - checked by the plan
    name = ctx.spec.evaluate.weights
    if name is None:
        return None
    with _stopping(ctx, "weights"):
        return weights_in(frame, name)


def rank_groups(ctx: StageContext, frame: "pl.DataFrame") -> "Mapping[str, NDArray[np.int64]]":
    """For each column that a metric ranks within (`ndcg@k=10,by=query`): a number for each row.

    StoppedError for a column that is missing.
    """
    from shipway.evaluation.gate_parser import parse_gate

    spec = ctx.spec.evaluate
    assert spec is not None  # noqa: S101 - checked by the plan
    names = [*spec.metrics, *(parse_gate(item.gate).metric for item in spec.gates)]
    with _stopping(ctx):
        return groups_in(frame, ranked_within(names))


@contextmanager
def _stopping(ctx: StageContext, *keys: str) -> Iterator[None]:
    """What is wrong with the table ends the run, with its place in the spec."""
    try:
        yield
    except InputError as error:
        where = ctx.document.where("evaluate", *keys)
        raise StoppedError(error.what, where=where, cure=error.cure) from None
