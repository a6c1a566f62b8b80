# SPDX-License-Identifier: Apache-2.0
"""Two tables about the same rows: one brought into the order of the other, their truth compared.

by_key("id", frame, table, Pairing("the dataset", "the file"))
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shipway.base.errors import InputError
from shipway.base.names import did_you_mean

if TYPE_CHECKING:
    import polars as pl

SHOWN = 3


@dataclass(frozen=True)
class Pairing:
    """How messages call both tables, whether they may show keys (`shown`), and whether the other
    table may hold more rows (`more`)."""

    ours: str
    theirs: str
    shown: bool = True
    more: bool = True


def by_key(
    key: str, frame: "pl.DataFrame", table: "pl.DataFrame", pairing: Pairing
) -> "pl.DataFrame":
    """The rows of `table` in the order of `frame`, whose keys they have.

    InputError for keys that are missing or stand twice, and for rows without a partner.
    """

    if key not in frame.columns:
        cure = did_you_mean(key, frame.columns)
        raise InputError(f"{pairing.ours} has no column {key!r} to pair rows by", cure=cure)
    _refuse_unclear(frame[key], pairing.ours, shown=pairing.shown)
    _refuse_unclear(table[key], pairing.theirs, shown=pairing.shown)
    if frame.schema[key] != table.schema[key]:
        frame, table = _as_texts(key, frame, table, pairing)
    missing = frame.join(table, on=key, how="anti", maintain_order="left")
    extra = table.join(frame, on=key, how="anti", maintain_order="left")
    if missing.height:
        _refuse_missing(missing[key], frame.height, extra.height, pairing)
    if extra.height and not pairing.more:
        raise InputError(
            f"{extra.height:,} of {table.height:,} rows are not in {pairing.ours}"
            f"{_first(extra[key], f'{key} ') if pairing.shown else ''}",
            cure="Predict the same rows with both models.",
        )
    return frame.select(key).join(table, on=key, how="left", maintain_order="left")


def _as_texts(
    key: str, frame: "pl.DataFrame", table: "pl.DataFrame", pairing: Pairing
) -> "tuple[pl.DataFrame, pl.DataFrame]":
    """7, 7 as a narrower number and "7" are the same key; nothing else is."""
    import polars as pl

    text = pl.col(key).cast(pl.String)
    try:
        return frame.with_columns(text), table.with_columns(text)
    except pl.exceptions.PolarsError:
        raise InputError(
            f"{key} is of type {frame.schema[key]} in {pairing.ours}, and {table.schema[key]} in "
            f"{pairing.theirs}",
            cure="Write the keys of both alike, as numbers or texts.",
        ) from None


def _refuse_missing(missing: "pl.Series", rows: int, extra: int, pairing: Pairing) -> None:
    also = f", and {extra:,} of its rows are not in {pairing.ours}" if extra else ""
    raise InputError(
        f"{len(missing):,} of {rows:,} rows of {pairing.ours} are not in it{also}"
        f"{_first(missing, f'{missing.name} ') if pairing.shown else ''}",
        cure="Let the champion predict the rows that are evaluated, all of them.",
    )


def _refuse_unclear(keys: "pl.Series", place: str, *, shown: bool) -> None:
    if keys.dtype.is_nested():
        raise InputError(
            f"{keys.name} holds lists or mappings in {place}: they are no keys",
            cure="Name a column that tells all rows apart.",
        )
    absent = keys.is_null()
    if keys.dtype.is_float():
        absent |= keys.is_nan()
    if count := int(absent.sum()):
        raise InputError(
            f"{count:,} rows of {place} have no {keys.name}; the first is row "
            f"{int(absent.arg_true()[0])}",
            cure="Name a column that tells all rows apart.",
        )
    twice = keys.filter(keys.is_duplicated()).unique(maintain_order=True)
    if len(twice):
        raise InputError(
            f"{len(twice):,} values of {keys.name} stand in several rows of {place}"
            f"{_first(twice) if shown else ''}",
            cure="Name a column that tells all rows apart.",
        )


def _first(values: "pl.Series", before: str = "") -> str:
    shown = ", ".join(str(value) for value in values.head(SHOWN).to_list())
    return f"; the first: {before}{shown}"


def differing(ours: "pl.Series", theirs: "pl.Series") -> "pl.Series":
    """The numbers of the rows in which two targets are not the same class, or the same number."""
    import polars as pl

    pairs = pl.DataFrame({"ours": ours, "theirs": theirs}).with_row_index("row")
    if ours.dtype == theirs.dtype or (ours.dtype.is_numeric() and theirs.dtype.is_numeric()):
        pairs = pairs.filter(pl.col("ours").ne_missing(pl.col("theirs")))
    values = pairs.select("ours", "theirs")
    differ = [each for each in values.unique(maintain_order=True).rows() if not _same_class(*each)]
    odd = pl.DataFrame(differ, schema=values.schema, orient="row")
    return pairs.join(
        odd, on=["ours", "theirs"], how="semi", nulls_equal=True, maintain_order="left"
    )["row"]


def _same_class(ours: Any, theirs: Any) -> bool:
    from shipway.evaluation.columns import class_text, find_class

    return ours == theirs or find_class(class_text(theirs), (class_text(ours),)) is not None
