# SPDX-License-Identifier: Apache-2.0
"""Makes a model directory: saves the model, reads it back, and lets the copy predict.

Golden predictions come from the model as it was read back from disk, and must equal those of the
model in memory: what is stored is what was trained. Nothing in the directory depends on the time,
the place, the run or the process.
"""

from __future__ import annotations

import importlib.metadata
import json
import platform
import shutil
from pathlib import Path
from typing import Any, Mapping, NamedTuple, Sequence, Union

from shipway_runtime import calls, datasets, formats, frames
from shipway_runtime.errors import UserError
from shipway_runtime.flavours import Trust
from shipway_runtime.flavours.model_files import FILES
from shipway_runtime.formats import Feature, FinishRequest, Golden, ModelInfo, TrainRequest
from shipway_runtime.predictor import Predictor, load_predictor, positive_class
from shipway_runtime.values import plain_list, plain_value

FRAMEWORKS = ("numpy", "pandas", "polars", "scikit-learn", "scipy", "skops")
RAW_FEATURES_CURE = (
    "Compute features inside of the model (a scikit-learn Pipeline), or name a function that takes "
    "raw rows as `train.predict`."
)

Asked = Union[TrainRequest, FinishRequest]


class Columns(NamedTuple):
    """What the training table looks like: its columns without target, id and ignored ones.

    `labels` are the different values of the target, sorted; `frame` is the kind of the table.
    """

    features: tuple[Feature, ...]
    labels: tuple[Any, ...]
    frame: str


def trust_of(request: Asked) -> Trust:
    """What the spec allows to be loaded."""
    return Trust(tuple(request.trusted_types), request.allow_pickle)


def describe(request: Asked, given: Mapping[str, Any] | None = None) -> Columns:
    """The columns of the training table: one of the arguments `given`, else it is read.

    Looked at before the user's code runs: that may change the table in its place.
    """
    name = next((name for name in ("train", "all") if name in request.data), None)
    if name is None:
        return Columns((), (), "rows")
    table: Any = (given or {}).get(name)
    if not hasattr(table, "shape"):
        kind = "polars" if hasattr(table, "collect") else datasets.installed(name)
        table = datasets.read(name, request.data[name], kind)
    left_out = {request.target, request.id, *request.ignore}
    names = [name for name in table.columns if name not in left_out]
    kind = "pandas" if frames.is_pandas(table) else "polars"
    return Columns(frames.signature(table, names), _labels(request, table), kind)


def _labels(request: Asked, table: Any) -> tuple[Any, ...]:
    if request.task == "regression" or request.target not in table.columns:
        return ()
    values = {value for value in plain_list(table[request.target].unique()) if value is not None}
    try:
        return tuple(sorted(values))
    except TypeError:
        return tuple(sorted(values, key=str))


def save_estimator(request: Asked, model: Any, columns: Columns) -> ModelInfo:
    """Write a fitted estimator into the output folder; what `model.json` says about it so far."""
    from shipway_runtime.flavours import sklearn

    folder = Path(request.output)
    if request.predict:
        names: Sequence[str] = [feature.name for feature in columns.features]
        kind = _frame_of_rows()
    else:
        names, kind = _inputs(model, columns)
    flavour, artifact, types = sklearn.save(model, folder, trust_of(request))
    classes = sklearn.plain_classes(model) or columns.labels
    info = _info(request, columns, "python" if request.predict else flavour, classes)
    known = {feature.name: feature for feature in columns.features}
    features = tuple(known[name] for name in names)
    return info._replace(features=features, frame=kind, artifact=artifact, trusted_types=types)


def save_files(
    request: FinishRequest, files: Mapping[str, Path], entries: Sequence[str], columns: Columns
) -> ModelInfo:
    """Copy the files of a model that the user's own function reads."""
    folder = Path(request.output) / FILES
    for name, path in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    info = _info(request, columns, "python", columns.labels)
    return info._replace(frame=_frame_of_rows(), entries=tuple(entries))


def _frame_of_rows() -> str:
    return "pandas" if frames.available("pandas") else "rows"


