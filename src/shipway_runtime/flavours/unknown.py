# SPDX-License-Identifier: Apache-2.0
"""Files of which only the project's own web application knows how to predict with them.

They are kept, packaged and served, and never asked by Shipway: metrics come from the training.
"""

from __future__ import annotations

from pathlib import Path

from shipway_runtime.errors import UserError
from shipway_runtime.flavours import LoadedModel, Trust
from shipway_runtime.formats import ModelInfo


class UnknownFlavour:
    """A model that can't be asked."""

    def load(self, folder: Path, info: ModelInfo, trust: Trust) -> LoadedModel:
        """Always a UserError: there is no such model."""
        raise UserError(
            "predict-missing",
            "only the project's own web application knows how to predict with this model",
            "Name a function of yours: `train.predict: module:function` (rows in, predictions "
            "out), and train again.",
        )
