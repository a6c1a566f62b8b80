# SPDX-License-Identifier: Apache-2.0
"""Gives a model directory the decision threshold that was chosen for it after training.

Only `model.json` and the golden predictions change: the model itself stays as it was written, and
its golden predictions come from the copy on disk, as they did before.
"""

from __future__ import annotations

from pathlib import Path

from shipway_runtime import assemble, calls, formats
from shipway_runtime.formats import Golden, Result
from shipway_runtime.predictor import load_predictor
from shipway_runtime.questions import ThresholdRequest


def set_threshold(request: ThresholdRequest) -> Result:
    """Write the threshold, and golden predictions that agree with it."""
    folder = Path(request.model)
    info = formats.read_model(folder)._replace(threshold=request.threshold)
    info = assemble.write_info(folder, info, info.files)
    golden = formats.read_golden(folder)
    if golden is not None:
        trust = {"trusted_types": request.trusted_types, "allow_pickle": request.allow_pickle}
        predictor = calls.call("loading the model", load_predictor, folder, **trust)
        found = calls.call("predict", predictor.predict, golden.rows)
        scores = None if found.scores is None else tuple(found.scores)
        formats.write(
            folder / formats.GOLDEN_FILE, Golden(golden.rows, tuple(found.predictions), scores)
        )
        others = {name: sha for name, sha in info.files.items() if name != formats.GOLDEN_FILE}
        info = assemble.write_info(folder, info, others)
    names = tuple(feature.name for feature in info.features)
    return Result(info.flavour, names, 0 if golden is None else len(golden.rows))
