# SPDX-License-Identifier: Apache-2.0
"""Columns that say something of rows: how much each counts, and which are ranked together."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from shipway.base.errors import InputError
from shipway.base.names import did_you_mean

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray


def weights_in(frame: "pl.DataFrame", name: str) -> "NDArray[np.float64]":
    """The weight of each row; InputError for a column that is missing or holds no weights."""
    import polars as pl

    from shipway.evaluation.columns import weighted
    from shipway.evaluation.predictions import Predictions

    if name not in frame.columns:
        cure = did_you_mean(name, frame.columns)
        raise InputError(f"there is no column {name!r} of weights", cure=cure)
    column = frame[name]
    if not column.dtype.is_numeric():
        raise InputError(f"the weights in {name!r} are no numbers")
    weights = column.cast(pl.Float64).fill_null(float("nan")).to_numpy()
    try:
        found = weighted(Predictions(weights), weights).weight
    except InputError as error:
        raise InputError(f"{name}: {error.what}", cure=error.cure) from None
    assert found is not None  # noqa: S101 - they were given
    return found


def ranked_within(metrics: Iterable[str]) -> list[str]:
    """The columns that metrics rank within, sorted."""
    from shipway.evaluation.metric_names import split

    options = [split(name)[1] for name in metrics if "@" in name]
    return sorted({each["by"] for each in options if "by" in each})


def groups_in(frame: "pl.DataFrame", columns: Iterable[str]) -> "Mapping[str, NDArray[np.int64]]":
    """For each of `columns` a number for each row; InputError for one that is missing."""
    from shipway.evaluation.columns import grouped
    from shipway.evaluation.predictions import Predictions

    wanted = list(columns)
    for column in wanted:
        if column not in frame.columns:
            cure = did_you_mean(column, frame.columns)
            raise InputError(f"there is no column {column!r} to rank within", cure=cure)
    values = {column: frame[column].to_numpy() for column in wanted}
    return grouped(Predictions(frame[:, 0].to_numpy()), values).groups
