# SPDX-License-Identifier: Apache-2.0
"""From the columns of a dataset to the slices that an evaluation wants."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from shipway.base.errors import InputError
from shipway.spec.evaluation import SliceSpec

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from shipway.evaluation.slices import Groups


def slice_masks(
    frame: "pl.DataFrame", slices: Iterable[SliceSpec], gates: Iterable[str]
) -> "Mapping[str, Groups]":
    """For each source that slices and gates name: the groups of a column, or where a condition
    holds (a missing value is no yes).

    A column that is not there gives none, which fails the gates that want it. InputError when a
    column has too many values.
    """
    from shipway.evaluation.plan import sources
    from shipway.evaluation.slices import named_group

    found: dict[str, Groups] = {}
    for source in sources(slices, gates):
        if source.condition is not None:
            found[source.key] = named_group(source.key, _where(frame, source.condition))
        elif source.key in frame.columns:
            found[source.key] = _by_column(frame[source.key])
    return found


def _where(frame: "pl.DataFrame", condition: str) -> "NDArray[np.bool_]":
    from shipway.data.rules import compile_condition
    from shipway.spec.expressions import parse

    holds = compile_condition(parse(condition), frame.schema).fill_null(value=False)
    return frame.select(holds.alias("holds"))["holds"].to_numpy()


def _by_column(column: "pl.Series") -> "Groups":
    """The groups of a column; its values are counted before a row is looked at twice."""
    import polars as pl

    from shipway.evaluation.slices import groups, refuse_too_many

    if column.dtype.is_nested():
        raise InputError(
            f"column {column.name!r} holds lists or mappings: they are no slices",
            cure="Slice by another column, or by a condition.",
        )
    if column.dtype.is_float():
        column = column.fill_nan(None)
    distinct = column.unique()
    refuse_too_many(column.name, len(distinct))
    numbers = pl.Series(range(len(distinct)), dtype=pl.Int32)
    codes = column.replace_strict(distinct, numbers, return_dtype=pl.Int32)
    return groups(column.name, distinct.to_list(), codes.to_numpy())
