# SPDX-License-Identifier: Apache-2.0
"""On which rows a model is judged: on those that its training never saw, wherever that is possible.

declared   there is a table of test rows
reported   the training sets rows apart itself and reports how the model does on them
split      Shipway hands the table over, so it can keep a part of it back
seen       none of these: the training saw all rows that there are
"""

from typing import Literal

import msgspec

from shipway.discovery.compose_metrics import Reported
from shipway.discovery.compose_notes import Notes
from shipway.discovery.findings import RepositoryFindings
from shipway.discovery.running import EntryPoint
from shipway.discovery.tables_choice import TableChoice
from shipway.spec.types import TrainSpec

RowsKind = Literal["declared", "reported", "split", "seen"]


class TestRows(msgspec.Struct, frozen=True):
    """Which rows, and with `reported` the metrics of them."""

    __test__ = False

    kind: RowsKind = "seen"
    reported: Reported = Reported()


class TrainPart(msgspec.Struct, frozen=True):
    """How training goes; `spec` is None when it can't be said yet, and `advice` says what to do.

    `scores` is false when the model is known to give labels only; `rows` are those to judge it by.
    """

    spec: TrainSpec | None = None
    advice: tuple[str, ...] = ()
    scores: bool = True
    rows: TestRows = TestRows()


def choose_rows(
    entry: EntryPoint,
    findings: RepositoryFindings,
    choice: TableChoice,
    reported: Reported,
    *,
    handed: bool,
    notes: Notes,
) -> TestRows:
    """The best rows that there are; `handed` says whether Shipway gives the table."""
    names = dict(choice.paths)
    if "test" in names:
        return TestRows("declared", reported)
    apart = findings.of(entry, findings.set_apart)
    if apart and reported.unseen:
        shown = ", ".join(reported.unseen)
        notes.guessed(
            f"{apart[0].at} sets test rows apart itself ({apart[0].why}), so what the training "
            f"reports is judged: {shown}"
        )
        return TestRows("reported", reported)
    if handed and "all" in names:
        return TestRows("split", reported)
    return TestRows("seen", reported)


def rows_of_function(choice: TableChoice, *, handed: bool) -> TestRows:
    """The rows for a function, which is given a table unless it wants a path."""
    names = dict(choice.paths)
    if "test" in names:
        return TestRows("declared")
    return TestRows("split" if handed and "all" in names else "seen")
