# SPDX-License-Identifier: Apache-2.0
"""Puts a folder of packages behind the project's own when Python starts.

Python imports `sitecustomize` from PYTHONPATH, but puts all of PYTHONPATH in front: pytest would
then bring its own dependencies before the project's. The folder in SHIPWAY_TOOLS goes last, and a
`sitecustomize` of the project's is imported as if this one had not been there.
"""

import importlib.machinery
import importlib.util
import os
import sys


def _add_tools() -> None:
    folder = os.environ.get("SHIPWAY_TOOLS")
    if folder and folder not in sys.path:
        sys.path.append(folder)


def _run_the_next_one() -> None:
    here = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120
    sys.path[:] = [entry for entry in sys.path if entry != here]
    spec = importlib.machinery.PathFinder.find_spec("sitecustomize", sys.path)
    if spec is not None and spec.loader is not None:
        spec.loader.exec_module(importlib.util.module_from_spec(spec))


_add_tools()
_run_the_next_one()
