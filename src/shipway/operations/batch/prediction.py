# SPDX-License-Identifier: Apache-2.0
"""Piece after piece: read, asked, kept; and what is said when a row does not fit."""

from collections import deque
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NoReturn

import msgspec

from shipway.base import clock
from shipway.base.errors import ShipwayError, StoppedError
from shipway.operations.batch.asking import AskedModel, BadRow
from shipway.operations.batch.parts import Parts
from shipway.operations.batch.table import InputTable
from shipway_runtime.formats import ModelInfo

if TYPE_CHECKING:
    import polars as pl

IN_FLIGHT = 2


class Step(msgspec.Struct, frozen=True):
    """How far it is: rows that are done, of how many; `here` of them in this call's seconds."""

    done: int
    rows: int
    here: int
    seconds: float


def added_columns(info: ModelInfo) -> tuple[str, ...]:
    """The columns that the output has besides the input's."""
    if info.task == "regression":
        return ("prediction",)
    if info.task == "binary":
        return ("prediction", "score")
    return ("prediction", *(f"score_{label}" for label in info.classes))


class Prediction:
    """One call of `shipway predict`: `kept` are the columns of the input that the output keeps."""

    def __init__(
        self,
        info: ModelInfo,
        table: InputTable,
        parts: Parts,
        *,
        kept: tuple[str, ...],
        chunk: int,
        step: Callable[[Step], None],
    ) -> None:
        self.info = info
        self.table = table
        self.parts = parts
        self.kept = kept
        self.chunk = chunk
        self.step = step
        self.rows = table.count()
        self.resumed = min(parts.done * chunk, self.rows)
        self._done = self.resumed
        self._began = clock.seconds()
        self._asked: deque[tuple[int, pl.DataFrame, pl.DataFrame]] = deque()

    def carry_out(self, model: AskedModel) -> None:
        """Predict all pieces that are not done yet.

        StoppedError, with the row, for one that does not fit the signature; what the model said,
        with the rows of its piece, when it can't predict them.
        """
        if self.parts.done and self.resumed == self.rows:
            return
        names = list(dict.fromkeys([*self.kept, *(f.name for f in self.info.features)]))
        pieces = self.table.pieces(names, self.chunk, self.resumed)
        for number, piece in enumerate(pieces, self.parts.done):
            self._ask(model, number, piece)
            if len(self._asked) > IN_FLIGHT:
                self._take(model)
        self._take_all(model)

    def _ask(self, model: AskedModel, number: int, piece: "pl.DataFrame") -> None:
        from shipway.data.signature import BadCell, pack_columns, read_features

        features = self.info.features
        try:
            read = read_features(piece, features, text=self.table.is_text)
        except BadCell as error:
            self._take_all(model)
            place = self.table.place(number * self.chunk + error.row)
            raise StoppedError(
                f"{error.column} {error.problem}",
                where=place,
                cure="Correct the row, or list the texts that mean missing under 'data.nulls'.",
            ) from None
        model.ask(piece.height, pack_columns(read, features))
        self._asked.append((number, piece, read))

    def _take_all(self, model: AskedModel) -> None:
        while self._asked:
            self._take(model)

    def _take(self, model: AskedModel) -> None:
        number, piece, read = self._asked[0]
        try:
            answers = model.answer()
        except BadRow as error:
            place = self.table.place(number * self.chunk + error.row)
            raise StoppedError(error.message.partition(": ")[2], where=place) from None
        except ShipwayError as error:
            self._refused(error, number, read)
        self._asked.popleft()
        self.parts.add(number, self._output(piece, read, answers.values))
        self._done += piece.height
        here = self._done - self.resumed
        self.step(Step(self._done, self.rows, here, clock.seconds() - self._began))

    def _refused(self, error: ShipwayError, number: int, read: "pl.DataFrame") -> NoReturn:
        """The model's own error, with the rows of its piece and what is new to it in them."""
        from shipway.data.signature import newly_missing

        begin = number * self.chunk
        rows = f"rows {begin + 1:,} to {begin + read.height:,}"
        hints = [
            f"{name} is missing in {self.table.place(begin + row)}; training never saw it missing"
            for name, row in newly_missing(read, self.info.features).items()
        ]
        cure = "\n".join(filter(None, [error.cure, *hints[:5]]))
        raise type(error)(f"{error.what} ({rows})", where=error.where, cure=cure) from None

    def _output(
        self, piece: "pl.DataFrame", read: "pl.DataFrame", answers: Mapping[str, Any]
    ) -> "pl.DataFrame":
        """The kept columns, then the answers.

        In Parquet, features that came as text have the type that the model took them for.
        """
        kept = piece.select(self.kept)
        if self.table.is_text and self.parts.output.suffix == ".parquet":
            typed = [name for name in self.kept if name in read.columns]
            kept = kept.with_columns(read[name] for name in typed)
        return kept.with_columns(
            _series(name, answers.get(key), kind, piece.height)
            for name, key, kind in self._answers()
        )

    def _answers(self) -> "list[tuple[str, str, pl.DataType | None]]":
        """Name in the output, name in the worker's answer, and type of each added column."""
        import polars as pl

        prediction, *scores = added_columns(self.info)
        found: list[tuple[str, str, pl.DataType | None]]
        found = [(prediction, prediction, _label_type(self.info))]
        for number, name in enumerate(scores):
            found.append((name, name if name == "score" else str(number), pl.Float64()))
        return found


def _label_type(info: ModelInfo) -> "pl.DataType | None":
    """One type for all pieces; None when the labels are not known."""
    import polars as pl

    if info.task == "regression":
        return pl.Float64()
    kinds = {type(label) for label in info.classes}
    if not kinds:
        return None
    if kinds == {bool}:
        return pl.Boolean()
    if kinds == {int}:
        return pl.Int64()
    return pl.Float64() if kinds <= {int, float} else pl.String()


def _series(name: str, values: Any, kind: "pl.DataType | None", rows: int) -> "pl.Series":
    import numpy as np
    import polars as pl

    if values is None:
        return pl.Series(name, [None] * rows, dtype=kind)
    made = pl.Series(name, values if isinstance(values, list) else np.asarray(values))
    if kind is None or made.dtype == kind:
        return made
    try:
        return made.cast(kind)
    except pl.exceptions.PolarsError:
        label = next(value for value in made if value is not None)
        raise StoppedError(f"the model predicted {label!r}, which is none of its classes") from None
