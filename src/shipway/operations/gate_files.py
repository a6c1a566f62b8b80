# SPDX-License-Identifier: Apache-2.0
"""The files of challenger and champion: the columns that are asked for, row beside row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from shipway.operations.gate_answers import refuse_missing
from shipway.operations.gate_needs import columns_of
from shipway.operations.gate_request import GateRequest
from shipway.operations.gate_scores import score_columns
from shipway.operations.gate_tables import PredictionTable, named, open_predictions, paired
from shipway.operations.gates_file import Asked

if TYPE_CHECKING:
    import polars as pl

TARGET, PREDICTION = "the target (--target)", "the prediction (--prediction)"
KEY, WEIGHTS = "the key (--key)", "the weights (--weights)"


@dataclass(frozen=True)
class ModelFile:
    """One model's file: its rows, and for each class the column of its scores."""

    name: str
    rows: "pl.DataFrame"
    scores: Mapping[str, str]


def read_challenger(request: GateRequest, table: PredictionTable, asked: Asked) -> ModelFile:
    """The rows with all columns that options and gates ask for.

    InputError when one of the options' columns is missing, or the target of a row is.
    """
    columns = {TARGET: request.target, PREDICTION: request.prediction, WEIGHTS: request.weights}
    if request.champion is not None:
        columns[KEY] = request.key
    wanted = [each for gate in asked.gates.values() for each in columns_of(asked.spec, gate)]
    found = _read(request, table, columns, wanted)
    with named(table.name):
        refuse_missing(found.rows[request.target], "the target")
    return found


def read_champion(request: GateRequest, ours: ModelFile) -> ModelFile | None:
    """The champion's rows in the order of ours; those that are paired by a key need no target."""
    if request.champion is None:
        return None
    columns = {PREDICTION: request.prediction, KEY: request.key}
    if request.key is None:
        columns[TARGET] = request.target
    table = open_predictions(request.champion, request.dialect)
    theirs = _read(request, table, columns, [request.target])
    names = ours.name, theirs.name
    return replace(theirs, rows=paired(ours.rows, theirs.rows, request.target, request.key, names))


def _read(
    request: GateRequest,
    table: PredictionTable,
    columns: Mapping[str, str | None],
    wanted: Sequence[str],
) -> ModelFile:
    """The rows with the scores, the `columns` (what for: name) and those of `wanted` there are."""
    given = {what: column for what, column in columns.items() if column is not None}
    for what, column in given.items():
        table.require(column, what)
    scores = score_columns(request.score, table, request.task)
    keys = {key for key in [given.get(KEY)] if key is not None and key not in wanted}
    rows = table.read({*given.values(), *scores.values(), *wanted}, keys)
    return ModelFile(table.name, rows, scores)
