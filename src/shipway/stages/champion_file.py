# SPDX-License-Identifier: Apache-2.0
"""The champion's predictions from a file, for a champion that Shipway did not train.

    evaluate:
      champion: {predictions: champion.parquet, prediction: label, score: p, key: id}

Rows are paired by `key`, a column of both tables. Without it they pair by position, which is
believed only where the file holds the target too and it is the same in every row. The scores of a
model of several classes stand in a column for each class, as `shipway predict` writes them:
`score: p` means `p_setosa`, `p_virginica`…
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shipway.base.digests import digest_of
from shipway.base.errors import InputError
from shipway.base.names import did_you_mean
from shipway.data.locate import find_files
from shipway.evaluation.class_scores import class_columns
from shipway.rows.pairs import Pairing, by_key, differing
from shipway.spec.evaluation import ChampionSpec
from shipway.spec.types import DataSpec, ModelSpec
from shipway.stages.answers import Asked
from shipway.stages.context import StageContext
from shipway.stages.stage import Scope
from shipway_runtime.formats import Predictions as Answers

if TYPE_CHECKING:
    import polars as pl

SIDES = ("the dataset", "the file")


def file_digest(scope: Scope, spec: ChampionSpec) -> str:
    """The content of the file, for the fingerprint; InputError when it is not there."""
    where = scope.document.where("evaluate", "champion")
    files = find_files(scope.folder, spec.predictions, where=where)
    return _digest(list(scope.files.digests(files).values()))


def answers_in_file(
    ctx: StageContext, folder: Path, frame: "pl.DataFrame", model: ModelSpec
) -> tuple[Asked, str]:
    """The file's answers for the rows of `frame`, in its order, and the digest of its content.

    InputError for columns that are missing, and for rows that don't pair, with the first of them.
    """
    assert ctx.spec.evaluate is not None  # noqa: S101 - asked where there is one
    spec = ctx.spec.evaluate.champion
    assert spec is not None  # noqa: S101 - asked where there is one
    where = ctx.document.where("evaluate", "champion")
    files = find_files(folder, spec.predictions, where=where)
    table = _read(ctx.spec.data or DataSpec(), spec.predictions, files)
    try:
        _check_columns(spec, table, model)
        rows = (
            by_key(spec.key, frame, table, Pairing(*SIDES, shown=_may_show(ctx, spec.key)))
            if spec.key
            else _by_position(frame, table, model)
        )
        _refuse_other_targets(frame, rows, model.target, spec.key)
        asked = _asked(spec, rows, model)
    except InputError as error:
        raise InputError(
            f"{spec.predictions}: {error.what}", where=where, cure=error.cure
        ) from None
    return asked, _digest([ctx.files.digest(file) for file in files])


def _digest(found: list[str]) -> str:
    return found[0] if len(found) == 1 else digest_of(found)


def _read(data: DataSpec, name: str, files: Sequence[Path]) -> "pl.DataFrame":
    """All rows; columns that the dataset has too are read as its own are."""
    from shipway.adapters.tables import table_format
    from shipway.data.columns import typed
    from shipway.data.opening import open_table, reading

    table = open_table(name, files, DataSpec(nulls=data.nulls), table_format)
    with reading([table]):
        return typed(table.frame, data.columns, text=table.is_text).collect()


def _check_columns(spec: ChampionSpec, table: "pl.DataFrame", model: ModelSpec) -> None:
    if spec.prediction is None and (spec.score is None or model.task == "regression"):
        raise InputError(
            "which column holds the predictions?", cure="Name it: champion: {prediction: …}."
        )
    wanted = [spec.prediction, spec.key, spec.score if model.task == "binary" else None]
    for name in filter(None, wanted):
        if name not in table.columns:
            raise InputError(f"has no column {name!r}", cure=did_you_mean(name, table.columns))


def _may_show(ctx: StageContext, key: str) -> bool:
    """Whether keys may stand in a message, which is kept with the run."""
    data = ctx.spec.data
    column = data.columns.get(key) if data is not None else None
    return ctx.spec.report.rows != "none" and not (column is not None and column.sensitive)


def _by_position(frame: "pl.DataFrame", table: "pl.DataFrame", model: ModelSpec) -> "pl.DataFrame":
    if table.height != frame.height:
        raise InputError(
            f"has {table.height:,} rows, the dataset {frame.height:,}",
            cure="Let the champion predict the same rows, or name their key: champion: {key: …}.",
        )
    if model.target not in table.columns:
        raise InputError(
            f"nothing tells whether its rows are in the order of the dataset: it has no "
            f"{model.target}, the target, and no key is named",
            cure="Name a column that both tables have: champion: {key: …}.",
        )
    return table


def _refuse_other_targets(
    frame: "pl.DataFrame", rows: "pl.DataFrame", target: str, key: str | None
) -> None:
    """InputError when file and dataset don't agree on the truth."""
    if target not in rows.columns or target == key:
        return
    other = differing(frame[target], rows[target])
    if len(other):
        order = "" if key else " Its rows are others, or in another order."
        raise InputError(
            f"{len(other):,} of {frame.height:,} rows have another {target} than in the dataset; "
            f"the first is row {other[0]}.{order}",
            cure="Let the champion predict the rows that are evaluated."
            if key
            else "Name a column that pairs the rows: champion: {key: …}.",
        )


def _asked(spec: ChampionSpec, rows: "pl.DataFrame", model: ModelSpec) -> Asked:
    """The columns as what a model of ours would say."""
    labels = [] if spec.prediction is None else rows[spec.prediction].to_list()
    if spec.score is None or model.task == "regression":
        return Asked(Answers(labels, None))
    if model.task == "binary":
        return Asked(Answers(labels, _numbers(rows[spec.score])))
    named = class_columns(spec.score, rows.columns)
    scores = zip(*(_numbers(rows[name]) for name in named.values()), strict=True)
    return Asked(Answers(labels, [list(row) for row in scores]), tuple(named))


def _numbers(column: "pl.Series") -> list[Any]:
    if not column.dtype.is_numeric():
        raise InputError(f"column {column.name!r} holds something else than numbers")
    return column.to_list()
