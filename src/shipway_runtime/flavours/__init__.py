# SPDX-License-Identifier: Apache-2.0
"""Model flavours: how a kind of model is written to a directory, read back and asked.

    sklearn   scikit-learn and what looks like it, by skops; no code runs when it is read
    pickle    the same by pickle, only where `allow_pickle: true` stands
    python    the user's own `predict` function or class, with the files that it reads
    files     files that only the project's own web application can read

A flavour is imported when a model asks for it.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from shipway_runtime.errors import UserError
from shipway_runtime.formats import ModelInfo

CATALOGUE = {
    "sklearn": "shipway_runtime.flavours.sklearn:SklearnFlavour",
    "pickle": "shipway_runtime.flavours.sklearn:PickleFlavour",
    "python": "shipway_runtime.flavours.python:PythonFlavour",
    "files": "shipway_runtime.flavours.unknown:UnknownFlavour",
}


class Trust(NamedTuple):
    """What may be loaded: types besides scikit-learn's own, and whether pickles are taken."""

    types: tuple[str, ...] = ()
    allow_pickle: bool = False


class Answer(NamedTuple):
    """What a model says about a table: labels or numbers, one a row, and probabilities.

    `probabilities` has one row for each input, in the order of `classes`; or it is one number a
    row, the probability of the positive class; None when the model has none.
    """

    labels: Any
    probabilities: Any = None


class LoadedModel(Protocol):
    """A model in memory. Many threads may ask it at once."""

    @property
    def classes(self) -> tuple[Any, ...]:
        """The labels of a classifier as plain Python values; empty for others."""
        ...

    def answer(self, frame: Any) -> Answer:
        """Predictions for a table of the kind that `model.json` names as `frame`."""
        ...


class Flavour(Protocol):
    """Reads one kind of model directory."""

    def load(self, folder: Path, info: ModelInfo, trust: Trust) -> LoadedModel:
        """The model in `folder`; UserError when it may not or cannot be loaded."""
        ...


def flavour(name: str) -> Flavour:
    """The flavour of that name; UserError for an unknown one."""
    address = CATALOGUE.get(name)
    if address is None:
        known = ", ".join(sorted(CATALOGUE))
        raise UserError("flavour", f"unknown model flavour {name!r}", f"Known here: {known}.")
    module, _, kind = address.partition(":")
    made: Flavour = getattr(importlib.import_module(module), kind)()
    return made
