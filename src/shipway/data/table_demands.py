# SPDX-License-Identifier: Apache-2.0
"""The demands on one table as a whole, and the columns that have to be read for them."""

from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from shipway.data.check import Check
from shipway.data.columns import View
from shipway.data.duplicates import compared_columns, duplicates_check
from shipway.data.features import feature_checks, feature_names
from shipway.data.table_checks import rule_check
from shipway.data.target_checks import target_checks
from shipway.spec.demands import RuleSpec
from shipway.spec.expressions import columns, parse
from shipway.spec.types import DataSpec


def columns_read(data: DataSpec, names: Sequence[str]) -> list[str]:
    """The columns of a table of `names` that any check of `data` looks at, each once."""
    rules = (name for rule in data.rules for name in columns(parse(RuleSpec.of(rule).rule)))
    target = [data.target.column] if data.target is not None and data.target.column else []
    key = [data.id] if data.id is not None else []
    whole = (*compared_columns(data, names), *feature_names(data, names))
    wanted = dict.fromkeys((*data.columns, *rules, *whole, *target, *key))
    return [name for name in wanted if name in names]


def table_demands(
    data: DataSpec,
    names: Sequence[str],
    schema: Mapping[str, pl.DataType],
    views: Mapping[str, View],
) -> Iterator[Check]:
    """Checks of rules, repeated rows, the target and the features of a table of `names`.

    `schema` is that of the prepared frame. InputError where a rule compares what can't be compared.
    """
    for number, rule in enumerate(data.rules):
        yield rule_check(RuleSpec.of(rule), ("data", "rules", number), schema, views)
    if data.duplicates is not None:
        yield duplicates_check(data.duplicates, compared_columns(data, names), names)
    if data.target is not None:
        yield from target_checks(data.target, views)
    yield from feature_checks(data, feature_names(data, names), views)
