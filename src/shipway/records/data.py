# SPDX-License-Identifier: Apache-2.0
"""Datasets, and what the checks found in them."""

from typing import Any

from shipway.records.base import Record, Verdict


class DataFile(Record, frozen=True):
    """One file of a dataset: its path relative to the spec's folder, digest and size in bytes."""

    path: str
    digest: str
    size: int


class Dataset(Record, frozen=True):
    """A table: `train`, `validation`, `test`, `all` or the name of an extra one.

    `object` is the digest of a Parquet object in the store when Shipway made the table itself (a
    split) of one in the format `origin`; `files` are the user's own files otherwise. `digest` names
    the content either way.
    """

    name: str
    format: str
    digest: str
    rows: int
    columns: tuple[str, ...] = ()
    files: tuple[DataFile, ...] = ()
    object: str | None = None
    origin: str = ""


class Example(Record, frozen=True):
    """An offending row: its number from 0 in the dataset, its key columns, and the value.

    `shown` is False where the value was withheld (`report.rows`, `sensitive`).
    """

    row: int
    key: dict[str, Any] = {}
    value: Any = None
    shown: bool = True


class CheckResult(Record, frozen=True):
    """What one check found in one dataset.

    `failing` counts the offending rows out of `rows`; `line` is the line of the spec that
    demands the check. `columns` names all columns of a rule. `observed` never holds a cell's
    value; `detail` may, and is withheld with the examples.
    """

    dataset: str
    column: str
    check: str
    verdict: Verdict
    observed: str
    expected: str
    failing: int = 0
    rows: int = 0
    examples: tuple[Example, ...] = ()
    line: int = 0
    columns: tuple[str, ...] = ()
    detail: str = ""

    def reason(self) -> str:
        """One line for a summary: dataset, column, rule, what was found."""
        place = f"{self.dataset}.{self.column}" if self.column else self.dataset
        rule = f"{self.check} {self.expected}".strip()
        return f"{place}: {rule}: {self.observed}"


class ValidatedData(Record, frozen=True, tag="data"):
    """The datasets by name, and the result of every check.

    `valid_until` is set by checks whose verdict depends on the time (freshness).
    """

    datasets: dict[str, Dataset]
    checks: tuple[CheckResult, ...] = ()
    verdict: Verdict = "passed"
    valid_until: str | None = None

    def content(self) -> object:
        """Digests of the datasets; what the checks said does not change what is trained."""
        return {name: dataset.digest for name, dataset in sorted(self.datasets.items())}

    def objects(self) -> tuple[str, ...]:
        """The tables that Shipway made itself."""
        return tuple(d.object for d in self.datasets.values() if d.object is not None)
