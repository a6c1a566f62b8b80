# SPDX-License-Identifier: Apache-2.0
"""The logs of test sets in a store: what was asked of each, and which share rows with which."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from shipway.base.digests import hex_of
from shipway.evaluation.budget import History, fold
from shipway.records.budget import AnswerRecord, RowSketch, UseRecord
from shipway.storage.interface import LogEntry, Store

if TYPE_CHECKING:
    from shipway.data.rowsketch import Rows

LOGS = "budgets"
NAME_DIGITS = 40
Said = UseRecord | AnswerRecord


@dataclass(frozen=True)
class Relative:
    """Another test set that has rows in common with this one: the larger of both shares."""

    history: History
    share: float


def log_name(test_set: str) -> str:
    """The last part of the log's name of the test set with that digest."""
    return hex_of(test_set)[:NAME_DIGITS]


def log_path(name: str) -> str:
    """The whole name of that log."""
    return f"{LOGS}/{name}"


def read_history(store: Store, name: str) -> History:
    """The uses of the test set whose log has that name."""
    return fold(
        name, ((entry.number, _said(entry)) for entry in store.log(log_path(name)).entries())
    )


def relatives(store: Store, name: str, rows: "Rows") -> tuple[Relative, ...]:
    """The test sets that share rows with this one, those that share most first."""
    from shipway.data.rowsketch import RELATED

    found = []
    for path in store.logs(LOGS):
        other = path.removeprefix(f"{LOGS}/")
        sketch = read_sketch(store, other) if other != name else None
        share = 0.0 if sketch is None else rows.shared_with(sketch)
        if share >= RELATED:
            found.append(Relative(read_history(store, other), share))
    return tuple(sorted(found, key=lambda each: (-each.share, each.history.name)))


def read_sketch(store: Store, name: str) -> RowSketch | None:
    """The sketch in the log's first entry; None where an earlier version began the log."""
    entries = store.log(log_path(name)).entries()
    said = (_said(entry) for entry in entries)
    sketches = (each.sketch for each in said if isinstance(each, UseRecord))
    return next((sketch for sketch in sketches if sketch is not None), None)


def _said(entry: LogEntry) -> Said:
    """An entry's body; those of earlier versions are uses and do not say so."""
    body = {"kind": "use", **entry.body}
    said: Said = msgspec.convert(body, UseRecord | AnswerRecord)
    return said
