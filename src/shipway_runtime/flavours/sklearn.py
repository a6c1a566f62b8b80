# SPDX-License-Identifier: Apache-2.0
"""scikit-learn models, and whatever has `predict` and is made of types that skops can write.

The artifact says what it is made of; what may be loaded is said by `model.trusted_types` of the
spec, which reaches this module in a request or in `service.json`, never by the artifact.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from shipway_runtime.errors import UserError
from shipway_runtime.flavours import Answer, Trust
from shipway_runtime.formats import ModelInfo

ARTIFACT = "model.skops"
PICKLE = "model.pkl"
PICKLE_CURE = "Or set `train.allow_pickle: true`: the model is then kept as a pickle."


class Estimator:
    """A fitted estimator as a LoadedModel."""

    def __init__(self, estimator: Any) -> None:
        self.estimator = estimator
        self._classes = plain_classes(estimator)

    @property
    def classes(self) -> tuple[Any, ...]:
        """The estimator's `classes_` as plain values."""
        return self._classes

    def answer(self, frame: Any) -> Answer:
        """`predict` and, where the estimator has it, `predict_proba`."""
        labels = self.estimator.predict(frame)
        ask = getattr(self.estimator, "predict_proba", None) if self._classes else None
        return Answer(labels, ask(frame) if ask is not None else None)


class SklearnFlavour:
    """Reads `model.skops`."""

    def load(self, folder: Path, info: ModelInfo, trust: Trust) -> Estimator:
        """The estimator; UserError naming each type that is neither known nor trusted."""
        return Estimator(read_skops((folder / info.artifact).read_bytes(), trust))


class PickleFlavour:
    """Reads `model.pkl`, where the spec allows it."""

    def load(self, folder: Path, info: ModelInfo, trust: Trust) -> Estimator:
        """The estimator; UserError unless pickles are allowed."""
        return Estimator(read_pickle(folder / info.artifact, trust))


def plain_classes(estimator: Any) -> tuple[Any, ...]:
    """`classes_` as Python values; empty for anything but a classifier of one output."""
    classes = getattr(estimator, "classes_", None)
    values: Any = (
        classes.tolist() if classes is not None and hasattr(classes, "tolist") else classes
    )
    if not isinstance(values, list) or any(isinstance(value, list) for value in values):
        return ()
    return tuple(values)


def save(model: Any, folder: Path, trust: Trust) -> tuple[str, str, tuple[str, ...]]:
    """Write `model` into `folder`: its flavour, the artifact's name, its types to be trusted.

    By skops; by pickle only where that is allowed and skops can't write it or would not load it.
    """
    try:
        data = _dump(model)
        types = untrusted_types(data)
        read_skops(data, trust)
    except UserError:
        if not trust.allow_pickle:
            raise
        return "pickle", _write_pickle(model, folder), ()
    (folder / ARTIFACT).write_bytes(data)
    return "sklearn", ARTIFACT, tuple(types)


def _dump(model: Any) -> bytes:
    import skops.io

    from shipway_runtime.flavours.canonical import canonical

    try:
        return canonical(skops.io.dumps(model))
    except Exception as error:
        raise UserError(
            "unsupported",
            f"skops can't write this {type(model).__name__}: {error}",
            f"Use types that it knows. {PICKLE_CURE}",
        ) from error


def untrusted_types(data: bytes) -> list[str]:
    """Types in a skops file that only the user can vouch for, sorted."""
    import skops.io

    from shipway_runtime.flavours.trusted import own_types

    found = skops.io.get_untrusted_types(data=data)
    known = set(own_types(found))
    return sorted(name for name in found if name not in known)


def read_skops(data: bytes, trust: Trust) -> Any:
    """The model in a skops file; UserError naming the types that are not trusted."""
    import skops.io

    from shipway_runtime.flavours.trusted import own_types

    found = skops.io.get_untrusted_types(data=data)
    known = set(own_types(found)) | set(trust.types)
    unknown = [name for name in found if name not in known]
    if unknown:
        raise UserError(
            "untrusted",
            "the model holds types that are not trusted: " + ", ".join(unknown),
            "If they are yours, add them under `model:`\n"
            f"  trusted_types: [{', '.join([*trust.types, *unknown])}]",
        )
    try:
        return skops.io.loads(data, trusted=sorted(known))
    except Exception as error:
        raise UserError(
            "unloadable",
            f"the model can't be read back: {type(error).__name__}: {error}",
            "Functions and classes in it must stand at the top level of a module of the project. "
            + PICKLE_CURE,
        ) from error


def _write_pickle(model: Any, folder: Path) -> str:
    import pickle

    buffer = io.BytesIO()
    try:
        pickle.Pickler(buffer, protocol=4).dump(model)
    except Exception as error:
        raise UserError("unsupported", f"the model can't be pickled: {error}") from error
    (folder / PICKLE).write_bytes(buffer.getvalue())
    return PICKLE


def read_pickle(path: Path, trust: Trust) -> Any:
    """The object in a pickle or joblib file, if the spec allows pickles."""
    require_pickle(path, trust)
    try:
        import joblib

        return joblib.load(path)
    except ImportError:
        import pickle

        with path.open("rb") as stream:
            return pickle.load(stream)  # noqa: S301 - allowed by the spec, made by this project


def require_pickle(path: Path, trust: Trust) -> None:
    """UserError unless the spec says `allow_pickle: true`."""
    if not trust.allow_pickle:
        raise UserError(
            "pickle",
            f"{path.name} is a pickle: reading it runs whatever code is in it",
            "Save the model with skops, or set `train.allow_pickle: true` if you trust it.",
        )