def _info(request: Asked, columns: Columns, flavour: str, classes: tuple[Any, ...]) -> ModelInfo:
    classes = () if request.task == "regression" else tuple(plain_value(item) for item in classes)
    binary = request.task == "binary"
    return ModelInfo(
        flavour=flavour,
        task=request.task,
        target=request.target,
        features=columns.features,
        frame=columns.frame,
        positive=positive_class(classes, request.positive) if binary else None,
        threshold=request.threshold,
        classes=classes,
        frameworks=_versions(),
        python=".".join(platform.python_version_tuple()[:2]),
        predict=request.predict,
    )


def _versions() -> dict[str, str]:
    found = {}
    for name in FRAMEWORKS:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def _inputs(model: Any, columns: Columns) -> tuple[list[str], str]:
    """Names of the features that the estimator wants, and the kind of table."""
    known = [feature.name for feature in columns.features]
    names = getattr(model, "feature_names_in_", None)
    if names is not None:
        wanted = [str(name) for name in names]
        strange = [name for name in wanted if name not in known]
        if strange:
            raise UserError(
                "columns",
                f"the model was fitted on {', '.join(strange)}, which the training data does not "
                "have as a feature",
                RAW_FEATURES_CURE,
            )
        return wanted, columns.frame
    count = getattr(model, "n_features_in_", None)
    if count is None:
        return known, columns.frame
    if count != len(known):
        raise UserError(
            "columns",
            f"the model was fitted on {count} unnamed columns; the training data has {len(known)} "
            f"features: {', '.join(known)}",
            "Fit it on a DataFrame, or list the other columns under `data.ignore`. "
            + RAW_FEATURES_CURE,
        )
    return known, "numpy"


def complete(request: Asked, info: ModelInfo, original: Any = None) -> tuple[ModelInfo, int]:
    """Write `model.json`, read the model back, and write its golden predictions.

    `original` is the model in memory, whose predictions must be the same. The final `model.json`
    and the number of golden rows. UserError when the copy can't be loaded or differs.
    """
    folder = Path(request.output)
    info = write_info(folder, info)
    trust = {"trusted_types": request.trusted_types, "allow_pickle": request.allow_pickle}
    predictor = calls.call("loading the model", load_predictor, folder, **trust)
    if request.golden is None:
        return info, 0
    rows = _golden_rows(Path(request.golden), info)
    golden = _golden(predictor, rows)
    if original is not None:
        _compare(golden, Predictor(info, original))
    formats.write(folder / formats.GOLDEN_FILE, golden)
    return write_info(folder, info, info.files), len(golden.rows)


def write_info(folder: Path, info: ModelInfo, known: Mapping[str, str] = {}) -> ModelInfo:
    """Write `model.json`; digests that are `known` are not taken again."""
    info = info._replace(files=formats.file_digests(folder, known))
    formats.write(folder / formats.MODEL_FILE, info)
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return info


def _golden_rows(path: Path, info: ModelInfo) -> list[dict[str, Any]]:
    names = [feature.name for feature in info.features]
    given = json.loads(path.read_bytes())
    return [{name: plain_value(row[name]) for name in names if name in row} for row in given]


def _golden(predictor: Predictor, rows: list[dict[str, Any]]) -> Golden:
    """Golden predictions; rows that the model alone can't take (a blanked column) are left out."""
    try:
        found = calls.call("predict", predictor.predict, rows)
    except calls.RaisedError:
        rows = [row for row in rows if _can_predict(predictor, row)]
        if not rows:
            raise
        found = calls.call("predict", predictor.predict, rows)
    scores = None if found.scores is None else tuple(found.scores)
    return Golden(tuple(rows), tuple(found.predictions), scores)


def _can_predict(predictor: Predictor, row: dict[str, Any]) -> bool:
    try:
        predictor.predict([row])
    except UserError:
        raise
    except Exception:  # the model's own refusal, of whatever kind
        return False
    return True


def _compare(golden: Golden, original: Predictor) -> None:
    expected = original.predict(golden.rows)
    scores = None if golden.scores is None else list(golden.scores)
    if expected.predictions != list(golden.predictions) or expected.scores != scores:
        raise UserError(
            "mismatch",
            "the model predicts differently after it was saved and read back",
            "Something that it needs is not part of its fitted state: "
            "set it in `fit`, as an attribute.",
        )
