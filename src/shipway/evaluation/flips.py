# SPDX-License-Identifier: Apache-2.0
"""Predictions that change when one model takes the other's place, and whether for the better.

flips(challenger, champion, "binary").broken     # rows that only the champion had right
"""

from typing import TYPE_CHECKING, Any

import numpy as np

from shipway.evaluation.predictions import Predictions
from shipway.records.comparison import Flips
from shipway.spec.types import Task

if TYPE_CHECKING:
    from numpy.typing import NDArray


def flips(challenger: Predictions, champion: Predictions, task: Task) -> Flips | None:
    """Both predictions are of the same n rows; None where one of them has no labels.

    Regression: `changed` counts values that moved at all, `mended` those that came nearer to the
    truth, `broken` those that went away from it.
    """
    if challenger.label is None or champion.label is None:
        return None
    if task == "regression":
        return _moved(challenger.target, challenger.label, champion.label)
    changed = challenger.label != champion.label
    right = challenger.label == challenger.target
    other = champion.label == champion.target
    return Flips(
        rows=len(challenger),
        changed=int(changed.sum()),
        mended=int((right & ~other).sum()),
        broken=int((other & ~right).sum()),
    )


def _moved(truth: "NDArray[Any]", now: "NDArray[Any]", before: "NDArray[Any]") -> Flips:
    nearer = np.abs(now - truth) - np.abs(before - truth)
    return Flips(
        rows=len(truth),
        changed=int((now != before).sum()),
        mended=int((nearer < 0).sum()),
        broken=int((nearer > 0).sum()),
    )
