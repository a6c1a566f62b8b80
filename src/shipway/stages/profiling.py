# SPDX-License-Identifier: Apache-2.0
"""Profiles the table that a model is trained on: what later data is compared with.

It becomes an object of the store, named by the model version. Values of `sensitive` columns are not
in it.
"""

from collections.abc import Mapping
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

    from shipway.data.profile import profile_table

    for name in TRAINED_ON:
        table, part = tables.get(name), checked.parts.get(name)
        if table is None and part is None:
            continue
        frame = part.lazy() if part is not None else tables[name].frame
        text = part is None and table is not None and table.is_text
        target = ctx.spec.model.target if ctx.spec.model is not None else None
        if target not in frame.collect_schema().names():
            target = None
        profile = profile_table(frame, name=name, target=target, text=text, data=data)
        sensitive = {column for column, spec in data.columns.items() if spec.sensitive}
        kept = profile.without_values(sensitive)
        return {name: ctx.store.objects.put(msgspec.json.encode(kept, order="sorted"))}
    return {}
