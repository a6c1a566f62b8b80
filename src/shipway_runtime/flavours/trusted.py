# SPDX-License-Identifier: Apache-2.0
"""Which types a skops file may hold without being named under `model.trusted_types`.

skops leaves out scikit-learn's trees and many internal classes: a crafted file could make a tree
point outside of its nodes. A model is read here only after its digest has been compared with the
one that its own training gave, so what is left to guard against is a type that runs code; classes
of scikit-learn do not, when they are filled with state.
"""

from __future__ import annotations

import importlib
from typing import Iterable

OTHERS = frozenset(
    {
        "numpy.dtype",
        "numpy.mean",
        "numpy.median",
        "numpy.ndarray",
        "scipy._lib.array_api_compat.numpy._aliases.asarray",
        "scipy.interpolate._bsplines.BSpline",
        "scipy.sparse._coo.coo_matrix",
        "scipy.sparse._csc.csc_array",
        "scipy.sparse._csc.csc_matrix",
        "scipy.sparse._csr.csr_array",
        "scipy.sparse._csr.csr_matrix",
    }
)
# Functions are called with data, so only rooms whose functions compute and nothing else.
FUNCTION_ROOMS = ("cluster", "feature_selection", "metrics", "preprocessing")
REFUSED_ROOMS = ("datasets", "externals", "utils._testing")


def own_types(names: Iterable[str]) -> list[str]:
    """Those of `names` that are scikit-learn's own, or well-known numeric types."""
    return [name for name in names if name in OTHERS or _is_of_sklearn(name)]


def _is_of_sklearn(name: str) -> bool:
    package, _, rest = name.partition(".")
    if package != "sklearn" or any(f"{rest}.".startswith(f"{room}.") for room in REFUSED_ROOMS):
        return False
    module_name, _, kind = name.rpartition(".")
    try:
        found = getattr(importlib.import_module(module_name), kind, None)
    except ImportError:
        return False
    if isinstance(found, type):
        return found.__module__.split(".")[0] == "sklearn"
    return callable(found) and rest.split(".")[0] in FUNCTION_ROOMS
