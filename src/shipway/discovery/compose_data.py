# SPDX-License-Identifier: Apache-2.0
"""The `data` part of a first spec: the tables, what their columns hold, and how they are split."""

import msgspec

from shipway.data.proposals import id_column, proposed_columns
from shipway.discovery.compose_notes import Notes
from shipway.discovery.compose_text import wrapped
from shipway.discovery.tables import ColumnFinding, TableFinding
from shipway.discovery.tables_choice import TableChoice
from shipway.discovery.tables_target import Guess
from shipway.spec.scalar_text import can_be_key
from shipway.spec.types import Amount, DataSpec, SplitSpec

MOST_COLUMNS = 40
SEED = 42
FEWEST = 5
SAID_ELSEWHERE = ("row_counter",)
OF_THE_TABLE = ("duplicate_rows", "names", "time_parts", "coded_categories")


class Handling(msgspec.Struct, frozen=True):
    """What training does with the tables.

    `split`: they are handed over, so Shipway can set test rows apart. `unused` are columns that the
    code drops.
    """

    split: bool = False
    unused: frozenset[str] = frozenset()


def compose_data(
    choice: TableChoice, guess: Guess | None, handling: Handling, notes: Notes
) -> DataSpec | None:
    """What the spec says about the tables; None when there is none that can be read."""
    for each in choice.unusable:
        notes.unknown(f"{each.path} {each.problem}. {each.cure}".rstrip())
    table = choice.finding
    if table is None or table.examined is None:
        return None
    target = guess.target if guess else ""
    classes = guess is not None and guess.task != "regression"
    columns = proposed_columns(table.examined, target, classes=classes)
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
    if handling.split and data.all is not None:
        data = _set_apart(data, table, guess, notes)
    key = _id_column(table)
    if key is not None and key.name in handling.unused:
        data = msgspec.structs.replace(data, id=key.name)
        notes.guessed(f"{key.name} names the rows: the code leaves it out of the features")
    _say(choice, table, len(columns) - len(left), notes)
    _say_ids(table, handling.unused, notes)
    _say_doubts(table, notes)
    return data


def _set_apart(data: DataSpec, table: TableFinding, guess: Guess | None, notes: Notes) -> DataSpec:
    """`data` with a split: training never sees the test rows."""
    time = _time(table, guess)
    fifth = Amount(0.2, share=True)
    if time is not None:
        split, how = SplitSpec(test=fifth, by=time), f"the latest fifth of the rows by {time}"
    else:
        stratify = guess is not None and guess.task != "regression"
        split = SplitSpec(test=fifth, random=True, seed=SEED, stratify=stratify)
        how = "a random fifth of the rows, the same in each run,"
    notes.guessed(f"{how} is the test set")
    if time is not None:
        notes.on("data", "split", text=how)
    return msgspec.structs.replace(data, split=split, time=time)


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


def _id_column(table: TableFinding) -> ColumnFinding | None:
    """The column that names the rows."""
    name = id_column(table.examined) if table.examined is not None else None
    return table.column(name) if name is not None and can_be_key(name) else None


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


def _say_ids(table: TableFinding, unused: frozenset[str], notes: Notes) -> None:
    counters = [c.name for c in table.columns if c.counter and can_be_key(c.name)]
    key = _id_column(table)
    for name in counters:
        if key is None or name != key.name:
            notes.on("data", "columns", name, text="numbers the rows; if no feature: ignore")
    if key is not None and key.name not in unused:
        notes.on("data", "columns", key.name, text="names the rows; if no feature: id")


def _say_doubts(table: TableFinding, notes: Notes) -> None:
    for doubt in table.examined.suspicions if table.examined is not None else ():
        sure = doubt.kind == "disguised_missing" and doubt.suggestion.startswith("nulls")
        if sure or doubt.kind in SAID_ELSEWHERE:
            continue
        if can_be_key(doubt.column):
            notes.on("data", "columns", doubt.column, text=doubt.evidence)
        else:
            notes.after("data", lines=wrapped(doubt.evidence))
        about = "" if doubt.kind in OF_THE_TABLE else f"{doubt.column or 'a column'}: "
        notes.unknown(f"{about}{doubt.evidence}")
