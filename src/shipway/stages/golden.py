# SPDX-License-Identifier: Apache-2.0
"""Rows whose predictions are kept with the model, to be asked again wherever it is placed."""

from pathlib import Path

from shipway.records.base import Skipped
from shipway.records.data import ValidatedData
from shipway.records.source import Source
from shipway.stages.context import StageContext
from shipway_runtime import formats


def write_golden_rows(
    ctx: StageContext, source: Source, data: ValidatedData | Skipped
) -> Path | None:
    """A file with up to 100 rows of the test set (of any other set when there is no test set)."""
    spec, model = ctx.spec.data, ctx.spec.model
    if isinstance(data, Skipped) or spec is None or model is None or not data.datasets:
        return None
    from shipway.adapters.tables import table_format
    from shipway.data.datasets import scan_dataset
    from shipway.data.golden import golden_rows

    wanted = ("test", "validation", "all", "train")
    name = next((name for name in wanted if name in data.datasets), None)
    if name is None:
        return None
    frame = scan_dataset(
        data.datasets[name],
        Path(source.folder),
        ctx.store.objects,
        ctx.scratch,
        spec,
        table_format,
    )
    path = ctx.scratch / "golden-rows.json"
    path.write_bytes(formats.encode(golden_rows(frame, spec, model)))
    return path
