# SPDX-License-Identifier: Apache-2.0
"""Tables of predictions for `shipway gate`: opened, read, the champion's rows put beside ours."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shipway.base.errors import InputError
from shipway.base.names import did_you_mean
from shipway.operations.fetched import Place
from shipway.operations.table_files import locate
from shipway.spec.types import ColumnSpec, DataSpec

if TYPE_CHECKING:
    import polars as pl

    from shipway.data.layout import Layout
    from shipway.data.opening import Table

MANY = 30
AS_TEXT = ColumnSpec(type="string")


@dataclass(frozen=True)
class PredictionTable:
    """A table of predictions: how messages call it, its columns, and how to read them."""

    name: str
    columns: tuple[str, ...]
    table: "Table"

    def read(self, wanted: Collection[str], texts: Collection[str] = ()) -> "pl.DataFrame":
        """All rows of those columns that there are of `wanted`; InputError when there is no row.

        In a file without types `texts` are read as they stand: `007`, and numbers of any length.
        """
        from shipway.data.columns import typed
        from shipway.data.opening import reading

        names = [name for name in self.columns if name in wanted]
        text, decimal = self.table.is_text, self.table.layout.decimal
        declared = dict.fromkeys(texts, AS_TEXT) if text else {}
        with reading([self.table]):
            chosen = self.table.frame.select(names)
            frame = _plain(typed(chosen, declared, text=text, decimal=decimal).collect())
        if not frame.height:
            raise InputError("there are no rows in this file", where=self.name)
        return frame

    def require(self, column: str, what: str) -> None:
        """InputError when the file has no such column; `what` says what it is for."""
        if column not in self.columns:
            raise InputError(
                f"there is no column {column!r}, {what}",
                where=self.name,
                cure=nearest_column(column, self.columns),
            )


def _plain(frame: "pl.DataFrame") -> "pl.DataFrame":
    """The same values in types that arrays have: categories and whole numbers of any length as
    texts, decimals as floats."""
    import polars as pl
    from polars import selectors

    texts = selectors.by_dtype(pl.Categorical, pl.Enum, pl.Int128, pl.UInt128)
    return frame.with_columns(texts.cast(pl.String), selectors.decimal().cast(pl.Float64))


@contextmanager
def named(where: str) -> Iterator[None]:
    """Errors raised within say `where` they are."""
    try:
        yield
    except InputError as error:
        raise InputError(error.what, where=where, cure=error.cure) from None


def nearest_column(column: str, columns: Collection[str]) -> str:
    """The column that may be meant, or those that there are."""
    if len(columns) == 1:
        (only,) = columns
        return f"The only column is {only!r}: is it split at the wrong place? --delimiter CHAR"
    cure = did_you_mean(column, columns)
    return cure if len(columns) <= MANY or cure.startswith("Did") else f"It has {len(columns)}."


def open_predictions(place: Place, dialect: "Layout | None" = None) -> PredictionTable:
    """The table at a path, a glob or a URL; InputError for one that can't be read."""
    from shipway.adapters.tables import table_format
    from shipway.data.opening import open_table, reading

    found = locate([place])
    layout = found.layout(None, None, dialect)
    table = open_table(found.name, found.files, DataSpec(), table_format, layout)
    with reading([table]):
        columns = tuple(table.frame.collect_schema().names())
    return PredictionTable(found.name, columns, table)


def paired(
    ours: "pl.DataFrame",
    theirs: "pl.DataFrame",
    target: str,
    key: str | None,
    names: tuple[str, str],
) -> "pl.DataFrame":
    """The champion's rows in the order of ours, with the same targets.

    Rows pair by `key`, or by position, for which both need the target. `names` are those of both
    files, ours first. InputError where a key is missing or names several rows, and where the rows
    or their targets are not the same.
    """
    from shipway.rows.pairs import Pairing, by_key

    mine, where = names
    with named(where):
        if key is not None:
            theirs = by_key(key, ours, theirs, Pairing(mine, where, more=False))
        elif theirs.height != ours.height:
            raise InputError(
                f"has {theirs.height:,} rows, and {mine} has {ours.height:,}",
                cure="Give both the same rows, or name the column that pairs them: --key COLUMN.",
            )
        _refuse_other_targets(ours, theirs, target, key, mine)
    return theirs


def _refuse_other_targets(
    ours: "pl.DataFrame", theirs: "pl.DataFrame", target: str, key: str | None, mine: str
) -> None:
    from shipway.rows.pairs import differing

    if target not in theirs.columns or target == key:
        return
    other = differing(ours[target], theirs[target])
    if not len(other):
        return
    cure = "Both files must tell the truth of the same rows."
    if key is None:
        cure = (
            "The rows are others or in another order: name the column that pairs them, "
            "--key COLUMN."
        )
    raise InputError(
        f"{len(other):,} of {ours.height:,} rows have another {target} than in {mine}; the first "
        f"is row {other[0]}",
        cure=cure,
    )
