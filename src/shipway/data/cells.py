# SPDX-License-Identifier: Apache-2.0
"""The cells of a column as values, whichever way a file writes them.

    1, 1.0 and "1"                                   the whole number 1
    2024-01-01 as a date, a datetime or a text       the same moment, in microseconds since 1970
    true, "true" and "True"                          the same truth value
    null and NaN                                     missing

Each cell is a kind and 64 bits; of a text the bits are a hash, and the text itself stays beside it.
Hashes are our own arithmetic, the same on every machine and in every year: names that were made
with them are kept for good.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from shipway.data.columns import type_name
from shipway.data.parsing import as_moment, parse_text

Bits = NDArray[np.uint64]

MISSING, WHOLE, REAL, TRUTH, MOMENT, TEXT = range(6)
BYTES_AT_ONCE = 1 << 22
BEYOND = 2.0**63
DIGITS = r"^[+-]?[0-9]+$"
NUMBER = r"^[+-]?\.?[0-9]"
DATED = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}"
FRACTION_BITS = 52
KEPT_BITS = 12
SALT = np.array(
    [0x9E3779B97F4A7C15 * (kind + 1) % 2**64 for kind in range(TEXT + 1)], dtype=np.uint64
)


@dataclass(frozen=True)
class Cells:
    """n cells: `kinds` (n), `bits` (n), and the texts (n, null where the cell is none)."""

    kinds: NDArray[np.uint8]
    bits: Bits
    texts: pl.Series | None = None

    def hashes(self) -> Bits:
        """A number for each cell (n), equal for equal cells."""
        return mix(self.bits ^ SALT[self.kinds])

    def rough(self) -> "Cells":
        """The same without what writing and reading a file may change.

        Fractions keep twelve binary digits (about four decimal ones); an empty text is missing; a
        truth value is 0 or 1.
        """
        kinds, bits = self.kinds.copy(), self.bits.copy()
        real = kinds == REAL
        if real.any():
            kinds[real], bits[real] = _numbers(_rounded(bits[real]))
        kinds[kinds == TRUTH] = WHOLE
        if self.texts is not None:
            kinds[(self.texts == "").fill_null(value=False).to_numpy()] = MISSING
        bits[kinds == MISSING] = 0
        return Cells(kinds, bits)


def cells_of(column: pl.Series) -> Cells:
    """The cells of a column of any type."""
    match type_name(column.dtype):
        case "integer" if column.dtype.is_integer() and column.dtype not in _WIDE:
            return _plain(column, WHOLE, column.cast(pl.Int64))
        case "float":
            return _of_floats(column.cast(pl.Float64))
        case "boolean":
            return _plain(column, TRUTH, column.cast(pl.Int64))
        case "date" | "datetime":
            return _plain(column, MOMENT, _moments(column))
        case "integer" | "string":
            return _of_texts(column.cast(pl.String))
        case "null":
            return _plain(column, MISSING, column.cast(pl.Int64))
    shown = [None if cell is None else repr(cell) for cell in column.to_list()]
    return _with_texts(pl.Series(shown, dtype=pl.String), *_nothing(len(shown)))


_WIDE = (pl.UInt64, pl.Int128, pl.UInt128)


def mix(numbers: Bits) -> Bits:
    """Numbers whose bits all depend on all bits (the finaliser of splitmix64).

    Source: G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number generators", 2014.
    """
    found = numbers + np.uint64(0x9E3779B97F4A7C15)
    found = (found ^ (found >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    found = (found ^ (found >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return found ^ (found >> np.uint64(31))


def number_of(name: str) -> np.uint64:
    """A number for a name, such as that of a column."""
    return np.uint64(int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "little"))


def _nothing(rows: int) -> tuple[NDArray[np.uint8], Bits]:
    return np.full(rows, MISSING, np.uint8), np.zeros(rows, np.uint64)


def _plain(column: pl.Series, kind: int, numbers: pl.Series) -> Cells:
    missing = column.is_null().to_numpy()
    bits = numbers.fill_null(0).to_numpy().astype(np.int64).view(np.uint64).copy()
    return Cells(np.where(missing, MISSING, kind).astype(np.uint8), bits)


def _moments(column: pl.Series) -> pl.Series:
    moment = as_moment(pl.col("c"), column.dtype)
    return column.to_frame("c").select(moment.cast(pl.Int64)).to_series()


def _of_floats(column: pl.Series) -> Cells:
    missing = (column.is_null() | column.is_nan().fill_null(value=True)).to_numpy()
    kinds, bits = _numbers(column.fill_null(0.0).fill_nan(0.0).to_numpy())
    kinds[missing], bits[missing] = MISSING, 0
    return Cells(kinds, bits)


def _numbers(values: NDArray[np.float64]) -> tuple[NDArray[np.uint8], Bits]:
    """Whole numbers as integers, others by their bits."""
    finite = np.where(np.isfinite(values), values, 0.5)
    whole = (finite == np.floor(finite)) & (np.abs(finite) < BEYOND)
    integers = np.where(whole, finite, 0).astype(np.int64).view(np.uint64)
    bits = np.ascontiguousarray(values, dtype=np.float64).view(np.uint64)
    return np.where(whole, WHOLE, REAL).astype(np.uint8), np.where(whole, integers, bits)


def _rounded(bits: Bits) -> NDArray[np.float64]:
    """Floats with `KEPT_BITS` binary digits behind the point of their mantissa."""
    dropped = FRACTION_BITS - KEPT_BITS
    half, mask = np.uint64(1 << (dropped - 1)), np.uint64(2**64 - (1 << dropped))
    return ((bits + half) & mask).view(np.float64)


def _of_texts(texts: pl.Series) -> Cells:
    """Texts that say a number, a date or a truth value are that."""
    kinds, bits = _nothing(len(texts))
    text = pl.col("t")
    whole_text = pl.when(text.str.contains(DIGITS)).then(text)
    real_text = pl.when(text.str.contains(NUMBER) & ~text.str.contains(DIGITS)).then(text)
    dated = parse_text(pl.when(text.str.contains(DATED)).then(text), "datetime")
    lower = pl.when(text.str.len_bytes() <= len("false")).then(text.str.to_lowercase())
    found = texts.to_frame("t").select(
        pl.when(lower.is_in(["true", "false"])).then(lower == "true").cast(pl.Int64).alias("truth"),
        whole_text.cast(pl.Int64, strict=False).alias("whole"),
        real_text.cast(pl.Float64, strict=False).alias("real"),
        dated.cast(pl.Int64).alias("moment"),
    )
    for name, kind in (("truth", TRUTH), ("whole", WHOLE), ("moment", MOMENT)):
        read = found[name].is_not_null().to_numpy()
        if read.any():
            kinds[read] = kind
            bits[read] = found[name].drop_nulls().to_numpy().view(np.uint64)
    read = found["real"].is_finite().fill_null(value=False).to_numpy()
    if read.any():
        kinds[read], bits[read] = _numbers(found["real"].to_numpy()[read])
    return _with_texts(texts, kinds, bits)


def _with_texts(texts: pl.Series, kinds: NDArray[np.uint8], bits: Bits) -> Cells:
    """The cells that nothing was read from are texts, or missing."""
    unread = texts.is_not_null().to_numpy() & (kinds == MISSING)
    if not unread.any():
        return Cells(kinds, bits)
    kinds[unread] = TEXT
    left = pl.select(pl.when(pl.lit(pl.Series(unread))).then(pl.lit(texts))).to_series()
    bits[unread] = text_hashes(left.drop_nulls())
    return Cells(kinds, bits, left)


def text_hashes(texts: pl.Series) -> Bits:
    """A number for each text (none missing): its bytes, each times a factor of its place, summed.

    Source of the idea: multilinear hashing, D. Lemire and O. Kaser, "Strongly universal string
    hashing is fast", 2014.
    """
    parts = [_hash_part(part, sizes) for part, sizes in _parts(texts)]
    return np.concatenate(parts) if parts else np.zeros(0, np.uint64)


def _parts(texts: pl.Series) -> Iterator[tuple[pl.Series, NDArray[np.int64]]]:
    """Neighbouring texts of a few megabytes together, with their sizes in bytes."""
    sizes = texts.str.len_bytes().to_numpy().astype(np.int64)
    ends = np.cumsum(sizes + 1)
    start = 0
    while start < len(texts):
        before = ends[start - 1] if start else 0
        end = max(int(np.searchsorted(ends, before + BYTES_AT_ONCE)), start + 1)
        yield texts[start:end], sizes[start:end]
        start = end


def _hash_part(texts: pl.Series, sizes: NDArray[np.int64]) -> Bits:
    # One byte more for each text, so that an empty one has a place of its own.
    joined = (texts + "\x00").str.join("").item().encode()
    data = np.frombuffer(joined, np.uint8).astype(np.uint64)
    starts = np.concatenate(([0], np.cumsum(sizes + 1)[:-1]))
    places = np.arange(len(data)) - np.repeat(starts, sizes + 1)
    factors = mix(np.arange(int(sizes.max()) + 1, dtype=np.uint64)) | np.uint64(1)
    found: Bits = np.add.reduceat((data + np.uint64(1)) * factors[places], starts)
    return mix(found ^ sizes.astype(np.uint64))
