# SPDX-License-Identifier: Apache-2.0
"""Golden predictions: rows with the answers that the training saw, and what may differ from them.

{"rows": [{"amount": 12.5}], "predictions": ["ok"], "scores": [0.03]}        scores may be null
"""

import math
from collections.abc import Sequence
from typing import Any

import msgspec

from shipway.storage.interface import CorruptedError

TOLERANCE = 1e-6


class Golden(msgspec.Struct, frozen=True):
    """Rows (one mapping of column to value each), their predictions, and scores if there are."""

    rows: list[dict[str, Any]]
    predictions: list[Any]
    scores: list[Any] | None = None


def read_golden(data: bytes) -> Golden:
    """The golden predictions in a `golden.json`; CorruptedError when it holds something else."""
    try:
        golden = msgspec.json.decode(data, type=Golden)
    except msgspec.DecodeError as error:
        raise CorruptedError(f"golden.json can't be read: {error}", cure="Train again.") from None
    counts = {len(golden.rows), len(golden.predictions)}
    if golden.scores is not None:
        counts.add(len(golden.scores))
    if len(counts) > 1:
        raise CorruptedError("golden.json has not one answer for each row", cure="Train again.")
    return golden


def same_answer(expected: Any, found: Any, tolerance: float = TOLERANCE) -> bool:
    """Labels must be equal; numbers with a fraction may differ by `tolerance` of their size."""
    if isinstance(expected, list) and isinstance(found, list):
        return len(expected) == len(found) and all(
            same_answer(one, other, tolerance) for one, other in zip(expected, found, strict=True)
        )
    if isinstance(expected, dict) and isinstance(found, dict):
        return expected.keys() == found.keys() and all(
            same_answer(value, found[key], tolerance) for key, value in expected.items()
        )
    if isinstance(expected, bool) or isinstance(found, bool):
        return expected is found
    if _is_number(expected) and _is_number(found):
        if isinstance(expected, int) and isinstance(found, int):
            return expected == found
        return math.isclose(expected, found, rel_tol=tolerance, abs_tol=1e-12)
    return type(expected) is type(found) and bool(expected == found)


def differences(expected: Sequence[Any], found: Any) -> list[int]:
    """Numbers of the rows whose answer differs; all of them when `found` has another length."""
    if not isinstance(found, list) or len(found) != len(expected):
        return list(range(len(expected)))
    pairs = enumerate(zip(expected, found, strict=True))
    return [row for row, (one, other) in pairs if not same_answer(one, other)]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float)
