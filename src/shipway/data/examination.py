# SPDX-License-Identifier: Apache-2.0
"""A table as one meets it for the first time: what it holds, what is odd, what can be demanded.

    examined = examine(lambda nulls: open_table("all", files, DataSpec(nulls=nulls), formats))
    examined.suspicions
    proposed_columns(examined)      # `data.proposals`

The table is read three times: for markers of missing values (only where it has texts), for a
profile, and for the one more look of `suspicions.look`. What is text in the file is kept with its
types beside it meanwhile, so that numbers and dates are made of text only once.
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from shipway.data.layout import Mark
from shipway.data.opening import Table, reading
from shipway.data.profile import profile_table
from shipway.data.profile_subjects import subjects_of
from shipway.data.sensitive import sensitive_columns
from shipway.data.suspicions import suspect
from shipway.data.suspicions.look import HEAD, Look, look_closer
from shipway.data.suspicions.markers import find_markers
from shipway.records.inference import Suspicion
from shipway.records.profile import Profile

Opened = Callable[[tuple[str, ...]], Table]


@dataclass(frozen=True)
class Examined:
    """What was found. `nulls` are texts that count as missing; `keys` the columns that tell rows
    apart, `counters` those of them that number the rows; `sensitive` those that look personal.

    `repeated` rows are there already (-1: not counted). `sampled`: only the first rows were read.
    """

    profile: Profile
    nulls: tuple[str, ...] = ()
    suspicions: tuple[Suspicion, ...] = ()
    keys: frozenset[str] = frozenset()
    counters: frozenset[str] = frozenset()
    sensitive: frozenset[str] = frozenset()
    repeated: int = -1
    sampled: bool = False

    def of(self, column: str) -> tuple[Suspicion, ...]:
        """The suspicions about one column."""
        return tuple(each for each in self.suspicions if each.column == column)


def examine(opened: Opened, *, target: str | None = None, most: int | None = None) -> Examined:
    """Look at the table that `opened` gives, with those texts taken as missing.

    `target` is the column that is predicted; no more than the first `most` rows are read.
    InputError for a file that can't be read, and for a target that is no column.
    """
    raw = opened(())
    with reading([raw]):
        markers = find_markers(_part(raw, most), text=raw.is_text)
    table = opened(markers.nulls)
    with tempfile.TemporaryDirectory(prefix="shipway-") as scratch, reading([table]):
        frame = _part(table, most)
        if table.is_text:
            frame = _typed(frame, table.layout.decimal, Path(scratch) / "typed.parquet")
        profile = profile_table(frame, name=table.name, target=target)
        subjects, ready = subjects_of(frame, {}, text=False)
        values = [each.values for each in subjects if each.kind != "other"]
        head = ready.select(values).head(HEAD).collect(engine="streaming") if values else None
        extras, repeated = look_closer(ready, subjects, profile)
        head = head if head is not None else pl.DataFrame()
        look = Look(
            profile=profile,
            subjects=subjects,
            frame=ready,
            head=head,
            extras=extras,
            repeated=repeated,
            nulls=markers.nulls,
            markers=markers.held,
            sensitive=sensitive_columns(subjects, head),
        )
        suspicions = suspect(look)
    return Examined(
        profile=profile,
        nulls=markers.nulls,
        suspicions=suspicions,
        keys=frozenset(each.name for each in look.columns if look.is_key(each)),
        counters=frozenset(each.name for each in look.columns if look.is_counter(each)),
        sensitive=look.sensitive,
        repeated=repeated,
        sampled=most is not None and profile.rows >= most,
    )


def _typed(frame: pl.LazyFrame, decimal: Mark, scratch: Path) -> pl.LazyFrame:
    """A table of text with its types, in a file of its own: so that each cell is read once."""
    subjects, ready = subjects_of(frame, {}, text=True, decimal=decimal)
    if not subjects:
        return frame
    values = (pl.col(subject.values).alias(subject.name) for subject in subjects)
    ready.select(values).sink_parquet(scratch, compression="lz4")
    return pl.scan_parquet(scratch, glob=False)


def _part(table: Table, most: int | None) -> pl.LazyFrame:
    return table.frame if most is None else table.frame.head(most)
