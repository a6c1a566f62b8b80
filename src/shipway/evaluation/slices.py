# SPDX-License-Identifier: Apache-2.0
"""Groups of rows in which metrics are measured too.

Metrics know nothing of tables or expressions: whoever calls them hands over, for each source of
slices, a mask for each of its slices:

    {"country": {"DE": mask, "FR": mask}, "amount >= 1000": {"amount >= 1000": mask}}

`plan.sources` says which sources a spec asks for, `masks` makes the masks of a column; the mask of
an expression is true where it holds (false where it is missing).
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from shipway.base.errors import InputError
from shipway.evaluation.columns import class_text
from shipway.evaluation.gates import GateSlice

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST = 100
MISSING = "(missing)"
Slices = Mapping[str, Mapping[str, "NDArray[np.bool_]"]]


def masks(column: str, values: Sequence[Any]) -> "dict[str, NDArray[np.bool_]]":
    """A mask for each value of a column (in order of its text), missing values among them.

    InputError when the column has more than 100 values: then it is no grouping.
    """
    texts = [MISSING if each is None or each != each else class_text(each) for each in values]
    distinct = sorted(set(texts))
    if len(distinct) > MOST:
        raise InputError(
            f"column {column!r} has {len(distinct)} different values, too many for slices",
            cure="Slice by a condition instead, such as amount >= 1000.",
        )
    places = np.searchsorted(np.array(distinct), np.array(texts)) if texts else np.empty(0, int)
    return {text: places == number for number, text in enumerate(distinct)}


def chosen(parts: Sequence[GateSlice], slices: Slices) -> "dict[str, NDArray[np.bool_]]":
    """The slices that `parts` name together, as `country=DE, channel=web` → mask.

    Combinations without rows are left out; empty when there is none.
    """
    found: dict[str, NDArray[np.bool_]] = {}
    for number, part in enumerate(parts):
        masks_of = _of_one(part, slices)
        found = (
            masks_of
            if number == 0
            else {
                f"{left}, {right}": rows
                for left, mask in found.items()
                for right, other in masks_of.items()
                if (rows := mask & other).any()
            }
        )
    return found


def _of_one(part: GateSlice, slices: Slices) -> "dict[str, NDArray[np.bool_]]":
    found = slices.get(part.source, {})
    if part.expression or part.named:
        return dict(found)
    if part.value is None:
        return {f"{part.source}={value}": mask for value, mask in found.items()}
    value = class_text(part.value)
    return {str(part): found[value]} if value in found else {}
