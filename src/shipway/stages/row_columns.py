# SPDX-License-Identifier: Apache-2.0
"""Columns of the evaluated table that say something of its rows: their weights, their groups.

Both are columns like others: whether the model has them as features is for the training to say
(`data.ignore` keeps one from it).
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from shipway.base.errors import InputError, StoppedError
from shipway.base.names import did_you_mean
from shipway.stages.context import StageContext

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray


def row_weights(ctx: StageContext, frame: "pl.DataFrame") -> "NDArray[np.float64] | None":
    """The weight of each row; StoppedError for a column that is missing or holds no weights."""
    import polars as pl

    from shipway.evaluation.columns import weighted
    from shipway.evaluation.predictions import Predictions

    assert ctx.spec.evaluate is not None  # noqa: S101 - checked by the plan
    name = ctx.spec.evaluate.weights
    if name is None:
        return None
    where = ctx.document.where("evaluate", "weights")
    if name not in frame.columns:
        cure = did_you_mean(name, frame.columns)
        raise StoppedError(f"there is no column {name!r} of weights", where=where, cure=cure)
    column = frame[name]
    if not column.dtype.is_numeric():
        raise StoppedError(f"the weights in {name!r} are no numbers", where=where)
    weights = column.cast(pl.Float64).fill_null(float("nan")).to_numpy()
    try:
        return weighted(Predictions(weights), weights).weight
    except InputError as error:
        raise StoppedError(f"{name}: {error.what}", where=where, cure=error.cure) from None


def rank_groups(ctx: StageContext, frame: "pl.DataFrame") -> "Mapping[str, NDArray[np.int64]]":
    """For each column that a metric ranks within (`ndcg@k=10,by=query`): a number for each row.

    StoppedError for a column that is missing.
    """
    from shipway.evaluation.columns import grouped
    from shipway.evaluation.gate_parser import parse_gate
    from shipway.evaluation.metric_names import split
    from shipway.evaluation.predictions import Predictions

    spec = ctx.spec.evaluate
    assert spec is not None  # noqa: S101 - checked by the plan
    names = [*spec.metrics, *(parse_gate(item.gate).metric for item in spec.gates)]
    options = [split(name)[1] for name in names if "@" in name]
    wanted = sorted({each["by"] for each in options if "by" in each})
    for column in wanted:
        if column not in frame.columns:
            raise StoppedError(
                f"there is no column {column!r} to rank within",
                where=ctx.document.where("evaluate"),
                cure=did_you_mean(column, frame.columns),
            )
    columns = {column: frame[column].to_numpy() for column in wanted}
    return grouped(Predictions(frame[:, 0].to_numpy()), columns).groups
