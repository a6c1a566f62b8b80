# SPDX-License-Identifier: Apache-2.0
"""Asks a model for predictions in its own environment.

    model = open_model(ctx, environment, version)      its files and its code, in the scratch folder
    model.sys_path, model.info                         where its code lies, and what model.json says
    ask_table(ctx, model, files)                       what it says of a whole table
    ask_pieces(ctx, model, pieces)                     the same for rows that Shipway made itself

A table is read by the project's own library, as in training. Pieces are frames of polars that reach
the model as rows reach the server.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from shipway.base.digests import hex_of
from shipway.base.errors import StoppedError
from shipway.base.files import disk_errors, inside
from shipway.records.delivery import ModelVersion
from shipway.records.source import PythonEnvironment
from shipway.stages.context import StageContext
from shipway.stages.worker import call_worker
from shipway.stages.workspace import import_places
from shipway.storage.trees import fetch_tree
from shipway_runtime import columns, formats

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class OpenModel:
    """A stored model, unpacked in `folder` and ready to be asked in `environment`."""

    version: ModelVersion
    environment: PythonEnvironment
    folder: Path
    sys_path: tuple[str, ...]
    info: formats.ModelInfo

    @property
    def model(self) -> Path:
        """The model directory."""
        return self.folder / "model"


def open_model(
    ctx: StageContext, environment: PythonEnvironment, version: ModelVersion
) -> OpenModel:
    """Unpack a model and its code; the store's error when one of them is missing or damaged."""
    # The champion may be this very model: its number, which a challenger lacks, tells them apart.
    folder = ctx.scratch / f"{hex_of(version.digest)[:12]}-{version.number}"
    model, code = folder / "model", folder / "code"
    folder.mkdir()
    fetch_tree(ctx.store.objects, version.digest, model)
    fetch_tree(ctx.store.objects, version.code, code)
    places = import_places(code, inside(code, version.import_folder))
    return OpenModel(version, environment, folder, places, formats.read_model(model))


def ask_table(
    ctx: StageContext, model: OpenModel, files: formats.TableFiles
) -> formats.Predictions:
    """Predictions for the rows of a table, in its order."""
    return ask(ctx, model.environment, model.version, model.model, list(model.sys_path), data=files)


def ask(
    ctx: StageContext,
    environment: PythonEnvironment,
    version: ModelVersion,
    model: Path,
    sys_path: list[str],
    *,
    data: formats.TableFiles | None = None,
    rows: Path | None = None,
) -> formats.Predictions:
    """Predictions of the model directory `model` for a table, or for a file of rows.

    The first folder of `sys_path` is the current one, as it was in training.
    """
    output = ctx.scratch / f"{model.parent.name}-predictions.json"
    request = formats.PredictRequest(
        model=str(model),
        output=str(output),
        result=str(ctx.scratch / f"{model.parent.name}-result.json"),
        data=data,
        rows=str(rows) if rows else None,
        sys_path=tuple(sys_path),
        trusted_types=version.trusted_types,
        allow_pickle=version.allow_pickle,
    )
    # What an earlier question left would pass for the answer of a worker that was killed.
    output.unlink(missing_ok=True)
    _call(ctx, environment, request, sys_path[0])
    return formats.read_predictions(output)


def ask_pieces(
    ctx: StageContext, model: OpenModel, pieces: "Iterable[pl.DataFrame]"
) -> list[columns.Columns]:
    """What the model says of each piece, by one process that loads it once.

    An answer has the columns `prediction`, and `score` or (several classes) `0`, `1`, `2`…
    StoppedError for a piece that does not have the model's features.
    """
    folder = model.folder / "pieces"
    folder.mkdir(exist_ok=True)
    outputs, orders = [], folder / "orders"
    with disk_errors(folder), orders.open("wb") as stream:
        for number, piece in enumerate(pieces):
            given, output = folder / f"{number}.columns", folder / f"{number}.answers"
            columns.write(given, piece.height, _packed(piece, model.info))
            stream.write(_order(given, output))
            output.unlink(missing_ok=True)
            outputs.append(output)
    with orders.open("rb") as reader, (folder / "done").open("wb") as writer:
        request = formats.BatchRequest(
            model=str(model.model),
            result=str(folder / "result.json"),
            orders=reader.fileno(),
            answers=writer.fileno(),
            sys_path=model.sys_path,
            trusted_types=model.version.trusted_types,
            allow_pickle=model.version.allow_pickle,
        )
        fds = (reader.fileno(), writer.fileno())
        _call(ctx, model.environment, request, model.sys_path[0], fds)
    return [columns.read(output) for output in outputs]


def _call(
    ctx: StageContext,
    environment: PythonEnvironment,
    request: formats.PredictRequest | formats.BatchRequest,
    cwd: str,
    pass_fds: tuple[int, ...] = (),
) -> None:
    Path(request.result).unlink(missing_ok=True)
    _, ended = call_worker(ctx, environment, request, Path(cwd), pass_fds=pass_fds)
    if ended.cancelled:
        raise StoppedError("asking the model was cancelled")


def _order(given: Path, output: Path) -> bytes:
    import msgspec

    return msgspec.json.encode({"input": str(given), "output": str(output)}) + b"\n"


def _packed(piece: "pl.DataFrame", info: formats.ModelInfo) -> list[columns.Column]:
    from shipway.data.signature import BadCell, mismatch, pack_columns, read_features

    piece = _with_dates_as_text(piece, info)
    found = mismatch(info.features, piece.schema, text=False)
    wrong = [f"has no column {name!r}" for name in found.missing]
    wrong += [f"{name} {problem}" for name, problem in found.wrong.items()]
    if wrong:
        raise StoppedError(f"the table {'; '.join(wrong[:3])}")
    try:
        return pack_columns(read_features(piece, info.features, text=False), info.features)
    except BadCell as error:
        raise StoppedError(f"{error.column} {error.problem}") from None


def _with_dates_as_text(piece: "pl.DataFrame", info: formats.ModelInfo) -> "pl.DataFrame":
    """Declared dates that training read as texts are texts for the model."""
    import polars as pl

    wanted = [feature.name for feature in info.features if feature.type in ("string", "category")]
    moments = [
        pl.col(name).dt.to_string("iso")
        for name in wanted
        if name in piece.columns and piece.schema[name].is_temporal()
    ]
    return piece.with_columns(moments)
