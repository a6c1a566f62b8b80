# SPDX-License-Identifier: Apache-2.0
"""What was inferred from a table: what is odd about it, and the demands that it fulfils."""

from typing import Literal

from shipway.records.base import Record

Bound = Literal["", "min", "max"]


class Suspicion(Record, frozen=True):
    """Something odd about a column, or about the whole table (`column` is empty).

    `kind` is one word for what it is, `evidence` says what was found, in plain words. `suggestion`
    is a line of YAML that would treat or forbid it, as it stands in a file of checks. `rows` says
    how many rows are concerned, 0 where that is no question of rows. `spoils` names the end of the
    column's range that says nothing as long as this is not settled.
    """

    kind: str
    column: str
    evidence: str
    suggestion: str = ""
    rows: int = 0
    spoils: Bound = ""


class Inference(Record, frozen=True, tag="inference"):
    """What is odd about the table in `file`, and the demands it fulfils, as YAML.

    `missing` are the columns with gaps, and in how many rows: no mistake by itself. `checks` can be
    read as a file of checks. `sampled` says that only the first rows were looked at, of which there
    are `rows`.
    """

    file: str
    rows: int
    columns: int
    suspicions: tuple[Suspicion, ...]
    missing: dict[str, int]
    checks: str
    sampled: bool = False
