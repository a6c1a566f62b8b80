# SPDX-License-Identifier: Apache-2.0
"""What the log of a test set holds: each use of it, and what the answer was.

A use is written before the verdict is found and its answer before the verdict is shown, so that
neither a killed run nor two runs at once can ask for nothing. The place of an entry in the log says
who came first.
"""

from typing import Literal

from shipway.records.base import FORMAT, Record, Verdict

Adaptivity = Literal["none", "firstChange", "full"]


class RowSketch(Record, frozen=True):
    """A sample of a table's rows by which they are known again in another table.

    `rows` is the size of the table and `alone` the number of rows that occur in it once; `hashes`
    holds the smallest hashes of those, ascending, each eight bytes, little-endian.
    """

    rows: int
    alone: int
    hashes: bytes


class UseRecord(Record, frozen=True, tag_field="kind", tag="use"):
    """One question to a test set: whether a model passes a set of gates.

    `model`, `gates` and `champion` (a digest; empty when no gate compares with it) are the question
    and `name` is what people call the model. `number` counts uses, those of the `related` test sets
    (the names of their logs) included. `uses` and `adaptivity` are the budget at that time (0:
    there was none), `divisor` says which part of each gate's error probability was spent (delta /
    divisor) and `answers` on how many earlier answers the choice of the model may have depended.
    `told` says that more than the verdict was to be shown. The first entry of a log has a `sketch`.
    """

    model: str = ""
    gates: str = ""
    champion: str = ""
    name: str = ""
    number: int = 0
    uses: int = 0
    adaptivity: Adaptivity = "none"
    divisor: int = 1
    answers: int = 0
    told: bool = True
    related: tuple[str, ...] = ()
    dataset: str = ""
    rows: int = 0
    project: str = ""
    run: str = ""
    by: str = ""
    at: str = ""
    sketch: RowSketch | None = None
    format: int = FORMAT


class AnswerRecord(Record, frozen=True, tag_field="kind", tag="answer"):
    """The verdict on the use in entry `use` of the log."""

    use: int
    verdict: Verdict
    at: str = ""
    format: int = FORMAT
