# SPDX-License-Identifier: Apache-2.0
"""The `data` part of a first spec: the tables, what their columns hold, and how they are split."""

import re

import msgspec

from shipway.discovery.compose_notes import Notes
from shipway.discovery.compose_scalars import can_be_key
from shipway.discovery.tables import ColumnFinding, TableFinding
from shipway.discovery.tables_checks import column_checks
from shipway.discovery.tables_choice import TableChoice
from shipway.discovery.tables_target import Guess
from shipway.spec.types import Amount, DataSpec, SplitSpec

MOST_COLUMNS = 40
SEED = 42
FEWEST = 5
ID_NAME = re.compile(r"(^|_)(id|uuid|guid|key)$|id$", re.IGNORECASE)


def compose_data(
    choice: TableChoice, guess: Guess | None, notes: Notes, *, split: bool
) -> DataSpec | None:
    """What the spec says about the tables; None when there is none that can be read.

    `split`: the tables are handed to a function, so Shipway sets the test rows apart.
    """
    for each in choice.unusable:
        notes.unknown(f"{each.path} {each.problem}. {each.cure}".rstrip())
    table = choice.finding
    if table is None:
        return None
    target = guess.target if guess else ""
    classes = guess is not None and guess.task != "regression"
    columns = column_checks(table, target, classes=classes)
    columns = {name: spec for name, spec in columns.items() if can_be_key(name)}
    left = dict(list(columns.items())[:MOST_COLUMNS])
    if target in columns:
        left[target] = columns[target]
    paths = dict(choice.paths)
    data = DataSpec(
        all=paths.get("all"),
        train=paths.get("train"),
        validation=paths.get("validation"),
        test=paths.get("test"),
        nulls=table.nulls,
        columns=left,
    )
    time = _time(table, guess)
    if split and "all" in paths:
        data = msgspec.structs.replace(data, split=_split(table, guess, time, notes))
    if time and data.split is not None and data.split.by == time:
        data = msgspec.structs.replace(data, time=time)
    _say(choice, table, len(columns) - len(left), notes)
    _say_doubts(table, notes)
    return data


def _split(table: TableFinding, guess: Guess | None, time: str | None, notes: Notes) -> SplitSpec:
    fifth = Amount(0.2, share=True)
    if time is not None:
        notes.on("data", "split", text=f"the latest fifth by {time}, the only time in the table")
        notes.guessed(f"the latest fifth of the rows by {time} is the test set")
        return SplitSpec(test=fifth, by=time)
    stratify = guess is not None and guess.task != "regression"
    notes.guessed("a random fifth of the rows is the test set, the same in each run")
    return SplitSpec(test=fifth, random=True, seed=SEED, stratify=stratify)


def _time(table: TableFinding, guess: Guess | None) -> str | None:
    """The one column with moments in each row that the rows may be ordered by."""
    found = [
        column
        for column in table.columns
        if column.type in ("date", "datetime")
        and column.missing == 0
        and column.distinct >= FEWEST
        and (guess is None or column.name != guess.target)
    ]
    return found[0].name if len(found) == 1 else None


def id_column(table: TableFinding) -> ColumnFinding | None:
    """The column that names the rows: unique, and called like it."""
    for column in table.columns:
        named = ID_NAME.search(column.name) is not None
        if column.unique and can_be_key(column.name) and named:
            return column
    return None


def _say(choice: TableChoice, table: TableFinding, left_out: int, notes: Notes) -> None:
    rows = f"{table.rows:,} rows" if not table.sampled else f"more than {table.rows:,} rows"
    files = " and ".join(path for _, path in choice.paths)
    notes.found(f"{files}: {rows}, {len(table.columns)} columns ({choice.why})")
    if table.nulls:
        shown = ", ".join(map(repr, table.nulls))
        notes.guessed(f"{shown} stands for a missing value")
        notes.on("data", "nulls", text="count as missing, like an empty field")
    if left_out > 0:
        more = f"{left_out} more columns are not checked; list those that matter"
        notes.after("data", "columns", lines=(more,))
    if table.sampled:
        notes.on("data", "columns", text="ranges come from the first million rows")
    if choice.others and len(choice.others) <= 5:
        notes.found(f"other tables, not used: {', '.join(choice.others)}")
    _say_ids(table, notes)


def _say_ids(table: TableFinding, notes: Notes) -> None:
    counters = [c.name for c in table.columns if c.counter and can_be_key(c.name)]
    key = id_column(table)
    for name in counters:
        if key is None or name != key.name:
            notes.on("data", "columns", name, text="numbers the rows; if no feature: ignore")
    if key is not None:
        notes.on("data", "columns", key.name, text="names the rows; if no feature: id")


def _say_doubts(table: TableFinding, notes: Notes) -> None:
    for doubt in table.doubts:
        if can_be_key(doubt.column):
            notes.on("data", "columns", doubt.column, text=doubt.text)
        notes.unknown(f"{doubt.column or 'a column'}: {doubt.text}")
    if table.repeated > 0:
        was = "1 row is" if table.repeated == 1 else f"{table.repeated:,} rows are"
        notes.unknown(f"{was} there more than once: is that meant?")
        notes.after("data", lines=(f"{was} there more than once",))
