# SPDX-License-Identifier: Apache-2.0
"""Columns of the evaluated table that say something of its rows: their weights, their groups.

Both are columns like others: whether the model has them as features is for the training to say
(`data.ignore` keeps one from it).
"""

from typing import TYPE_CHECKING

from shipway.base.errors import StoppedError
from shipway.base.names import did_you_mean
from shipway.stages.context import StageContext

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray


def row_weights(ctx: StageContext, frame: "pl.DataFrame") -> "NDArray[np.float64] | None":
    """The weight of each row; StoppedError for a column that is missing or holds no weights."""
    assert ctx.spec.evaluate is not None  # noqa: S101 - checked by the plan
    import polars as pl

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
    problem = weights_problem(weights)
    if problem:
        raise StoppedError(f"the weights in {name!r}: {problem}", where=where)
    return weights


def weights_problem(weights: "NDArray[np.float64]") -> str:
    """What is wrong with a column of weights (NaN where one is missing); empty when nothing is."""
    import numpy as np

    bad = ~np.isfinite(weights) | (weights < 0)
    if bad.any():
        count, first = int(bad.sum()), int(bad.argmax())
        return (
            f"{count:,} of {len(weights):,} are missing, negative or infinite; the first is in "
            f"row {first}"
        )
    return "" if weights.any() else "all of them are 0"


def rank_groups(ctx: StageContext, frame: "pl.DataFrame") -> "dict[str, NDArray[np.int64]]":
    """For each column that a metric ranks within (`ndcg@k=10,by=query`): a number for each row.

    StoppedError for a column that is missing.
    """
    import numpy as np

    from shipway.evaluation.gate_parser import parse_gate
    from shipway.evaluation.metric_names import split

    spec = ctx.spec.evaluate
    assert spec is not None  # noqa: S101 - checked by the plan
    names = [*spec.metrics, *(parse_gate(item.gate).metric for item in spec.gates)]
    wanted = {split(name)[1].get("by") for name in names if "by=" in name}
    found = {}
    for column in sorted(filter(None, wanted)):
        if column not in frame.columns:
            raise StoppedError(
                f"there is no column {column!r} to rank within",
                where=ctx.document.where("evaluate"),
                cure=did_you_mean(column, frame.columns),
            )
        codes = frame[column].rank("dense").fill_null(0).to_numpy()
        found[column] = codes.astype(np.int64)
    return found
