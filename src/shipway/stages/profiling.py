# SPDX-License-Identifier: Apache-2.0
"""Profiles the table that a model is trained on: what later data is compared with.

It becomes an object of the store, named by the model version. Values of `sensitive` columns are not
in it.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from shipway.spec.types import DataSpec
from shipway.stages.context import StageContext

if TYPE_CHECKING:
    from shipway.data.opening import Table
    from shipway.data.validation import Checked

TRAINED_ON = ("train", "all")


def keep_profiles(
    ctx: StageContext, data: DataSpec, tables: Mapping[str, "Table"], checked: "Checked"
) -> dict[str, str]:
    """The digest of the profile by the name of its dataset; empty without a table to train on.

    Errors of polars while reading come through.
    """
    import msgspec

    from shipway.data.profile import profile_opened, profile_table

    for name in TRAINED_ON:
        if name in checked.parts:
            part = checked.parts[name]
            target = _target(ctx, part.columns)
            profile = profile_table(part.lazy(), name=name, target=target, data=data)
        elif name in tables:
            target = _target(ctx, tables[name].frame.collect_schema().names())
            profile = profile_opened(tables[name], name=name, target=target, data=data)
        else:
            continue
        sensitive = {column for column, spec in data.columns.items() if spec.sensitive}
        kept = profile.without_values(sensitive)
        return {name: ctx.store.objects.put(msgspec.json.encode(kept, order="sorted"))}
    return {}


def _target(ctx: StageContext, columns: Sequence[str]) -> str | None:
    target = ctx.spec.model.target if ctx.spec.model is not None else None
    return target if target in columns else None
